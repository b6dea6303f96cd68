import { define } from '../core/define.ts';
import { SosCopy } from './copy.ts';

define('sos-copy', SosCopy);
