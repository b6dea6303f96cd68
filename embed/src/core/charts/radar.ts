/** The radar: one axis an area, the own shape filled, the reference dashed. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';
import { curveLinear, curveLinearClosed, lineRadial } from 'd3-shape';
import type { ScoreRow } from './model.ts';
import { canvas, choice, lines, textWidth, wrap, type Stage } from './stage.ts';

interface Spoke {
  readonly row: ScoreRow;
  readonly angle: number;
  readonly words: readonly string[];
}

/** Draw scores 0–100 on equal axes, clockwise from the top; never mirrored. */
export function radar(stage: Stage, rows: readonly ScoreRow[], label: string): SVGTemplateResult {
  const room = Math.min(9 * stage.em, Math.max(6.25 * stage.em, stage.width * 0.19));
  const spokes = rows.map((row, at): Spoke => ({
    row,
    angle: (at / rows.length) * 2 * Math.PI,
    words: [row.label, row.larger ?? ''].flatMap((words) => wrap(stage, words, room)),
  }));
  const radius = Math.min(stage.width / 2 - room - 1.5 * stage.em, 11.5 * stage.em);
  const margin = (1.2 * (1 + Math.max(1, ...spokes.map(({ words }) => words.length))) + 0.4) * stage.em;
  const scale = scaleLinear([0, 100], [0, radius]);
  const middle = [stage.width / 2, radius + margin] as const;
  return canvas(stage, 2 * (radius + margin), label, svg`<g transform="translate(${middle[0]} ${middle[1]})">
    ${grid(spokes, scale)}
    ${path(spokes, (row) => row.reference, scale, 'reference')}
    ${path(spokes, (row) => row.value, scale, 'own')}
    ${spokes.map(({ row, angle }) => row.value === null ? '' : dot(angle, scale(row.value), row.larger ? 'dot larger' : 'dot'))}
    ${spokes.map((spoke) => name(stage, spoke, radius))}
  </g>`);
}

function grid(spokes: readonly Spoke[], scale: (value: number) => number): SVGTemplateResult {
  const ring = (value: number) =>
    lineRadial<Spoke>().angle(({ angle }) => angle).radius(scale(value)).curve(curveLinearClosed)([...spokes]);
  const rings = [25, 50, 75, 100];
  return svg`<g aria-hidden="true">
    ${rings.map((value) => svg`<path class=${value === 100 ? 'rim' : 'ring'} d=${ring(value)}></path>`)}
    ${spokes.map(({ angle }) => {
      const [x, y] = point(angle, scale(100));
      return svg`<line class="ring" x2=${x} y2=${y}></line>`;
    })}
    ${rings.slice(0, 3).map((value) => svg`<text class="tick" x="5" y=${-scale(value) - 3}>${value}</text>`)}
  </g>`;
}

/** One shape; where a value is missing the line has a gap and nothing is filled. */
function path(
  spokes: readonly Spoke[],
  value: (row: ScoreRow) => number | null | undefined,
  scale: (value: number) => number,
  name: string,
): SVGTemplateResult | string {
  const known = spokes.filter(({ row }) => value(row) != null);
  if (!known.length) return '';
  const whole = known.length === spokes.length;
  const draw = lineRadial<Spoke>()
    .angle(({ angle }) => angle)
    .radius(({ row }) => scale(value(row) ?? 0))
    .defined(({ row }) => value(row) != null)
    .curve(whole ? curveLinearClosed : curveLinear);
  // An open line ends where it began, so that the last and the first axis are joined too.
  const points = whole ? [...spokes] : [...spokes, ...spokes.slice(0, 1)];
  return svg`<path class="shape ${name} ${whole ? '' : 'open'}" d=${draw(points)}></path>`;
}

function dot(angle: number, distance: number, kind: string): SVGTemplateResult {
  const [x, y] = point(angle, distance);
  return svg`<circle class=${kind} cx=${x} cy=${y} r="4.5"></circle>`;
}

function name(stage: Stage, { row, angle, words }: Spoke, radius: number): SVGTemplateResult {
  const step = 1.2 * stage.em;
  const [x, y] = point(angle, radius + 0.9 * stage.em);
  const side = Math.abs(x) < radius * 0.1 ? 'middle' : (x > 0) === !stage.rtl ? 'start' : 'end';
  const height = words.length * step;
  const lift = Math.cos(angle); // 1 at the top, -1 at the bottom
  const first = y + step * 0.75 - ((lift + 1) / 2) * (height + step);
  const shown = row.value === null ? '···' : stage.locale.number(row.value);
  const widest = Math.max(...words.map((line) => textWidth(stage, line)));
  const start = side === 'middle' ? x - widest / 2 : (side === 'start') === !stage.rtl ? x : x - widest;
  return choice(stage, row.key, svg`
    <rect class="ground" x=${start - 6} y=${first - step} width=${widest + 12} height=${height + 1.35 * step} rx="6"></rect>
    <text class="score" x=${x} y=${first} text-anchor=${side}>${shown}</text>
    ${lines(words, { x, y: first + step, step, name: 'label', anchor: side })}`);
}

function point(angle: number, distance: number): [number, number] {
  return [Math.sin(angle) * distance, -Math.cos(angle) * distance];
}
