// An esbuild plugin: `import styles from './x.css'` in a module gives a minified Lit CSSResult.
import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import * as esbuild from 'esbuild';

export function cssModules() {
  return {
    name: 'css-modules',
    setup(build) {
      build.onResolve({ filter: /\.css$/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === 'resolving' || kind !== 'import-statement' || !/\.ts$/.test(importer)) return null;
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: 'resolving' });
        if (found.errors.length) return { errors: found.errors };
        // Source maps show this path: it must not name the machine.
        const shown = relative(build.initialOptions.absWorkingDir ?? process.cwd(), found.path);
        return { path: shown, namespace: 'lit-css', pluginData: { file: found.path } };
      });
      build.onLoad({ filter: /.*/, namespace: 'lit-css' }, async ({ pluginData: { file } }) => {
        const source = await readFile(file, 'utf8');
        const { code } = await esbuild.transform(source, { loader: 'css', minify: true, charset: 'utf8' });
        const text = JSON.stringify(code.trim());
        return {
          contents: `import { unsafeCSS } from 'lit'; export default unsafeCSS(${text});`,
          resolveDir: dirname(file),
          watchFiles: [file],
        };
      });
    },
  };
}
