/** Several groups on one line for each row, each with a sign of its own; the whole is a tick. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';
import { NARROW, across, bar, canvas, choice, lines, textWidth, wrap, type Stage } from './stage.ts';

/** Scores from 0 to 100 of several groups, in the order of their signs; null where hidden. */
export interface DotRow {
  readonly key: string;
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly reference: number | null;
}

/** How many groups have a sign that is theirs alone. */
export const SIGNS = 8;
/** Up to so many groups have their figures beside the line. */
const FIGURES = 3;
/** The line shows at least so many points, so that small differences do not look large. */
const SPAN = 40;

/** Draw one line a row; on narrow stages the label and the figures stand above it. */
export function dots(stage: Stage, rows: readonly DotRow[], label: string): SVGTemplateResult {
  const { em, width } = stage;
  const narrow = width < NARROW;
  const count = rows[0]?.values.length ?? 0;
  const figures = count <= FIGURES ? count * 3.25 * em : 0;
  const room = narrow ? width - figures : Math.min(Math.max(...rows.map((row) => textWidth(stage, row.label))), width * 0.36);
  const start = narrow ? 0.75 * em : room + 1.5 * em;
  const scale = scaleLinear(domain(rows), [start, width - (narrow ? 0.75 * em : figures + 1.25 * em)]);
  const axis = 1.5 * em;
  let top = axis;
  const drawn = rows.map((row) => {
    const words = wrap(stage, row.label, room);
    const height = narrow ? (words.length * 1.3 + 2.25) * em : Math.max(2.75, words.length * 1.3 + 0.75) * em;
    const content = oneRow(stage, row, { words, top, height, narrow, figures: figures > 0 }, scale);
    top += height;
    return content;
  });
  const at = across(stage);
  return canvas(stage, top, label, svg`<g aria-hidden="true">${scale.ticks(4).map((value) => svg`
    <line class="ring" x1=${at(scale(value))} x2=${at(scale(value))} y1=${axis} y2=${top}></line>
    <text class="tick" x=${at(scale(value))} y=${em} text-anchor="middle">${stage.locale.number(value)}</text>`)}</g>${drawn}`);
}

/** The sign of the group at place `at`: four shapes, filled and then open. */
export function sign(at: number, x: number, y: number, em: number): SVGTemplateResult {
  const r = 0.4375 * em;
  const shapes = [
    `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    `M${x} ${y - 1.2 * r}l${1.2 * r} ${1.2 * r}l${-1.2 * r} ${1.2 * r}l${-1.2 * r} ${-1.2 * r}z`,
    `M${x} ${y - 1.1 * r}l${1.15 * r} ${2 * r}h${-2.3 * r}z`,
    `M${x - 0.9 * r} ${y - 0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`,
  ];
  return svg`<path class="sign sign-${at % 2}${at >= shapes.length ? ' open' : ''}" d=${shapes[at % shapes.length]}></path>`;
}

function domain(rows: readonly DotRow[]): [number, number] {
  const known = rows.flatMap(({ values, reference }) => [...values, reference]).filter((value) => value !== null);
  const [low, high] = [Math.min(...known, 100), Math.max(...known, 0)];
  const more = Math.max(5, (SPAN - (high - low)) / 2);
  const from = Math.max(0, Math.floor((low - more) / 10) * 10);
  return [from, Math.min(100, Math.max(from + SPAN, Math.ceil((high + more) / 10) * 10))];
}

function oneRow(
  stage: Stage, row: DotRow,
  { words, top, height, narrow, figures }: { words: readonly string[]; top: number; height: number; narrow: boolean; figures: boolean },
  scale: (value: number) => number,
): SVGTemplateResult {
  const { em, locale, width } = stage;
  const at = across(stage);
  const step = 1.3 * em;
  const middle = narrow ? top + words.length * step + 1.1 * em : top + height / 2;
  const baseline = narrow ? top + step * 0.85 : middle + 0.35 * em;
  const first = narrow ? baseline : middle - (words.length * step) / 2 + step * 0.75;
  const known = row.values.filter((value) => value !== null).map((value) => scale(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return choice(stage, row.key, svg`
    <rect class="ground" x="0" y=${top} width=${width} height=${height} rx="6"></rect>
    ${lines(words, { x: at(0), y: first, step, name: 'label' })}
    ${known.length > 1 ? bar(stage, { start: low, length: high - low, y: middle - 0.125 * em, height: 0.25 * em, radius: 2, name: 'span' }) : ''}
    ${row.reference === null ? '' : tick(at(scale(row.reference)), middle, em)}
    ${row.values.map((value, part) => (value === null ? '' : sign(part, at(scale(value)), middle, em)))}
    ${figures ? row.values.map((value, part) => {
      const from = width - (row.values.length - part) * 3.25 * em;
      return svg`${sign(part, at(from + 0.75 * em), baseline - 0.35 * em, 0.75 * em)}
        <text class="score small" x=${at(from + 1.4 * em)} y=${baseline}>${value === null ? '···' : locale.number(value)}</text>`;
    }) : ''}`);
}

function tick(x: number, middle: number, em: number): SVGTemplateResult {
  return svg`<line class="mark" x1=${x} x2=${x} y1=${middle - 0.75 * em} y2=${middle + 0.75 * em}></line>`;
}
