// Bundles the gallery with the embed folder's tools: node bundle.mjs TARGET
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const embed = join(here, '..', '..', '..', 'embed');
const require = createRequire(join(embed, 'build.mjs'));
const esbuild = require('esbuild');
const { cssModules } = await import(pathToFileURL(join(embed, 'css.mjs')).href);

await esbuild.build({
  entryPoints: [join(here, 'gallery.ts'), join(here, 'core.ts')],
  outdir: process.argv[2],
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  tsconfig: join(embed, 'tsconfig.json'),
  nodePaths: [join(embed, 'node_modules')],
  plugins: [cssModules()],
  define: { SOS_VERSION: '"gallery"', SOS_CLOSED: 'false', SOS_ROOMS: '{}', SOS_LOCALES: '{"en":{},"sv":{},"nb":{},"zh-Hans":{},"sw":{}}' },
  logLevel: 'warning',
});
