/** Bars from 0 to 100 with the reference as a tick; sorted by the caller. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';
import type { ScoreRow } from './model.ts';
import { NARROW, across, bar, canvas, choice, lines, textWidth, wrap, type Stage } from './stage.ts';

interface Layout {
  /** Distance of the bars from the inline start, and their full length. */
  readonly start: number;
  readonly length: number;
  readonly label: number;
  readonly above: boolean;
}

/** Draw one bar a row; on narrow stages the label stands above its bar. */
export function bars(stage: Stage, rows: readonly ScoreRow[], label: string): SVGTemplateResult {
  const layout = arrange(stage, rows);
  const scale = scaleLinear([0, 100], [0, layout.length]);
  let top = 0;
  const drawn = rows.map((row) => {
    const words = wrap(stage, row.label, layout.label);
    const more = row.larger ? wrap(stage, row.larger, layout.label) : [];
    const height = rowHeight(stage, layout, words.length + more.length);
    const content = oneRow(stage, layout, scale, row, { words, more }, top, height);
    top += height;
    return content;
  });
  return canvas(stage, top, label, drawn);
}

function arrange(stage: Stage, rows: readonly ScoreRow[]): Layout {
  const { width, em } = stage;
  const values = rows.some((row) => row.delta) ? 6.25 * em : 2.75 * em;
  if (width < NARROW) return { start: 0, length: width - values, label: width - 0.5 * em, above: true };
  const widest = Math.max(0, ...rows.map((row) => textWidth(stage, row.label)));
  const label = Math.min(widest, width * 0.36);
  const start = label + 1.25 * em;
  return { start, length: width - start - values, label, above: false };
}

function rowHeight(stage: Stage, layout: Layout, count: number): number {
  const step = 1.3 * stage.em;
  return layout.above ? count * step + 2.25 * stage.em : Math.max(2.75 * stage.em, count * step + 0.75 * stage.em);
}

function oneRow(
  stage: Stage, layout: Layout, scale: (value: number) => number, row: ScoreRow,
  { words, more }: { words: readonly string[]; more: readonly string[] }, top: number, height: number,
): SVGTemplateResult {
  const { em, locale } = stage;
  const at = across(stage);
  const step = 1.3 * em;
  const thick = 0.875 * em;
  const count = words.length + more.length;
  const middle = layout.above ? top + count * step + 0.875 * em : top + height / 2;
  const first = layout.above ? top + step * 0.85 : middle - (count * step) / 2 + step * 0.75;
  const shown = row.value === null ? '···' : locale.number(row.value);
  const end = layout.start + layout.length + 0.75 * em;
  const shape = { start: layout.start, y: middle - thick / 2, height: thick, radius: 3 };
  return choice(stage, row.key, svg`
    <rect class="ground" x="0" y=${top} width=${stage.width} height=${height} rx="6"></rect>
    ${lines(words, { x: at(0), y: first, step, name: 'label' })}
    ${lines(more, { x: at(0), y: first + words.length * step, step, name: 'tick' })}
    ${bar(stage, { ...shape, length: layout.length, name: row.value === null ? 'hatched' : 'track' })}
    ${row.value === null ? '' : bar(stage, { ...shape, length: scale(row.value), name: row.larger ? 'fill own larger' : 'fill own' })}
    ${row.reference == null ? '' : tick(at(layout.start + scale(row.reference)), middle, em)}
    <text class="score" x=${at(end)} y=${middle + 0.35 * em}>${shown}</text>
    ${row.delta ? difference(stage, row.delta, at(end + 2.25 * em), middle + 0.33 * em) : ''}`);
}

function tick(x: number, middle: number, em: number): SVGTemplateResult {
  return svg`<line class="halo" x1=${x} x2=${x} y1=${middle - 0.75 * em} y2=${middle + 0.75 * em}></line>
    <line class="mark" x1=${x} x2=${x} y1=${middle - 0.75 * em} y2=${middle + 0.75 * em}></line>`;
}

/** The sign is always there; color only where the difference is more than noise. */
function difference(stage: Stage, { value, sure }: NonNullable<ScoreRow['delta']>, x: number, y: number): SVGTemplateResult {
  const tone = !sure || !value ? '' : value > 0 ? 'good' : 'bad';
  const arrow = tone === 'good' ? '▲ ' : tone === 'bad' ? '▼ ' : '';
  return svg`<text class="delta ${tone}" x=${x} y=${y}>${arrow}${stage.locale.signed(value)}</text>`;
}
