/** <sos-response-rate>: how many have finished, live, only as exact as may be told. */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import type { TableModel } from '../core/charts/model.ts';
import type { Stage } from '../core/charts/stage.ts';
import type { Client } from '../core/client.ts';
import { heading } from '../core/controls.ts';
import { Failure, asFailure, expectMember, type FailureDetail } from '../core/failure.ts';
import { SosFigure, type FigureText } from '../core/figure.ts';
import { subscribe } from '../core/live.ts';
import { errorState } from '../core/states.ts';
import { curve, type Point } from './curve.ts';
import { RATE_CHANGED, RESPONSE_RATE, type Rate, type RateAnswer, type RateValue } from './documents.ts';
import styles from './response-rate.css';

/** What the element shows: the rates and the title of their survey. */
export interface RateData extends Rate {
  readonly title: string;
}

/**
 * Attributes: the common ones; without `survey` it is the one that is open; `depth`: how many
 * levels below the first are listed, default all. Parts: heading chart table cell button status.
 */
export class SosResponseRate extends SosFigure<RateData> {
  static override styles = [...SosFigure.styles, styles];
  static override reloadOn = ['survey'];
  static override properties: PropertyDeclarations = { pushed: { state: true }, trouble: { state: true }, depth: { type: Number } };

  /** What the server has told since the element was loaded. */
  declare pushed?: Rate;
  /** Why nothing more is told, and when it was told last. */
  declare trouble?: { readonly failure: FailureDetail; readonly since: Date };
  declare depth?: number;

  protected override async load(client: Client, signal: AbortSignal): Promise<RateData> {
    const asked = this.survey && this.survey !== 'latest' ? { survey: this.survey } : {};
    const { survey } = await client.query(RESPONSE_RATE, asked, signal);
    if (!survey) throw new Failure({ code: 'nothing_open', what: this.t('ui.rate.none'), remedy: this.t('ui.rate.none.next'), calm: true });
    const rate = expectMember(survey.responseRate, 'ResponseRate');
    this.pushed = undefined;
    this.trouble = undefined;
    if (!rate.final) this.follow(client, rate.surveyId, signal);
    return { ...rate, title: survey.title };
  }

  /** Listen for news; where no socket opens, ask again and again while somebody looks. */
  private follow(client: Client, survey: string, signal: AbortSignal): void {
    let told = new Date();
    const next = ({ responseRateChanged }: { responseRateChanged: RateAnswer }) => {
      this.pushed = expectMember(responseRateChanged, 'ResponseRate');
      this.trouble = undefined;
      told = new Date();
    };
    const failed = (thrown: unknown) => void (this.trouble = { failure: asFailure(thrown), since: told });
    const fallback = async (until: AbortSignal) => {
      const answer = await client.query(RESPONSE_RATE, { survey }, until);
      if (!answer.survey) throw new Failure({ code: 'unexpected' });
      return { responseRateChanged: answer.survey.responseRate };
    };
    subscribe(client, RATE_CHANGED, { survey }, { signal, next, failed, fallback });
  }

  protected words(data: RateData): FigureText {
    return { title: this.t('ui.rate.title'), note: data.title };
  }

  protected views(): readonly string[] {
    return ['days'];
  }

  protected chart(data: RateData, _view: string, stage: Stage): unknown {
    const { intl: locale } = this;
    const points: Point[] = data.daily.map(({ day, rate }) => ({
      at: locale.endOf(day, data.timeZone),
      share: rate.share,
      exact: rate.bound === 'EXACT',
      label: `${locale.date(day)}: ${this.said(rate)}`,
    }));
    const ends = { from: Date.parse(data.opensAt), to: Date.parse(data.closesAt) };
    const now = Date.now();
    // Days are told when they are over; what stands in large figures beside the curve is today's end of it.
    if (!data.final && now > (points.at(-1)?.at ?? ends.from) && now < ends.to) {
      points.push({ at: now, share: data.overall.share, exact: data.overall.bound === 'EXACT', label: `${locale.dateTime(new Date(now))}: ${this.said(data.overall)}` });
    }
    return curve(stage, [{ at: ends.from, share: 0, exact: true, label: locale.date(data.opensAt) }, ...points], ends, this.t('ui.rate.days'));
  }

  /** The days, behind the curve. */
  protected table(data: RateData): TableModel {
    const { t, intl: locale } = this;
    return {
      caption: t('ui.rate.days'),
      columns: [{ label: t('ui.rate.day') }, { label: t('ui.rate.share'), numeric: true }],
      rows: data.daily.map(({ day, rate }) => [{ text: locale.date(day) }, { text: this.said(rate), value: rate.share }]),
    };
  }

