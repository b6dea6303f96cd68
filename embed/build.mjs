// Builds the widgets: ES modules with shared chunks, the loader, one classic script, locale files.
//
//   node build.mjs [--out DIR] [--meta FILE] [--watch]
//
// Every file but loader.js carries a hash in its name; manifest.json maps public names to files.
// documents.json holds the widgets' GraphQL documents, which the server stores by their SHA-256.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { cssModules } from './css.mjs';
import { pseudo } from './pseudo.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const SOURCES = join(HERE, 'src');
const CONTENT = join(ROOT, 'sos_core', 'content');

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(ROOT, 'sos_graphql', '_embed') },
    meta: { type: 'string', default: join(ROOT, '.cache', 'embed', 'meta.json') },
    watch: { type: 'boolean', default: false },
  },
});
const OUT = resolve(options.out);
const VERSION = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')).version ?? '0';

const shared = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  target: 'es2022',
  charset: 'utf8',
  sourcemap: 'external', // maps are not served; a line that names them would weigh in each file
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  plugins: [cssModules()],
  // Charts scale numbers only: without this every page with a chart would carry all color spaces.
  alias: { 'd3-color': join(HERE, 'no-colors.mjs') },
};

/** Write the texts of each language and room, and of the pseudo-language for layout checks; return files by tag and room. */
function buildLocales() {
  const files = {};
  mkdirSync(join(OUT, 'locales'), { recursive: true });
  const write = (tag, room, texts) => {
    const body = JSON.stringify(texts);
    const name = `locales/${publicName(tag, room)}-${hash(body)}.json`;
    writeFileSync(join(OUT, name), body);
    (files[tag] ??= {})[room] = name;
  };
  for (const entry of readdirSync(CONTENT, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const folder = join(CONTENT, entry.name);
    for (const name of readdirSync(folder).sort()) {
      const room = /^embed_(.*)\.json$/.exec(name)?.[1];
      if (!room) continue;
      const texts = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      write(entry.name, room, texts);
      if (entry.name === 'en') write('en-XA', room, pseudo(texts));
    }
  }
  return files;
}

/** What all elements say is `sv`; what those of a room say beside it is `sv.surveys`. */
function publicName(tag, room) {
  return room === 'core' ? tag : `${tag}.${room}`;
}

/** Return the registering modules, one an element: src/ROOM/sos-NAME.ts. */
function elementModules() {
  return readdirSync(SOURCES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((room) => readdirSync(join(SOURCES, room.name)).map((name) => join(SOURCES, room.name, name)))
    .filter((path) => /^sos-[a-z-]+\.ts$/.test(basename(path)))
    .sort();
}

async function buildModules(locales) {
  const result = await esbuild.build({
    ...shared,
    entryPoints: [...elementModules(), join(SOURCES, 'core', 'page.css')],
    outdir: OUT,
    entryNames: '[name]-[hash]',
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    splitting: true,
    loader: { '.css': 'css' },
    define: defines({ locales, closed: false }),
  });
  const files = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    if (!output.entryPoint) continue;
    const name = basename(output.entryPoint).replace(/\.ts$/, '.js');
    files[name] = relative(OUT, resolve(HERE, path));
  }
  return { files, meta: result.metafile };
}

/** The loader knows the files of all elements by heart, so that it costs no second request. */
async function buildLoader(files) {
  const modules = Object.entries(files).filter(([name]) => /^sos-.*\.js$/.test(name));
  const result = await esbuild.build({
    ...shared,
    entryPoints: [join(SOURCES, 'loader.ts')],
    outfile: join(OUT, 'loader.js'),
    format: 'esm',
    define: { SOS_MODULES: JSON.stringify(Object.fromEntries(modules.map(([name, file]) => [name.slice(0, -3), file]))) },
  });
  return result.metafile;
}

/** One classic script with everything and closed shadow roots, for hosts that allow no modules. */
async function buildClassic(locales) {
  const result = await esbuild.build({
    ...shared,
    stdin: {
      contents: elementModules().map((path) => `import ${JSON.stringify(`./${relative(HERE, path)}`)};`).join('\n'),
      resolveDir: HERE,
    },
    outdir: OUT,
    entryNames: 'sos-embed-[hash]',
    format: 'iife',
    define: { ...defines({ locales, closed: true }), 'import.meta.url': '""' },
  });
  const path = Object.keys(result.metafile.outputs).find((name) => name.endsWith('.js'));
  return { file: relative(OUT, resolve(HERE, path)), meta: result.metafile };
}

/** Collect the texts of all GraphQL documents (src/ROOM/documents.ts), so that the server can store them. */
async function collectDocuments() {
  const modules = readdirSync(SOURCES, { withFileTypes: true })
    .map((room) => join(SOURCES, room.name, 'documents.ts'))
    .filter(existsSync)
    .sort();
  const { outputFiles } = await esbuild.build({
    ...shared,
    stdin: { contents: modules.map((path, at) => `export * as room${at} from ${JSON.stringify(path)};`).join('\n'), resolveDir: HERE },
    write: false,
    sourcemap: false,
    metafile: false,
    legalComments: 'none',
    format: 'esm',
  });
  const rooms = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const exported = Object.values(rooms).flatMap((room) => Object.values(room));
  const texts = exported.map(({ text }) => text).filter((text) => typeof text === 'string').sort();
  writeFileSync(join(OUT, 'documents.json'), JSON.stringify(texts, null, 1) + '\n');
}

function defines({ locales, closed }) {
  return {
    SOS_LOCALES: JSON.stringify(locales),
    SOS_ROOMS: JSON.stringify(roomsOf(Object.values(locales)[0] ?? {})),
    SOS_VERSION: JSON.stringify(VERSION),
    SOS_CLOSED: JSON.stringify(closed),
  };
}

/** The room of each element that has texts of its own. */
function roomsOf(texts) {
  const pairs = elementModules().map((path) => [basename(path, '.ts'), basename(dirname(path))]);
  return Object.fromEntries(pairs.filter(([, room]) => room !== 'core' && room in texts));
}

function hash(text) {
  return createHash('sha256').update(text).digest('base64url').replace(/[-_]/g, '').slice(0, 8);
}

async function build() {
  rmSync(OUT, { recursive: true, force: true });
  const locales = buildLocales();
  const { files, meta: modules } = await buildModules(locales);
  const loader = await buildLoader(files);
  const classic = await buildClassic(locales);
  await collectDocuments();
  const manifest = {
    'loader.js': 'loader.js',
    ...files,
    'sos-embed.js': classic.file,
    ...Object.fromEntries(Object.entries(locales).flatMap(([tag, rooms]) =>
      Object.entries(rooms).map(([room, file]) => [`locales/${publicName(tag, room)}.json`, file]))),
  };
  writeFileSync(join(OUT, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n');
  mkdirSync(dirname(resolve(options.meta)), { recursive: true });
  writeFileSync(options.meta, JSON.stringify({ modules, loader, classic: classic.meta, manifest }));
}

await build();
if (options.watch) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => build().then(() => console.log('built'), (error) => console.error(error.message)), 50);
  };
  for (const folder of [SOURCES, CONTENT].filter(existsSync)) watch(folder, { recursive: true }, again);
}
