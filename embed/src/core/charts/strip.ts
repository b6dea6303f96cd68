/** One value among the quarters of a comparison group; the words beside it say it too. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';
import type { Strip } from './model.ts';
import { NARROW, across, bar, canvas, textWidth, type Stage } from './stage.ts';

/** Draw the four quarters as bands, the own value as a dot, other marks as diamonds below. */
export function strip(stage: Stage, model: Strip, label: string): SVGTemplateResult {
  const { em, width } = stage;
  const at = across(stage);
  const edge = 0.75 * em;
  const scale = scaleLinear([model.low, model.high], [edge, width - edge]).clamp(true);
  const cuts = [model.low, ...model.quartiles, model.high].map((value) => scale(value));
  const y = 2.25 * em;
  const height = 0.875 * em;
  const names = width >= NARROW ? bandNames(stage, model, cuts, y + height) : '';
  const below = y + height + (names ? 1.5 * em : 0.25 * em);
  const x = at(scale(model.value));
  const words = `${model.label} ${stage.locale.number(model.value)}`;
  return canvas(stage, below + (model.marks?.length ? 2 * em : 0.75 * em), label, svg`
    ${cuts.slice(0, 4).map((start, band) => bar(stage, {
      start: start + 1, length: (cuts[band + 1] ?? start) - start - 2, y, height, radius: 3, name: `band band-${band + 1}`,
    }))}
    ${names}
    ${model.marks?.map((mark) => diamond(stage, scale(mark.value), y + height / 2, below + 1.2 * em, mark.label)) ?? ''}
    <circle class="dot" cx=${x} cy=${y + height / 2} r=${0.6 * em}></circle>
    <text class="score" x=${inside(stage, x, words)} y=${y - 0.65 * em} text-anchor="middle">${words}</text>`);
}

function bandNames(stage: Stage, model: Strip, cuts: readonly number[], y: number): SVGTemplateResult[] {
  return model.bands.flatMap((words, band) => {
    const [from = 0, to = 0] = cuts.slice(band, band + 2);
    if (textWidth(stage, words, 0.8125) > to - from - 4) return [];
    return [svg`<text class="tick" x=${across(stage)((from + to) / 2)} y=${y + 1.2 * stage.em} text-anchor="middle">${words}</text>`];
  });
}

function diamond(stage: Stage, start: number, middle: number, baseline: number, words: string): SVGTemplateResult {
  const x = across(stage)(start);
  const size = 0.45 * stage.em;
  return svg`<path class="diamond" d="M${x} ${middle - size}l${size} ${size}l${-size} ${size}l${-size} ${-size}z"></path>
    <line class="ring" x1=${x} x2=${x} y1=${middle + size} y2=${baseline - 0.85 * stage.em}></line>
    <text class="tick" x=${inside(stage, x, words)} y=${baseline} text-anchor="middle">${words}</text>`;
}

/** Move the middle of a text so that it stays on the stage. */
function inside(stage: Stage, x: number, words: string): number {
  const half = textWidth(stage, words, 0.9375, 600) / 2;
  return Math.max(half, Math.min(stage.width - half, x));
}
