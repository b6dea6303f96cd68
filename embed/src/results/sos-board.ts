import { define } from '../core/define.ts';
import { SosBoard } from './board.ts';

define('sos-board', SosBoard);
