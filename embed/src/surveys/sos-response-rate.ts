import { define } from '../core/define.ts';
import { SosResponseRate } from './response-rate.ts';

define('sos-response-rate', SosResponseRate);
