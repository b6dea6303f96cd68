// Unpacks the browser of @sparticuz/chromium: node unpack.mjs TARGET. Its own code is not used,
// because that reuses whatever lies in the shared temporary folder and wants a newer Node.
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

const [target] = process.argv.slice(2);
const packed = join(import.meta.dirname, 'node_modules', '@sparticuz', 'chromium', 'bin');
mkdirSync(target, { recursive: true });
for (const name of ['chromium', 'fonts.tar', 'al2023.tar']) {
  const output = createWriteStream(join(target, name), { mode: 0o755 });
  await pipeline(createReadStream(join(packed, `${name}.br`)), createBrotliDecompress(), output);
}
