import { define } from '../core/define.ts';
import { SosImport } from './import.ts';

define('sos-import', SosImport);
