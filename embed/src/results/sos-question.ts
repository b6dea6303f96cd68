import { define } from '../core/define.ts';
import { SosQuestion } from './question.ts';

define('sos-question', SosQuestion);
