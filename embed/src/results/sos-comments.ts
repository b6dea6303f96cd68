import { define } from '../core/define.ts';
import { SosComments } from './comments.ts';

define('sos-comments', SosComments);
