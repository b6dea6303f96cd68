/** The response rate over the days: a line from nothing, limits as hollow points. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { across, canvas, textWidth, type Stage } from '../core/charts/stage.ts';

export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** From 0 to 1. */
  readonly share: number;
  /** Whether the share is known, or only a limit. */
  readonly exact: boolean;
  readonly label: string;
}

/** Draw the points between the opening and the close; shares from 0 to the next round figure. */
export function curve(stage: Stage, points: readonly Point[], ends: { from: number; to: number }, label: string): SVGTemplateResult {
  const { em, width, locale } = stage;
  const inline = across(stage);
  const height = Math.min(15 * em, Math.max(10 * em, width * 0.32));
  const highest = Math.max(0.2, ...points.map(({ share }) => share));
  const y = scaleLinear([0, highest > 0.5 ? 1 : highest], [height - 1.9 * em, 0.9 * em]).nice(4);
  const ticks = y.ticks(4);
  const gutter = Math.max(...ticks.map((value) => textWidth(stage, locale.percent(value), 0.8125))) + 0.75 * em;
  const x = scaleLinear([ends.from, Math.max(ends.to, points.at(-1)?.at ?? 0)], [gutter, width - 0.5 * em]);
  const place = ({ at }: Point) => inline(x(at));
  const base = y(0);
  const path = line<Point>().x(place).y(({ share }) => y(share));
  const drawn = path([...points]) ?? '';
  const [first, last] = [points[0], points.at(-1)].map((point) => (point ? place(point) : 0));
  return canvas(stage, height, label, svg`
    ${ticks.map((value) => svg`<line class="ring" x1=${inline(gutter)} x2=${inline(width)} y1=${y(value)} y2=${y(value)}></line>
      <text class="tick" x=${inline(gutter - 0.5 * em)} y=${y(value) + 0.3 * em} text-anchor="end">${locale.percent(value)}</text>`)}
    ${dates(stage, ends, x).map(({ at, words, anchor }) => svg`<text class="tick" x=${inline(x(at))} y=${height - 0.35 * em} text-anchor=${anchor}>${words}</text>`)}
    <path class="wash" d="${drawn}L${last},${base}L${first},${base}Z"></path><path class="shape own open" d=${drawn}></path>
    ${points.map((point, index) => svg`<circle class=${point.exact ? 'dot' : 'dot limit'} cx=${place(point)} cy=${y(point.share)}
      r=${index === points.length - 1 ? 5 : 3.5}><title>${point.label}</title></circle>`)}`);
}

/** The first day, whole days at one distance for which there is room, and the last. */
function dates(stage: Stage, { from, to }: { from: number; to: number }, x: (at: number) => number): { at: number; words: string; anchor: string }[] {
  const day = 24 * 3600 * 1000;
  const words = (at: number) => stage.locale.dayOfMonth(new Date(at));
  const room = textWidth(stage, words(to), 0.8125) + stage.em;
  const days = Math.max(1, Math.ceil((to - from) / day));
  const step = [1, 2, 3, 5, 7, 14].find((each) => x(from + each * day) - x(from) >= room) ?? 28;
  const between = [...Array(Math.ceil(days / step)).keys()].map((at) => from + at * step * day);
  // The last one ends where the chart does, and so needs room before it.
  return [...between.filter((at) => at === from || x(to) - x(at) >= room * 1.5).map((at) => ({ at, words: words(at), anchor: 'middle' })),
    { at: to, words: words(to), anchor: 'end' }];
}
