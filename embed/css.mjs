// An esbuild plugin: `import styles from './x.css'` in a module gives a minified Lit CSSResult.
import { readFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';

export function cssModules() {
  return {
    name: 'css-modules',
    setup(build) {
      build.onResolve({ filter: /\.css$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === 'resolving' || kind !== 'import-statement' || !/\.ts$/.test(importer)) return null;
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
        return { path: found.path, namespace: 'lit-css' };
      });
      build.onLoad({ filter: /.*/, namespace: 'lit-css' }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const { code } = await esbuild.transform(source, { loader: 'css', minify: true, charset: 'utf8' });
        const text = JSON.stringify(code.trim());
        return {
          contents: `import { unsafeCSS } from 'lit'; export default unsafeCSS(${text});`,
          resolveDir: path.slice(0, path.lastIndexOf('/')),
          watchFiles: [path],
        };
      });
    },
  };
}
