/** What several result widgets say and show alike: comparisons, readouts, groups and hidden notes. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell } from '../core/charts/model.ts';
import type { Locale } from '../core/locale.ts';
import type { Area, Band, Edition, Group, HiddenNote, Place, Score } from './types.ts';

export const COMPARISONS = ['benchmark', 'previous', 'parent', 'none'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A score beside what it is compared with. */
export interface Compared {
  readonly reference: number;
  readonly delta: number;
  /** Whether the difference is larger than chance can explain. */
  readonly sure: boolean;
  readonly name: string;
  readonly note: string | null;
}

/** Return how `score` compares, or null where there is nothing to compare. */
export function compared(score: Score, to: Comparison, { t }: Locale): Compared | null {
  if (to === 'none' || score.value === null) return null;
  if (to !== 'benchmark') {
    const other = score[to];
    return other && { reference: other.reference, delta: other.value, sure: other.significant, name: other.name, note: other.note };
  }
  const { benchmark, value } = score;
  if (!benchmark) return null;
  const delta = value - benchmark.median;
  return {
    reference: benchmark.median,
    delta,
    // Its interval holds the uncertainty of both sides; the median is the organization in the middle.
    sure: benchmark.low > 50 || benchmark.high < 50,
    name: t('ui.compare.benchmark'),
    note: null,
  };
}

/** A difference in words: sign always, arrow and color only where it is more than noise. */
export function difference(value: number, sure: boolean, locale: Locale, decimals = 0): TemplateResult {
  const tone = toneOf(value, sure);
  return html`<span class="delta ${tone}">${tone ? html`<span class="arrow">${arrow(tone)}</span>` : nothing}${locale.signed(value, decimals)}</span>`;
}

export function toneOf(value: number, sure: boolean): 'good' | 'bad' | '' {
  return !sure || !value ? '' : value > 0 ? 'good' : 'bad';
}

export function arrow(tone: string): string {
  return tone === 'good' ? '▲ ' : tone === 'bad' ? '▼ ' : '';
}

/** A cell with a difference, for tables and files. */
export function differenceCell(found: Pick<Compared, 'delta' | 'sure'> | null, locale: Locale, decimals = 0): Cell {
  if (!found) return { text: '–' };
  const tone = toneOf(found.delta, found.sure);
  return { text: arrow(tone) + locale.signed(found.delta, decimals), value: found.delta, ...(tone ? { tone } : {}) };
}

/** A cell with a figure, or the word that it is not shown. */
export function figureCell(value: number | null, locale: Locale, text = locale.number(value ?? 0)): Cell {
  return value === null ? { text: locale.t('ui.hidden'), tone: 'hidden' } : { text, value };
}

/** Name the unit and the survey, and the combination that stands for a unit that is too small. */
export function placeNote({ name, surveyTitle }: Place): string {
  return `${name} · ${surveyTitle}`;
}

/** The line that names a combined group; nothing where the unit itself is shown. */
export function combined({ group, name }: { group: Group; name: string }, { t }: Locale): TemplateResult | typeof nothing {
  if (group.exact) return nothing;
  return html`<p class="combined" part="status"><strong>${group.name}</strong>${t('ui.results.combined', { unit: name })}</p>`;
}

/**
 * What is hidden and why; areas without a score share one sentence where there are several, and
 * nothing is said of those that a larger group stands in for, by name.
 */
export function hiddenTexts(told: readonly HiddenNote[], areas: readonly (Pick<Area, 'key' | 'name'> & { readonly score: Pick<Score, 'value' | 'group'> })[], locale: Locale): string[] {
  const { t } = locale;
  const without = areas.filter(({ score }) => score.value === null);
  const notes = told.filter(({ subject }) => !areas.some(({ key, score }) => key === subject && score.group));
  if (without.length < 2) return notes.map(({ text }) => text);
  const keys = new Set(without.map(({ key }) => key));
  const others = notes.filter(({ subject }) => !keys.has(subject)).map(({ text }) => text);
  const all = without.length === areas.length;
  return [all ? t('ui.results.no_area') : t('ui.results.areas_hidden', { areas: locale.list(without.map(({ name }) => name)) }), ...others];
}

/** Sentences as a quiet list. */
export function whys(texts: readonly string[]): TemplateResult | typeof nothing {
  return texts.length ? html`<ul class="whys">${texts.map((text) => html`<li>${text}</li>`)}</ul>` : nothing;
}

/** What must stand beside every comparison with these organizations. */
export function editionNote(edition: Edition | null): string {
  return edition?.note ?? '';
}

/** What is told about the score that is pointed at: figure, interval, answers, comparison, reasons. */
export function readout(name: string, score: Score, to: Comparison, locale: Locale): TemplateResult {
  const { t } = locale;
  const found = compared(score, to, locale);
  const facts = [
    score.interval === null || score.value === null ? '' : t('ui.results.interval', { points: locale.number(score.interval, 1) }),
    score.answerCount === null ? '' : t('ui.answers', { count: score.answerCount }),
    score.bandName ?? '',
  ].filter(Boolean);
  const said = [found && to === 'benchmark' ? score.benchmark?.sentence : '', found?.note, score.hidden].filter(Boolean);
  return html`<div class="readout" role="status">
    <p class="named">${name}</p>
    <p class="figure ${score.value === null ? 'none' : ''}">${score.value === null ? t('ui.hidden') : locale.number(score.value)}</p>
    <p class="facts">${facts.map((fact) => html`<span>${fact}</span>`)}
      ${found ? html`<span>${comparison(found, to, locale)}</span>` : nothing}</p>
    ${said.length ? html`<p class="said">${said.join(' ')}</p>` : nothing}
  </div>`;
}

/** How much more or less a score is than what it is compared with, or that the two are level. */
export function comparison({ delta, sure, name, reference }: Omit<Compared, 'note'>, to: Comparison, locale: Locale): TemplateResult | string {
  const values = { name, value: locale.number(reference, 0) };
  const benchmark = to === 'benchmark';
  if (!Math.round(delta)) return locale.t(benchmark ? 'ui.results.level_benchmark' : 'ui.results.level', values);
  return html`${difference(delta, sure, locale)} ${locale.t(benchmark ? 'ui.results.against_benchmark' : 'ui.results.against', values)}`;
}

/** The band of a score as a small label; the word says it, the color only helps. */
export function bandLabel(band: Band | null, name: string | null): TemplateResult | typeof nothing {
  return band && name ? html`<span class="band band-${band.toLowerCase()}">${name}</span>` : nothing;
}
