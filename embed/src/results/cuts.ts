/** <sos-cuts>: groups across the organization beside each other, such as leaders and everybody else. */
import { html, nothing, svg, type PropertyDeclarations, type TemplateResult } from 'lit';
import { SIGNS, dots, sign, type DotRow } from '../core/charts/dots.ts';
import type { LegendItem } from '../core/charts/legend.ts';
import type { Cell, TableModel } from '../core/charts/model.ts';
import type { Stage } from '../core/charts/stage.ts';
import type { Client } from '../core/client.ts';
import { heading, segments } from '../core/controls.ts';
import { SosFigure, type FigureText } from '../core/figure.ts';
import { emptyState } from '../core/states.ts';
import { member, published, where } from './asking.ts';
import { CUTS } from './documents.ts';
import type { Cut, CutPart, CutScore, CutsData } from './types.ts';
import { comparison, differenceCell, figureCell, whys } from './wording.ts';
import styles from './results.css';

/** A row of the chart and of the table: an area, or the overall score. */
interface Row {
  readonly key: string;
  readonly name: string;
  readonly scores: readonly CutScore[];
}

/**
 * Attributes beside the common ones: `cut` (leaders, level:1 …; absent: the first that can be shown),
 * `view` (dots, table). Events: `sos-select {cut}`, `sos-drill {area}` when an area is chosen.
 * Parts: heading chart table cell legend button status.
 */
export class SosCuts extends SosFigure<CutsData> {
  static override styles = [...SosFigure.styles, styles];
  static override reloadOn = ['survey'];
  static override properties: PropertyDeclarations = { cut: { reflect: true }, looked: { state: true } };

  declare cut?: string;
  declare looked?: string;

  protected override async load(client: Client, signal: AbortSignal): Promise<CutsData> {
    const { survey } = await client.query(CUTS, where({ survey: this.survey }), signal);
    return member(published(survey).cuts, 'ResultCuts');
  }

  protected override draw(data: CutsData): TemplateResult {
    if (this.parts(data).length) return super.draw(data);
    const { t } = this;
    return html`<div class="head"><div>${heading(this.headingLevel, this.heading ?? t('ui.cuts.title'))}<p class="note">${data.surveyTitle}</p></div></div>
      ${this.above(data)}${emptyState(data.cuts.length ? t('ui.cuts.nothing') : t('ui.cuts.none'))}${this.reasons(data)}`;
  }

  protected words(data: CutsData): FigureText {
    const items = this.parts(data).map(({ name }, at): LegendItem => ({ kind: svg`${sign(at, 10, 7, 14)}`, label: name }));
    return {
      title: this.t('ui.cuts.title'),
      note: `${data.organizationName} · ${data.surveyTitle}`,
      legend: [...items, { kind: 'tick', label: data.organizationName }],
      foot: data.note,
    };
  }

  protected views(): readonly string[] {
    return this.current && this.parts(this.current).length > SIGNS ? [] : ['dots'];
  }

  protected override above(data: CutsData): unknown {
    if (data.cuts.length < 2) return nothing;
    const label = this.t('ui.cuts.choose');
    const choose = (key: string) => {
      this.cut = key;
      this.looked = undefined;
      this.emit('sos-select', { cut: key });
    };
    const options = data.cuts.map(({ key, name }) => ({ key, label: name }));
    return html`<div class="switch">${segments(options, { chosen: this.chosen(data)?.key ?? '', label, choose })}</div>`;
  }

  protected chart(data: CutsData, _view: string, stage: Stage): unknown {
    const rows = this.rows(data).map(({ key, name, scores }): DotRow => ({
      key,
      label: name,
      values: scores.map(({ value }) => value),
      reference: scores.find(({ parent }) => parent)?.parent?.reference ?? null,
    }));
    const names = this.intl.list(this.parts(data).map(({ name }) => name));
    return dots(stage, rows, this.t('ui.cuts.chart', { names }));
  }

  protected override below(data: CutsData, view: string): unknown {
    return html`${view === 'table' ? nothing : this.readout(data)}${this.reasons(data)}`;
  }

  protected table(data: CutsData): TableModel {
    const { t, intl } = this;
    const parts = this.parts(data);
    return {
      caption: `${t('ui.cuts.title')}: ${this.chosen(data)?.name ?? ''}`,
      columns: [
        { label: t('ui.column.area') },
        ...parts.flatMap(({ name }) => [{ label: name, numeric: true }, { label: t('ui.cuts.against', { name: data.organizationName }), numeric: true }]),
      ],
      rows: this.rows(data).map(({ name, scores }): Cell[] => [
        { text: name },
        ...scores.flatMap(({ value, parent }) => [
          figureCell(value, intl),
          differenceCell(parent && { delta: parent.value, sure: parent.significant }, intl),
        ]),
      ]),
    };
  }

  protected override onChoose(key: string): void {
    if (key !== 'overall') this.emit('sos-drill', { area: key });
  }

  protected override onLook(key?: string): void {
    this.looked = key;
  }

  private readout(data: CutsData): TemplateResult | typeof nothing {
    const rows = this.rows(data);
    const row = rows.find(({ key }) => key === this.looked) ?? rows[0];
    if (!row) return nothing;
    const { t, intl } = this;
    return html`<div class="readout" role="status"><p class="named">${row.name}</p>
      <p class="said">${this.parts(data).map(({ name }, at) => {
        const { value, parent, hidden } = row.scores[at]!;
        return html`<span class="line">${name}: ${value === null ? hidden ?? t('ui.hidden') : html`<b>${intl.number(value)}</b>`}
          ${parent ? html` · ${comparison({ delta: parent.value, sure: parent.significant, name: data.organizationName, reference: parent.reference }, 'parent', intl)}` : nothing}</span>`;
      })}</p></div>`;
  }

  /** Why groups of the chosen cut are not shown; what they have in common is said once. */
  private reasons(data: CutsData): TemplateResult | typeof nothing {
    const cut = this.chosen(data);
    if (!cut) return nothing;
    if (cut.hidden) return whys([cut.hidden]);
    const refused = cut.parts.filter(({ hidden }) => hidden);
    const [first] = refused;
    if (!first?.hidden) return nothing;
    const names = this.intl.list(refused.map(({ name }) => name));
    return whys([refused.length < cut.parts.length ? `${names}. ${first.hidden}` : first.hidden]);
  }

  private rows(data: CutsData): Row[] {
    const parts = this.parts(data);
    const [first] = parts;
    if (!first) return [];
    return [
      { key: 'overall', name: this.t('ui.areas.overall'), scores: parts.map(({ overall }) => overall) },
      ...first.areas.map(({ key, name }, at) => ({ key, name, scores: parts.map(({ areas }) => areas[at]!.score) })),
    ];
  }

  /** The groups of the chosen cut that may be shown. */
  private parts(data: CutsData): readonly CutPart[] {
    return this.chosen(data)?.parts.filter(({ hidden }) => !hidden) ?? [];
  }

  private chosen({ cuts }: CutsData): Cut | undefined {
    return cuts.find(({ key }) => key === this.cut) ?? cuts.find(({ parts }) => parts.some(({ hidden }) => !hidden)) ?? cuts[0];
  }
}
