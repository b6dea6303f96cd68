/** Saves a chart as PNG and a table as CSV, under a strict content security policy. */
import type { TableModel } from './charts/model.ts';
import { toCsv } from './table.ts';

const INLINED = [
  'fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'paint-order',
  'font-family', 'font-size', 'font-weight', 'font-variant-numeric', 'direction',
] as const;
const SCALE = 2;
const MARGIN = 24;

/** Save `table` under a name made from `title`. */
export function saveCsv(table: TableModel, title: string): void {
  save(`data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(table))}`, `${fileName(title)}.csv`);
}

/** Draw `chart` as it looks now on its surface color, twice as large, and save it. */
export async function savePng(chart: SVGSVGElement, title: string): Promise<void> {
  const width = chart.clientWidth;
  const height = chart.clientHeight;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(chart, width, height))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (height + 2 * MARGIN) * SCALE;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(SCALE, SCALE);
  context.fillStyle = getComputedStyle(chart.closest('.frame') ?? chart).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, MARGIN, MARGIN, width, height);
  save(canvas.toDataURL('image/png'), `${fileName(title)}.png`);
}

/** Return the chart as a document that needs no stylesheet: computed values become attributes. */
export function standalone(chart: SVGSVGElement, width: number, height: number): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const pairs = [...chart.querySelectorAll('*')].map((from, at) => [from, copy.querySelectorAll('*')[at]] as const);
  for (const [from, to] of pairs) {
    const style = getComputedStyle(from);
    for (const name of INLINED) to?.setAttribute(name, style.getPropertyValue(name).replace(/url\("[^"]*#/, 'url("#'));
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return new XMLSerializer().serializeToString(copy);
}

function save(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

function fileName(title: string): string {
  return title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase() || 'sos';
}
