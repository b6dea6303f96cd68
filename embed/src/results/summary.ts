/** <sos-summary>: the results of a unit on one page, in words. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Client } from '../core/client.ts';
import { heading } from '../core/controls.ts';
import type { Locale } from '../core/locale.ts';
import { SosElement } from '../core/element.ts';
import { published, resultsOf, where } from './asking.ts';
import { SUMMARY } from './documents.ts';
import type { Rate, SummaryArea, SummaryData } from './types.ts';
import { bandLabel, combined, difference, hiddenTexts, placeNote } from './wording.ts';
import shared from './results.css';
import styles from './summary.css';

/**
 * Attributes: the common ones. Event: `sos-drill {unit, area}` when an area is chosen.
 * Parts: heading score button status.
 */
export class SosSummary extends SosElement<SummaryData> {
  static override styles = [...SosElement.styles, shared, styles];
  static override reloadOn = ['survey', 'unit'];

  protected override async load(client: Client, signal: AbortSignal): Promise<SummaryData> {
    const survey = published((await client.query(SUMMARY, where(this), signal)).survey);
    const results = resultsOf(survey.results);
    const told = survey.responseRate;
    let rate: Rate | null = null;
    if (told.__typename === 'ResponseRate') {
      rate = results.unitId === null ? told.overall : (told.units.find(({ unitId, exact }) => exact && unitId === results.unitId)?.rate ?? null);
    }
    // A summary is of a unit's own figures: the score of a larger group would be taken for them.
    const areas = results.areas.map((area) => (area.score.group ? { ...area, score: { value: null, group: null } } : area));
    const { overall } = results;
    return { ...results, areas, overall: overall.group ? { ...overall, value: null, answerCount: null } : overall, rate };
  }

  protected override draw(data: SummaryData): TemplateResult {
    const { t } = this;
    const { summary } = data;
    return html`<div class="head">
        <div>${heading(this.headingLevel, this.heading ?? summary.title)}<p class="note">${placeNote(data)}</p></div>
        <div class="tools"><button type="button" part="button" @click=${() => window.print()}>${t('ui.summary.print')}</button></div>
      </div>
      ${combined(data, this.intl)}
      <div class="content">
        <p class="headline">${summary.headline}</p>
        ${summary.sentences.length ? html`<p class="story">${this.intl.sentences(summary.sentences)}</p>` : nothing}
        ${this.figures(data)}
        <div class="columns">
          ${this.areas('strengths', summary.strengths)}${this.areas('opportunities', summary.opportunities)}
        </div>
        ${this.suggestions(data)}
        <div class="columns">${this.lines('activities', summary.activities)}${this.lines('hidden', notesOf(data, this.intl), 'whys')}</div>
      </div>`;
  }

  private figures({ overall, rate }: SummaryData): TemplateResult {
    const { t, intl } = this;
    const { value, interval, benchmark, previous, parent } = overall;
    return html`<dl class="kpis">
      <div class="main"><dt>${t('ui.areas.overall')}</dt>
        <dd part="score">${value === null ? html`<span class="absent">${t('ui.hidden')}</span>` : html`<b>${intl.number(value)}</b> ${bandLabel(overall.band, overall.bandName)}`}</dd>
        <dd class="note">${value === null ? overall.hidden : interval === null ? t('ui.summary.of_hundred') : t('ui.results.interval', { points: intl.number(interval, 1) })}</dd></div>
      ${benchmark ? html`<div><dt>${t('ui.compare.benchmark')}</dt><dd><b>${intl.number(benchmark.percentile)}</b></dd><dd class="note">${benchmark.sentence}</dd></div>` : nothing}
      ${[previous, parent].map((found) => found ? html`<div><dt>${t('ui.results.versus', { name: found.name })}</dt>
        <dd><b>${difference(found.value, found.significant, intl)}</b></dd>
        <dd class="note">${found.significant ? t('ui.results.sure') : t('ui.results.unsure')}</dd></div>` : nothing)}
      ${rate ? html`<div><dt>${t('ui.summary.answered')}</dt><dd><b>${rate.display}</b></dd>
        <dd class="note">${rate.finished !== null ? t('ui.summary.of_invited', { count: rate.finished, invited: rate.invited }) : t('ui.results.invited', { count: rate.invited })}</dd></div>` : nothing}
    </dl>`;
  }

  private areas(which: 'strengths' | 'opportunities', areas: readonly SummaryArea[]): TemplateResult {
    const choose = (area: string) => this.emit('sos-drill', { unit: this.current?.unitId ?? null, area });
    return html`<section class=${which}>${this.partTitle(which)}
      ${areas.length ? html`<ol>${areas.map(({ key, name, score, reasons }) => html`<li>
        <button type="button" class="area" part="button" @click=${() => choose(key)}><b>${this.intl.number(score)}</b><span>${name}</span></button>
        ${this.meter(score)}<p class="note">${this.intl.sentences(reasons)}</p></li>`)}</ol>`
        : html`<p class="note">${this.t(`ui.summary.${which}.none`)}</p>`}
    </section>`;
  }

  private meter(score: number): TemplateResult {
    return html`<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4"></rect><rect class="value" width=${score} height="4"></rect></svg>`;
  }

  private suggestions({ summary }: SummaryData): TemplateResult | typeof nothing {
    if (!summary.suggestions.length) return nothing;
    return html`<section class="suggestions">${this.partTitle('suggestions')}<p class="note">${this.t('ui.summary.suggestions.note')}</p>
      <dl>${summary.suggestions.map(({ areaName, text }) => html`<div><dt>${areaName}</dt><dd>${text}</dd></div>`)}</dl></section>`;
  }

  private lines(which: 'activities' | 'hidden', lines: readonly string[], name = 'plain'): TemplateResult | typeof nothing {
    if (!lines.length) return nothing;
    return html`<section class=${which}>${this.partTitle(which)}<ul class=${name}>${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;
  }

  private partTitle(which: string): TemplateResult {
    const level = Math.min(6, Math.max(2, this.headingLevel ?? 2) + 1);
    return html`<div class="part" role="heading" aria-level=${level}>${this.t(`ui.summary.${which}`)}</div>`;
  }
}

/** The server's notes and what is hidden, each text once. */
function notesOf({ summary, hidden, benchmark, areas }: SummaryData, locale: Locale): string[] {
  const areaNotes = new Set(hidden.filter(({ subject }) => areas.some(({ key }) => key === subject)).map(({ text }) => text));
  const notes = summary.notes.filter((text) => !areaNotes.has(text));
  return [...new Set([...hiddenTexts(hidden, areas, locale), ...notes, benchmark?.note ?? ''])].filter(Boolean);
}
