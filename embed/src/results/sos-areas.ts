import { define } from '../core/define.ts';
import { SosAreas } from './areas.ts';

define('sos-areas', SosAreas);
