/** Answers from disagree to agree as bars that part at the middle of the neutral ones. */
import { svg, type SVGTemplateResult } from 'lit';
import { scaleLinear } from 'd3-scale';
import { stack, stackOffsetDiverging } from 'd3-shape';
import type { ShareRow } from './model.ts';
import { across, bar, canvas, choice, lines, textWidth, wrap, type Stage } from './stage.ts';

/** The five options cut in six parts: the neutral one is half on each side. */
const PARTS = [2, 1, 0, 3, 4, 5] as const;
const NEUTRAL = 2;

interface Piece {
  readonly option: number;
  readonly from: number;
  readonly to: number;
}

/** Draw a row a statement; all rows share one scale and one middle. */
export function distribution(stage: Stage, rows: readonly ShareRow[], label: string): SVGTemplateResult {
  const { em, width } = stage;
  const values = 3.75 * em;
  const pieces = rows.map((row) => (row.shares ? parted(row.shares) : []));
  const reach = Math.max(0.5, ...pieces.flat().flatMap(({ from, to }) => [-from, to]));
  const scale = scaleLinear([-reach, reach], [0, width - values]);
  let top = 0;
  const drawn = rows.map((row, at) => {
    const words = wrap(stage, row.label, width - 0.5 * em);
    const content = oneRow(stage, scale, row, pieces[at] ?? [], words, top);
    top += words.length * 1.3 * em + 3.25 * em;
    return content;
  });
  const middle = across(stage)(scale(0));
  return canvas(stage, top, label, svg`<line class="rim" x1=${middle} x2=${middle} y1="0" y2=${top - 0.5 * em}></line>${drawn}`);
}

/** Return the pieces of one row from left to right, in shares left (negative) and right of the middle. */
export function parted(shares: readonly number[]): Piece[] {
  const half = (shares[NEUTRAL] ?? 0) / 2;
  const signed: Record<string, number> = {
    '0': -half, '1': -(shares[1] ?? 0), '2': -(shares[0] ?? 0),
    '3': half, '4': shares[3] ?? 0, '5': shares[4] ?? 0,
  };
  const layers = stack<Record<string, number>>()
    .keys(['0', '1', '2', '3', '4', '5'])
    .offset(stackOffsetDiverging)([signed]);
  const options = [2, 1, 0, 2, 3, 4];
  const cuts = PARTS.map((part) => {
    const [from = 0, to = 0] = layers[part]?.[0] ?? [];
    return { option: options[part] ?? 0, from, to };
  });
  const [strong, weak, left, right, agree, strongly] = cuts as [Piece, Piece, Piece, Piece, Piece, Piece];
  const neutral = { option: NEUTRAL, from: left.from, to: right.to };
  return [strong, weak, neutral, agree, strongly].filter(({ from, to }) => to > from);
}

function oneRow(
  stage: Stage, scale: (value: number) => number, row: ShareRow,
  pieces: readonly Piece[], words: readonly string[], top: number,
): SVGTemplateResult {
  const { em, locale, width } = stage;
  const at = across(stage);
  const step = 1.3 * em;
  const y = top + words.length * step + 0.4 * em;
  const height = 1.75 * em;
  const favorable = row.shares ? (row.shares[3] ?? 0) + (row.shares[4] ?? 0) : null;
  const shown = favorable === null ? '···' : locale.percent(favorable);
  return choice(stage, row.key, svg`
    ${lines(words, { x: at(0), y: top + step * 0.8, step, name: 'label' })}
    ${row.shares ? '' : bar(stage, { start: 0, length: width - 3.75 * em, y, height, radius: 3, name: 'hatched' })}
    ${pieces.map((piece) => segment(stage, scale, piece, y, height))}
    <text class="score" x=${at(width - 3 * em)} y=${y + height / 2 + 0.35 * em}>${shown}</text>`);
}

function segment(
  stage: Stage, scale: (value: number) => number, { option, from, to }: Piece, y: number, height: number,
): SVGTemplateResult {
  const start = scale(from);
  const length = scale(to) - start;
  const text = stage.locale.percent(to - from);
  const fits = textWidth(stage, text, 0.8125) + 8 <= length;
  const x = across(stage)(start + length / 2);
  return svg`${bar(stage, { start: start + 0.5, length: length - 1, y, height, radius: 2, name: `div div-${option + 1}` })}
    ${fits ? svg`<text class="in on-${option + 1}" x=${x} y=${y + height / 2 + 0.3 * stage.em} text-anchor="middle">${text}</text>` : ''}`;
}
