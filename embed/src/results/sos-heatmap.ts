import { define } from '../core/define.ts';
import { SosHeatmap } from './heatmap.ts';

define('sos-heatmap', SosHeatmap);