  protected override draw(loaded: RateData): TemplateResult {
    const data = this.data ? loaded : { ...loaded, ...this.pushed };
    const { t } = this;
    return html`<div class="head"><div>${heading(this.headingLevel, this.heading ?? t('ui.rate.title'))}<p class="note">${data.title}</p></div>
        ${data.final || this.data ? nothing : this.news()}</div>
      ${this.trouble && !this.trouble.failure.retryable ? errorState(this.trouble.failure, this.intl) : nothing}
      <div class="hero">${this.big(data)}
        <div class="content">${data.daily.length ? this.stage(data, 'days') : html`<p class="note">${t('ui.rate.first_day')}</p>`}</div></div>
      ${data.units.length > 1 ? html`<div class="units">${this.units(data)}</div>
      <div class="foot"><p class="note"></p><div class="tools"><button type="button" class="quiet" part="button" @click=${() => this.exportCsv()}>${t('ui.export.data')}</button></div></div>` : nothing}`;
  }

  /** Whether what is shown is told anew as it changes. */
  private news(): TemplateResult {
    const { intl, t, trouble } = this;
    const words = trouble ? t('ui.rate.waiting', { time: intl.time(trouble.since) }) : t('ui.rate.live');
    return html`<p class="note live" role="status">${trouble ? nothing : html`<i></i>`}${trouble?.failure.retryable === false ? nothing : words}</p>`;
  }

  /** Save the rates of the units as a CSV file. */
  override async exportCsv(): Promise<void> {
    const data = this.current;
    if (!data) return;
    const { saveCsv } = await import('../core/export.ts');
    saveCsv(this.unitTable({ ...data, ...this.pushed }), this.t('ui.rate.title'));
  }

  private big(data: RateData): TemplateResult {
    const { t, intl: locale } = this;
    const { overall } = data;
    const sentence = overall.finished === null
      ? t('ui.rate.limited', { count: overall.invited })
      : t('ui.rate.finished', { finished: overall.finished, count: overall.invited });
    const facts = [
      [data.final ? t('ui.rate.closed') : t('ui.rate.closes'), locale.dateTime(data.closesAt, data.timeZone)],
      ...(data.final ? [] : [[t('ui.rate.reminder'), data.nextReminderAt ? locale.dateTime(data.nextReminderAt, data.timeZone) : t('ui.rate.reminder.none')]]),
    ];
    return html`<div class="big"><div role="status"><p class="share ${overall.bound === 'EXACT' ? '' : 'limit'}" part="score">${this.said(overall)}</p><p>${sentence}</p></div>
      <svg class="meter" part="chart" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="1"></rect>
        <rect class=${overall.bound === 'EXACT' ? 'fill own' : 'hatched'} width=${overall.share * 100} height="1"></rect></svg>
      <dl>${facts.map(([term, words]) => html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl></div>`;
  }

  private units(data: RateData): TemplateResult {
    const { t, intl: locale } = this;
    const highest = Math.min(...data.units.map(({ depth }) => depth));
    const listed = data.units.filter(({ depth }) => depth - highest <= (this.depth ?? Infinity));
    return html`<div class="scroll" role="region" tabindex="0" aria-label=${t('ui.rate.units')}><table part="table">
      <thead><tr><th scope="col">${t('ui.column.unit')}</th><th scope="col" class="number">${t('ui.rate.invited')}</th>
        <th scope="col" class="number">${t('ui.rate.share')}</th><th class="gauge"><span class="unseen">${t('ui.rate.title')}</span></th></tr></thead>
      <tbody>${listed.map(({ name, depth, exact, groupName: group, rate }) => html`<tr data-depth=${Math.min(4, depth - highest)}>
        <th scope="row">${name}${exact ? nothing : html`<small>${t('ui.rate.group', { group })}</small>`}</th>
        <td class="number">${locale.number(rate.invited)}</td>
        <td class="number" part="cell">${this.said(rate)}</td>
        <td class="gauge"><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="1"></rect>
          <rect class=${rate.bound === 'EXACT' ? 'fill own' : 'fill limit'} width=${rate.share * 100} height="1"></rect></svg></td></tr>`)}</tbody></table></div>`;
  }

  private unitTable({ units }: RateData): TableModel {
    const { t, intl: locale } = this;
    const numeric = true;
    return {
      caption: t('ui.rate.units'),
      columns: [{ label: t('ui.column.unit') }, { label: t('ui.rate.group', { group: '' }).replace(/[:：]\s*$/, '') }, { label: t('ui.rate.invited'), numeric }, { label: t('ui.rate.share'), numeric }],
      rows: units.map(({ name, groupName: group, exact, rate }) => [
        { text: name },
        { text: exact ? '' : group },
        { text: locale.number(rate.invited), value: rate.invited },
        { text: this.said(rate), value: rate.bound === 'EXACT' ? rate.share : null },
      ]),
    };
  }

  private said({ share, bound }: RateValue): string {
    const words = this.intl.percent(share);
    return bound === 'EXACT' ? words : this.t(bound === 'AT_MOST' ? 'ui.rate.at_most' : 'ui.rate.at_least', { share: words });
  }
}
