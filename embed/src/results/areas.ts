/** <sos-areas>: the nine areas of a unit as radar, sorted bars or table. */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { bars } from '../core/charts/bars.ts';
import type { LegendItem } from '../core/charts/legend.ts';
import type { Cell, ScoreRow, TableModel } from '../core/charts/model.ts';
import { radar } from '../core/charts/radar.ts';
import type { Stage } from '../core/charts/stage.ts';
import type { Client } from '../core/client.ts';
import { segments } from '../core/controls.ts';
import { SosFigure, type FigureText } from '../core/figure.ts';
import { published, resultsOf, where } from './asking.ts';
import { AREAS } from './documents.ts';
import type { Area, AreasData, Score } from './types.ts';
import {
  COMPARISONS, combined, compared, differenceCell, editionNote, figureCell, hiddenTexts, placeNote, readout, whys, type Comparison,
} from './wording.ts';
import styles from './results.css';

/** From this width on (CSS pixels) the bars stand beside the radar. */
const SPLIT = 900;

/**
 * Attributes beside the common ones: `view` (radar, bars, table), `compare` (benchmark, previous,
 * parent, none). Events: `sos-drill {unit, area}` when an area is chosen, `sos-select {view}` and
 * `sos-select {compare}`. Parts: heading chart table cell legend button status.
 */
export class SosAreas extends SosFigure<AreasData> {
  static override styles = [...SosFigure.styles, styles];
  static override reloadOn = ['survey', 'unit'];
  static override properties: PropertyDeclarations = { looked: { state: true } };

  declare looked?: string;

  protected override async load(client: Client, signal: AbortSignal): Promise<AreasData> {
    const { survey } = await client.query(AREAS, where(this), signal);
    return resultsOf(published(survey).results);
  }

  protected words(data: AreasData): FigureText {
    const { t } = this;
    const own = { kind: 'own', label: data.group.name } as const;
    const found = this.other(data);
    const radar = this.shown === 'radar';
    const others: LegendItem[] = found ? [{ kind: !radar ? 'tick' : this.split ? 'both' : 'reference', label: found }] : [];
    if (data.areas.some(({ score }) => score.value === null)) others.push({ kind: 'hidden', label: t('ui.hidden') });
    return {
      title: t('ui.areas.title'),
      note: placeNote(data),
      legend: [own, ...others],
      foot: t('ui.results.least', { count: data.overall.answerCount ?? data.smallestGroup }),
    };
  }

  protected views(narrow: boolean): readonly string[] {
    return narrow ? ['bars'] : ['radar', 'bars'];
  }

  protected override above(data: AreasData): unknown {
    const { t } = this;
    const options = COMPARISONS.map((key) => ({ key, label: t(`ui.compare.${key}`) }));
    const choose = (key: string) => {
      this.compare = key;
      this.emit('sos-select', { compare: key });
    };
    return html`${combined(data, this.intl)}
      <div class="switch"><span class="note" aria-hidden="true">${t('ui.areas.compare')}</span>
      ${segments(options, { chosen: this.against, label: t('ui.areas.compare'), choose })}</div>`;
  }

  protected chart(data: AreasData, view: string, stage: Stage): unknown {
    const rows = data.areas.map((area) => this.row(area));
    const label = this.t('ui.areas.chart', { unit: data.group.name });
    if (view !== 'radar') return bars(stage, sorted(rows), label);
    if (!this.split) return radar(stage, rows, label);
    const half = { ...stage, width: Math.floor((stage.width - 2.5 * stage.em) / 2) };
    return html`<div class="pair">${radar(half, rows, label)}${bars(half, sorted(rows), this.t('ui.areas.sorted'))}</div>`;
  }

  protected override below(data: AreasData, view: string): TemplateResult {
    const to = this.against;
    const area = data.areas.find(({ key }) => key === this.looked);
    const subjects = new Set(['unit', 'overall', ...data.areas.map(({ key }) => key)]);
    const missing = to !== 'none' && !this.other(data) ? this.t(`ui.results.without.${to}`) : '';
    const said = [missing, to === 'benchmark' && !missing ? editionNote(data.benchmark) : ''].filter(Boolean).join(' ');
    return html`${view === 'table' ? nothing : area
        ? readout(area.name, area.score, to, this.intl)
        : readout(this.t('ui.areas.overall'), data.overall, to, this.intl)}
      ${said ? html`<p class="note remark">${said}</p>` : nothing}
      ${whys(hiddenTexts(data.hidden.filter(({ subject }) => subjects.has(subject)), data.areas, this.intl))}`;
  }

  protected table(data: AreasData): TableModel {
    const { t } = this;
    const to = this.against;
    const named = this.other(data) ?? t(`ui.compare.${to}`);
    const columns = [
      { label: t('ui.column.area') },
      { label: t('ui.column.score'), numeric: true },
      { label: t('ui.results.plus_minus'), numeric: true },
      { label: t('ui.column.answers'), numeric: true },
      ...(to === 'none' ? [] : [{ label: named, numeric: true }, { label: t('ui.column.difference'), numeric: true }]),
      ...(to === 'benchmark' ? [{ label: t('ui.view.strip') }] : []),
    ];
    const overall = { key: 'overall', name: t('ui.areas.overall'), score: data.overall };
    return {
      caption: `${t('ui.areas.title')}: ${data.group.name}`,
      columns,
      rows: [...data.areas, overall].map((area) => this.cells(area)),
    };
  }

  protected override onChoose(key: string): void {
    this.emit('sos-drill', { unit: this.current?.unitId ?? null, area: key });
  }

  protected override onLook(key?: string): void {
    this.looked = key;
  }

  private cells({ name, score }: Area): Cell[] {
    const { intl } = this;
    const to = this.against;
    const found = compared(score, to, intl);
    return [
      { text: [name, this.larger(score)].filter(Boolean).join(' · ') },
      figureCell(score.value, intl),
      score.interval === null ? { text: '–' } : { text: `± ${intl.number(score.interval, 1)}`, value: score.interval },
      score.answerCount === null ? { text: '–' } : { text: intl.number(score.answerCount), value: score.answerCount },
      ...(to === 'none' ? [] : [
        found ? { text: intl.number(found.reference), value: found.reference } : { text: '–' },
        differenceCell(found, intl),
      ]),
      ...(to === 'benchmark' ? [{ text: score.benchmark?.sentence ?? '–' }] : []),
    ];
  }

  private row({ key, name, score }: Area): ScoreRow {
    const found = compared(score, this.against, this.intl);
    return {
      key,
      label: name,
      value: score.value,
      ...(score.group ? { larger: this.larger(score) } : {}),
      ...(found ? { reference: found.reference, delta: { value: found.delta, sure: found.sure } } : {}),
      ...(score.answerCount === null ? {} : { n: score.answerCount }),
    };
  }

  /** Say which larger group's score it is; nothing where it is the unit's own. */
  private larger({ group }: Score): string {
    return group ? this.t('ui.results.with', { name: group.name }) : '';
  }

  /** The name of what is compared with, or undefined where no area has it. */
  private other(data: AreasData): string | undefined {
    for (const { score } of [{ score: data.overall }, ...data.areas]) {
      const found = compared(score, this.against, this.intl);
      if (found) return found.name;
    }
    return undefined;
  }

  private get against(): Comparison {
    return COMPARISONS.find((key) => key === this.compare) ?? 'benchmark';
  }

  private get split(): boolean {
    return this.stageWidth >= SPLIT;
  }
}

function sorted(rows: readonly ScoreRow[]): ScoreRow[] {
  return [...rows].sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
}
