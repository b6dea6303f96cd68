/** Where a chart is drawn: its width in real pixels, the reading direction, and how wide words are. */
import { svg, type SVGTemplateResult } from 'lit';
import type { Locale } from '../locale.ts';

export interface Stage {
  /** CSS pixels that the chart may use. */
  readonly width: number;
  readonly rtl: boolean;
  /** CSS pixels of one rem, so that charts grow with the reader's letters. */
  readonly em: number;
  readonly family: string;
  readonly locale: Locale;
  /** Called with the key of a row that was chosen; rows are buttons only where it is given. */
  readonly select?: (key: string) => void;
  /** Called with the key of a row that is pointed at or focused, and with nothing when it is left. */
  readonly look?: (key?: string) => void;
}

/** Below this width (CSS pixels) labels stand above the marks and the radar gives way to bars. */
export const NARROW = 480;

const widths = new Map<string, number>();
let context: CanvasRenderingContext2D | null | undefined;

/** Return how wide `text` is in pixels, at `size` rem. */
export function textWidth(stage: Stage, text: string, size = 0.875, weight = 400): number {
  const font = `${weight} ${size * stage.em}px ${stage.family}`;
  const key = font + text;
  let width = widths.get(key);
  if (width === undefined) {
    context ??= document.createElement('canvas').getContext('2d');
    if (context) context.font = font;
    width = context?.measureText(text).width ?? text.length * size * stage.em * 0.55;
    if (widths.size > 2000) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** Break `text` into lines of at most `room` pixels, at the word boundaries of its language. */
export function wrap(stage: Stage, text: string, room: number, size = 0.875, weight = 400): string[] {
  const tag = stage.locale.tag === 'en-XA' ? 'en' : stage.locale.tag;
  const parts = [...new Intl.Segmenter(tag, { granularity: 'word' }).segment(text)];
  const lines = [''];
  for (const { segment } of glued(parts)) {
    const last = lines.length - 1;
    const longer = lines[last] + segment;
    if (lines[last]?.trim() && textWidth(stage, longer.trimEnd(), size, weight) > room) {
      lines.push(segment.trimStart());
    } else {
      lines[last] = longer;
    }
  }
  return lines.map((line) => line.trim()).filter(Boolean);
}

/** Keep punctuation with the word before it. */
function glued(parts: readonly Intl.SegmentData[]): { segment: string }[] {
  const words: { segment: string }[] = [];
  for (const { segment, isWordLike } of parts) {
    const last = words.at(-1);
    if (last && !isWordLike && segment.trim() && !/\s$/.test(last.segment)) last.segment += segment;
    else words.push({ segment });
  }
  return words;
}

/** Return a function that puts a distance from the inline start onto the x axis. */
export function across(stage: Stage): (distance: number) => number {
  return stage.rtl ? (distance) => stage.width - distance : (distance) => distance;
}

/** A rectangle given by inline start and length. */
export function bar(
  stage: Stage,
  { start, length, y, height, radius = 0, name }: {
    start: number; length: number; y: number; height: number; radius?: number; name: string;
  },
): SVGTemplateResult {
  const x = stage.rtl ? stage.width - start - length : start;
  return svg`<rect class=${name} x=${x} y=${y} width=${Math.max(0, length)} height=${height} rx=${radius}></rect>`;
}

/** Lines of text below each other; `y` is the baseline of the first. The gaps keep the words apart for screen readers. */
export function lines(
  words: readonly string[],
  { x, y, step, name, anchor = 'start' }: { x: number; y: number; step: number; name: string; anchor?: string },
): SVGTemplateResult {
  return svg`<text class=${name} x=${x} y=${y} text-anchor=${anchor}>${words.map(
    (line, at) => svg`<tspan x=${x} y=${y + at * step}>${line}</tspan><tspan class="gap"> </tspan>`,
  )}</text>`;
}

/** A row or label that can be chosen with pointer, Enter and Space where the stage says so. */
export function choice(stage: Stage, key: string, content: unknown): SVGTemplateResult {
  const { select, look } = stage;
  if (!select) return svg`<g>${content}</g>`;
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    select(key);
  };
  return svg`<g class="choice" role="button" tabindex="0"
    @click=${() => select(key)} @keydown=${onKey}
    @focus=${() => look?.(key)} @blur=${() => look?.()}
    @pointerenter=${() => look?.(key)} @pointerleave=${() => look?.()}>${content}</g>`;
}

/** The outer element: an image with a name, or a group where rows can be chosen. */
export function canvas(stage: Stage, height: number, label: string, content: unknown): SVGTemplateResult {
  return svg`<svg class="chart" part="chart" role=${stage.select ? 'group' : 'img'} aria-label=${label}
    width=${stage.width} height=${height} viewBox="0 0 ${stage.width} ${height}">${HATCH}${content}</svg>`;
}

/** Slanted lines for what is not shown, so that it never depends on color. */
const HATCH = svg`<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
  <rect class="hatch-ground" width="6" height="6"></rect><line class="hatch-line" x1="0" y1="0" x2="0" y2="6"></line></pattern></defs>`;
