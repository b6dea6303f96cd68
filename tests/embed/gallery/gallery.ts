/** Elements that show each chart and state with fixed data; for the tests and for people's eyes. */
import { html, type TemplateResult } from 'lit';
import { bars } from '../../../embed/src/core/charts/bars.ts';
import { distribution } from '../../../embed/src/core/charts/distribution.ts';
import type { ScoreRow, Series, ShareRow, Strip, TableModel } from '../../../embed/src/core/charts/model.ts';
import { radar } from '../../../embed/src/core/charts/radar.ts';
import type { Stage } from '../../../embed/src/core/charts/stage.ts';
import { strip } from '../../../embed/src/core/charts/strip.ts';
import { trend } from '../../../embed/src/core/charts/trend.ts';
import type { Client, Operation } from '../../../embed/src/core/client.ts';
import { disclosure, heading, tabs } from '../../../embed/src/core/controls.ts';
import { define } from '../../../embed/src/core/define.ts';
import { SosElement } from '../../../embed/src/core/element.ts';
import { Failure } from '../../../embed/src/core/failure.ts';
import { SosFigure, type FigureText } from '../../../embed/src/core/figure.ts';
import { emptyState, errorState, loadingState } from '../../../embed/src/core/states.ts';
import { AREAS, MOMENTS, POSITION, STATEMENTS, TREND } from './data.ts';

class GalleryAreas extends SosFigure<ScoreRow[]> {
  protected words(): FigureText {
    return {
      title: 'Nine areas of sales effectiveness',
      note: 'Region North, spring 2026, beside the benchmark',
      legend: [
        { kind: 'own', label: 'Region North' },
        { kind: this.shown === 'radar' ? 'reference' : 'tick', label: this.t('ui.compare.benchmark') },
        { kind: 'hidden', label: this.t('ui.hidden') },
      ],
      foot: this.t('ui.answers', { count: 148 }),
    };
  }

  protected views(narrow: boolean): readonly string[] {
    return narrow ? ['bars'] : ['radar', 'bars'];
  }

  protected chart(rows: ScoreRow[], view: string, stage: Stage): unknown {
    const label = 'Scores of nine areas; the table that follows has the figures';
    if (view === 'radar') return radar(stage, rows, label);
    return bars(stage, [...rows].sort((a, b) => (b.value ?? -1) - (a.value ?? -1)), label);
  }

  protected table(rows: ScoreRow[]): TableModel {
    const { t, intl: locale } = this;
    return {
      caption: 'Nine areas of sales effectiveness',
      columns: [
        { label: t('ui.column.area') },
        { label: t('ui.column.score'), numeric: true },
        { label: t('ui.compare.benchmark'), numeric: true },
        { label: t('ui.column.difference'), numeric: true },
        { label: t('ui.column.answers'), numeric: true },
      ],
      rows: rows.map(({ label, value, reference, delta, n }) => [
        { text: label },
        value === null ? { text: t('ui.hidden'), tone: 'hidden' } : { text: locale.number(value), value },
        { text: locale.number(reference ?? 0), value: reference },
        delta
          ? { text: locale.signed(delta.value), value: delta.value, ...(delta.sure ? { tone: delta.value > 0 ? ('good' as const) : ('bad' as const) } : {}) }
          : { text: '' },
        { text: locale.number(n ?? 0), value: n },
      ]),
    };
  }

  protected override onChoose(key: string): void {
    this.emit('sos-drill', { area: key });
  }
}

class GalleryQuestion extends SosFigure<ShareRow[]> {
  protected words(): FigureText {
    const labels = ['Strongly disagree', 'Disagree', 'Neither', 'Agree', 'Strongly agree'];
    const kinds = ['div-1', 'div-2', 'div-3', 'div-4', 'div-5'] as const;
    return {
      title: 'Winning deals',
      note: 'How people answered the four statements; the figure at the end is the share who agree',
      legend: kinds.map((kind, at) => ({ kind, label: labels[at] ?? '' })),
      foot: this.t('ui.answers', { count: 148 }),
    };
  }

  protected views(): readonly string[] {
    return ['distribution'];
  }

  protected chart(rows: ShareRow[], _view: string, stage: Stage): unknown {
    return distribution(stage, rows, 'Distributions of four statements; the table that follows has the figures');
  }

