import { define } from '../core/define.ts';
import { SosSummary } from './summary.ts';

define('sos-summary', SosSummary);
