/** A small line over the surveys, the reference dashed. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear, scalePoint } from 'd3-scale';
import { line } from 'd3-shape';
import type { Series } from './model.ts';
import { across, canvas, textWidth, type Stage } from './stage.ts';

/** Draw scores at the given moments (in words); a missing value leaves a gap. */
export function trend(stage: Stage, moments: readonly string[], series: readonly Series[], label: string): SVGTemplateResult {
  const { em, width } = stage;
  const at = across(stage);
  const height = Math.min(14 * em, Math.max(9 * em, width * 0.4));
  const y = scaleLinear(domain(series), [height - 1.9 * em, 1.25 * em]).nice(4);
  const x = scalePoint(moments.map((_, index) => index), [2.75 * em, width - 1.75 * em]).padding(moments.length > 1 ? 0.15 : 0.5);
  const place = (index: number) => at(x(index) ?? 0);
  const draw = line<number | null>().defined((value) => value !== null).x((_, index) => place(index)).y((value) => y(value ?? 0));
  return canvas(stage, height, label, svg`
    ${y.ticks(4).map((value) => svg`
      <line class="ring" x1=${at(2 * em)} x2=${at(width)} y1=${y(value)} y2=${y(value)}></line>
      <text class="tick" x=${at(1.6 * em)} y=${y(value) + 0.3 * em} text-anchor="end">${stage.locale.number(value)}</text>`)}
    ${moments.map((words, index) => named(stage, moments, index, x.step()) ? svg`
      <text class="tick" x=${place(index)} y=${height - 0.35 * em} text-anchor=${anchor(stage, moments, index, x.step())}>${words}</text>` : '')}
    ${series.map(({ kind, values }) => svg`<path class="shape open ${kind}" d=${draw([...values])}></path>`)}
    ${series.filter(({ kind }) => kind === 'own').map(({ values }) => values.map((value, index) => value === null ? '' : svg`
      <circle class="dot" cx=${place(index)} cy=${y(value)} r="4.5"></circle>
      <text class="score small" x=${place(index)} y=${y(value) + (above(series, value, index) ? -0.75 : 1.45) * em} text-anchor="middle">${stage.locale.number(value)}</text>`))}`);
}

/** A line needs no zero: show what there is with some air, at least 30 points high. */
function domain(series: readonly Series[]): [number, number] {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const low = Math.min(...known, 100);
  const high = Math.max(...known, 0);
  const air = Math.max(6, (30 - (high - low)) / 2);
  return [Math.max(0, low - air), Math.min(100, high + air)];
}

/** Tell whether the words below a moment have room; the first and the last are always there. */
function named(stage: Stage, moments: readonly string[], index: number, step: number): boolean {
  return !crowded(stage, moments, step) || index === 0 || index === moments.length - 1;
}

function anchor(stage: Stage, moments: readonly string[], index: number, step: number): string {
  if (!crowded(stage, moments, step) || moments.length < 2) return 'middle';
  return index ? 'end' : 'start';
}

function crowded(stage: Stage, moments: readonly string[], step: number): boolean {
  return moments.some((words) => textWidth(stage, words, 0.8125) + 8 > step);
}

/** The own figure stands on the side of its point where the reference is not. */
function above(series: readonly Series[], value: number, index: number): boolean {
  return series.every(({ kind, values }) => kind === 'own' || (values[index] ?? -1) <= value);
}
