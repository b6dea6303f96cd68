import { define } from '../core/define.ts';
import { SosSurvey } from './survey.ts';

define('sos-survey', SosSurvey);