  protected table(rows: ShareRow[]): TableModel {
    const numeric = true;
    return {
      caption: 'Distribution of answers',
      columns: [{ label: this.t('ui.column.statement') }, ...[1, 2, 3, 4, 5].map((at) => ({ label: String(at), numeric }))],
      rows: rows.map(({ label, shares }) => [
        { text: label },
        ...(shares ?? Array<null>(5).fill(null)).map((share) =>
          share === null ? { text: '···', tone: 'hidden' as const } : { text: this.intl.percent(share), value: share }),
      ]),
    };
  }
}

class GalleryPosition extends SosFigure<Strip> {
  protected words(): FigureText {
    return { title: 'Position among others', note: this.t('ui.percentile', { count: 64, size: 212 }) };
  }

  protected views(): readonly string[] {
    return ['strip'];
  }

  protected chart(data: Strip, _view: string, stage: Stage): unknown {
    return strip(stage, { ...data, bands: [1, 2, 3, 4].map((band) => this.t(`ui.quarter.${band}`)) as unknown as Strip['bands'] }, 'Position');
  }

  protected table({ label, value }: Strip): TableModel {
    return { caption: 'Position', columns: [{ label: this.t('ui.column.unit') }, { label: this.t('ui.column.score'), numeric: true }], rows: [[{ text: label }, { text: String(value), value }]] };
  }
}

class GalleryTrend extends SosFigure<Series[]> {
  protected words(): FigureText {
    return {
      title: 'Leadership and coaching over time',
      legend: [{ kind: 'own', label: 'Region North' }, { kind: 'reference', label: this.t('ui.compare.benchmark') }],
    };
  }

  protected views(): readonly string[] {
    return ['trend'];
  }

  protected chart(data: Series[], _view: string, stage: Stage): unknown {
    return trend(stage, MOMENTS, data, 'Scores over four surveys');
  }

  protected table(data: Series[]): TableModel {
    return {
      caption: 'Scores over four surveys',
      columns: [{ label: this.t('ui.column.survey') }, ...data.map(({ label }) => ({ label, numeric: true }))],
      rows: MOMENTS.map((moment, at) => [{ text: moment }, ...data.map(({ values }) => ({ text: String(values[at] ?? '···'), value: values[at] }))]),
    };
  }
}

class GalleryStates extends SosElement<string> {
  static override styles = GalleryAreas.styles;

  protected draw(chosen: string): TemplateResult {
    const options = ['Waiting', 'Empty', 'Refused'].map((label) => ({ key: label.toLowerCase(), label }));
    return html`<div class="head">${heading(3, 'While there is nothing to show')}</div>
      ${tabs(options, { chosen, label: 'States', choose: (key) => (this.data = key) })}
      <div id="panel" role="tabpanel" aria-labelledby="tab-${chosen}">${this.panel(chosen)}</div>
      ${disclosure('What can be changed', html`<p>Text, spacing and color.</p>`)}
      <p><button class="primary" type="button">Save changes</button> <button type="button">Cancel</button> <button class="quiet" type="button">More</button> <button type="button" disabled>Not yet</button></p>`;
  }

  private panel(chosen: string): TemplateResult {
    if (chosen === 'waiting') return loadingState(this.t('ui.loading'));
    if (chosen === 'empty') return emptyState(this.t('ui.empty.results'), this.t('ui.empty.results.when'));
    return errorState(new Failure({ code: 'offline', retryable: true }), this.intl, () => this.emit('sos-retried'));
  }
}

const GALLERY: Operation<{ gallery: { value: number } }, { unit: string }> = {
  name: 'Gallery',
  text: 'query Gallery($unit: String!) { gallery(unit: $unit) { value } }',
};

/** Asks the test server's API, so that the client and the live parts can be tried. */
class GalleryLive extends SosElement<{ value: number }> {
  protected override async load(client: Client, signal: AbortSignal): Promise<{ value: number }> {
    const { gallery } = await client.query(GALLERY, { unit: this.unit ?? '' }, signal);
    return gallery;
  }

  protected draw({ value }: { value: number }): TemplateResult {
    return html`<p>Value <output>${this.intl.number(value)}</output></p>`;
  }
}

define('sos-gallery-areas', GalleryAreas);
define('sos-gallery-question', GalleryQuestion);
define('sos-gallery-position', GalleryPosition);
define('sos-gallery-trend', GalleryTrend);
define('sos-gallery-states', GalleryStates);
define('sos-gallery-live', GalleryLive);

const show = (tag: string, data: unknown) => {
  for (const element of document.querySelectorAll(tag)) Object.assign(element, { data });
};
show('sos-gallery-areas', AREAS);
show('sos-gallery-question', STATEMENTS);
show('sos-gallery-position', POSITION);
show('sos-gallery-trend', TREND);
show('sos-gallery-states', 'refused');
