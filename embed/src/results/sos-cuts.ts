import { define } from '../core/define.ts';
import { SosCuts } from './cuts.ts';

define('sos-cuts', SosCuts);
