import { define } from './define.ts';
import { SosProvider } from './provider.ts';

define('sos-provider', SosProvider);
