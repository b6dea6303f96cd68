/** <sos-heatmap>: many units in rows, nine areas in columns, a number in every cell. */
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { legend, type LegendItem } from '../core/charts/legend.ts';
import type { Client } from '../core/client.ts';
import { heading, segments } from '../core/controls.ts';
import { SosElement } from '../core/element.ts';
import { member, published, resultsOf, where } from './asking.ts';
import { HEATMAP } from './documents.ts';
import { moved, type Cell } from './grid.ts';
import { heatColor, heatLegend, heatRows, ownRow, type Heat, type HeatRow } from './heat.ts';
import type { Compare, HeatmapData } from './types.ts';
import { arrow, combined, placeNote, toneOf, type Comparison } from './wording.ts';
import charts from '../core/charts/charts.css';
import figure from '../core/figure.css';
import styles from './heatmap.css';
import shared from './results.css';

const MODES: readonly Comparison[] = ['none', 'benchmark', 'parent', 'previous'];
/** Rows that are drawn at first; more on request. */
const PAGE = 60;

/**
 * Attributes: the common ones; `compare` (none, benchmark, parent, previous) chooses scores or
 * differences. Events: `sos-drill {unit, area, name}` when a row is opened (the widget goes there by
 * itself), `sos-select {unit, area}` when a cell is chosen, `sos-select {compare}`.
 * Parts: heading table cell suppressed legend button status.
 */
export class SosHeatmap extends SosElement<HeatmapData> {
  static override styles = [...SosElement.styles, charts, figure, shared, styles];
  static override properties: PropertyDeclarations = { active: { state: true }, hovered: { state: true }, most: { state: true } };

  /** The cell that the keyboard is on; column 0 is the name of the row. */
  declare active: Cell;
  declare hovered?: Cell;
  declare most: number;
  private rows: readonly HeatRow[] = [];
  /** What the figures on screen are: what is wanted may still be on its way. */
  private drawn: Comparison = 'none';

  constructor() {
    super();
    this.active = { row: 0, column: 0 };
    this.most = PAGE;
  }

  protected override async load(client: Client, signal: AbortSignal): Promise<HeatmapData> {
    const compare = this.mode.toUpperCase() as Compare;
    const survey = published((await client.query(HEATMAP, { ...where(this), compare }, signal)).survey);
    return { matrix: member(survey.matrix, 'ResultMatrix'), place: resultsOf(survey.results) };
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('unit') && this.hasUpdated) {
      this.active = { row: 0, column: 0 };
      this.most = PAGE;
    }
  }

  /** Save the table as a CSV file. */
  async exportCsv(): Promise<void> {
    if (!this.current) return;
    const [{ saveCsv }, { heatTable }] = await Promise.all([import('../core/export.ts'), import('./heat-table.ts')]);
    saveCsv(heatTable(this.current.matrix, this.rows, this.drawn, this.intl), this.t('ui.heatmap.title'));
  }

  protected override draw(data: HeatmapData): TemplateResult {
    const { t } = this;
    const { matrix, place } = data;
    const choices = MODES.map((key) => ({ key, label: t(`ui.heatmap.mode.${key}`) }));
    this.drawn = this.mode === 'none' ? 'none' : modeOf(matrix.compare.toLowerCase());
    this.rows = [ownRow(data, this.drawn, this.intl), ...heatRows(matrix)];
    const scores = this.rows.flatMap(({ heats }) => heats.map(({ score }) => score));
    const hidden = scores.includes(null);
    return html`<div class="head">
        <div>${heading(this.headingLevel, this.heading ?? t('ui.heatmap.title'))}<p class="note">${placeNote(place)}</p></div>
        <div class="modes">${segments(choices, { chosen: this.mode, label: t('ui.heatmap.mode'), choose: (key) => this.show(key) })}</div>
      </div>
      ${this.path(data)}${combined(place, this.intl)}
      ${matrix.note ? html`<p class="note remark">${matrix.note}</p>` : nothing}
      ${hidden && scores.every((score) => score === null) ? html`<p class="combined" part="status">${t('ui.heatmap.all_hidden')}</p>` : nothing}
      <div class="content">${matrix.rowCount ? this.grid(data) : html`<p class="note remark">${t('ui.heatmap.no_rows', { unit: place.name })}</p>`}</div>
      ${this.told(data)}
      ${legend([
        ...heatLegend(this.drawn, this.intl).map((label, at) => ({ kind: `div-${at + 1}` as LegendItem['kind'], label })),
        ...(hidden ? [{ kind: 'hidden', label: t('ui.heatmap.hidden') } as const] : []),
      ])}
      <div class="foot"><p class="note">${this.footnote(data)}</p>
        <div class="tools"><button type="button" class="quiet" part="button" @click=${() => this.exportCsv()}>${t('ui.export.data')}</button></div>
      </div>`;
  }

  private path({ place }: HeatmapData): TemplateResult | typeof nothing {
    if (place.breadcrumb.length < 2) return nothing;
    const last = place.breadcrumb.length - 1;
    return html`<nav class="path" aria-label=${this.t('ui.heatmap.path')}><ol>${place.breadcrumb.map(({ unitId: unit, name, visible }, at) =>
      html`<li>${at === last || !visible
        ? html`<span aria-current=${at === last ? 'page' : nothing}>${name}</span>`
        : html`<button type="button" class="quiet" part="button" @click=${() => this.drill(unit, name, null)}>${name}</button>`}</li>`)}</ol></nav>`;
  }

  private grid({ matrix, place }: HeatmapData): TemplateResult {
    const { t } = this;
    const drawn = this.rows.slice(0, this.most + 1);
    const [level = ''] = matrix.rows.levels;
    const first = new Set(matrix.rows.levels).size === 1 ? named(level) : t('ui.column.unit');
    return html`<div class="scroll heat"><table role="grid" part="table" aria-rowcount=${this.rows.length + 1} aria-label=${`${t('ui.heatmap.title')}: ${place.group.name}`}
        @keydown=${(event: KeyboardEvent) => this.press(event)} @pointerleave=${() => (this.hovered = undefined)}>
      <thead><tr role="row"><th role="columnheader" scope="col">${first}</th>
        ${matrix.columns.map(({ key, name }) => html`<th role="columnheader" scope="col" class=${key === 'overall' ? 'overall' : nothing}>${name}</th>`)}</tr></thead>
      <tbody>${drawn.map((row, at) => html`<tr role="row" class=${at ? nothing : 'own'}>
        ${this.header(row, at)}${row.heats.map((heat, column) => this.cell(heat, { row: at, column: column + 1 }))}</tr>`)}</tbody>
    </table></div>
    ${this.rows.length > drawn.length ? html`<p class="more"><button type="button" part="button" @click=${() => (this.most += PAGE)}>${t('ui.more')}</button></p>` : nothing}`;
  }

  private header(row: HeatRow, at: number): TemplateResult {
    const place = { row: at, column: 0 };
    const open = at ? row.units.filter(({ drillable }) => drillable) : [];
    const [first] = open;
    const label = (id: string | null, words: string, tab: number) => html`<button type="button" class="row" part="button" tabindex=${tab} data-cell=${`${at}-0`}
      @focus=${() => (this.active = place)} @click=${() => this.drill(id, words, null)}>${words}<i aria-hidden="true"></i></button>`;
    const tab = this.isActive(place) ? 0 : -1;
    const whole = first && open.length === 1 ? label(first.id, row.name, tab) : undefined;
    return html`<th role="rowheader" scope="row" part="cell" tabindex=${whole || first ? nothing : tab} data-cell=${whole || first ? nothing : `${at}-0`}
      @focus=${() => (this.active = place)}>${whole ?? html`<span class="name">${row.name}</span>`}
      ${open.length > 1 ? open.map(({ id, name }, index) => label(id, name, index ? 0 : tab)) : nothing}
      ${at && !row.exact ? html`<small>${this.together(row)}</small>` : nothing}</th>`;
  }

  /** Why units stand in one row, and which, where the group's name does not tell. */
  private together({ name, units }: HeatRow): string {
    const names = units.map((unit) => unit.name);
    if (names.every((one) => name.includes(one))) return this.t('ui.heatmap.small');
    return this.t('ui.heatmap.together', { units: this.intl.list(names) });
  }

  private cell(heat: Heat, place: Cell): TemplateResult {
    const color = heatColor(heat, this.drawn);
    const kind = heat.score === null ? 'hatch' : color ? `heat-${color}` : '';
    return html`<td role="gridcell" class="${kind} ${place.column === 1 ? 'overall' : ''}${heat.larger ? ' larger' : ''}" part=${heat.score === null ? 'cell suppressed' : 'cell'}
      data-cell=${`${place.row}-${place.column}`} tabindex=${this.isActive(place) ? 0 : -1}
      @focus=${() => (this.active = place)} @pointerenter=${() => (this.hovered = place)} @click=${() => this.choose(place)}>
      ${this.figure(heat)}</td>`;
  }

  private figure({ score, delta, sure, larger }: Heat): unknown {
    const { t, intl } = this;
    if (score === null) return html`<span aria-hidden="true">···</span><span class="unseen">${t('ui.hidden')}</span>`;
    if (this.drawn === 'none') return html`${intl.number(score)}${larger ? html`<span class="unseen"> ${this.with(larger)}</span>` : nothing}`;
    if (delta === null) return html`<span aria-hidden="true">–</span><span class="unseen">${t('ui.heatmap.nothing_to_compare')}</span>`;
    const mark = arrow(toneOf(delta, sure)).trim();
    return html`${mark ? html`<span class="arrow">${mark}</span>` : nothing}${intl.signed(delta)}`;
  }

  private with(name: string): string {
    return this.t('ui.results.with', { name });
  }

  /** What is told about the cell that is pointed at or focused. */
  private told({ matrix }: HeatmapData): TemplateResult | typeof nothing {
    const { t, intl } = this;
    const { row: at, column } = this.hovered ?? this.active;
    const row = this.rows[at];
    if (!row || !matrix.rowCount) return nothing;
    const heat = row.heats[Math.max(0, column - 1)];
    const name = matrix.columns[Math.max(0, column - 1)]?.name ?? '';
    const versus = this.drawn === 'none' || heat?.score == null ? '' : heat.delta === null
      ? t('ui.heatmap.nothing_to_compare')
      : `${arrow(toneOf(heat.delta, heat.sure))}${t('ui.heatmap.versus', { delta: intl.signed(heat.delta, 1), name: matrix.reference ?? t(`ui.compare.${this.drawn}`) })} ${heat.sure ? t('ui.results.sure') : t('ui.results.unsure')}`;
    return html`<div class="readout" role="status">
      <p class="named">${row.name} · ${name}</p>
      <p class="figure ${heat?.score == null ? 'none' : ''}">${heat?.score == null ? t('ui.hidden') : intl.number(heat.score)}</p>
      <p class="facts"><span>${t('ui.results.invited', { count: row.people })}</span>${versus ? html`<span>${versus}</span>` : nothing}</p>
      ${heat?.score == null ? html`<p class="said">${t('ui.hidden.why')}</p>` : heat.larger ? html`<p class="said">${this.with(heat.larger)}</p>` : nothing}
    </div>`;
  }

  private footnote({ matrix, place }: HeatmapData): string {
    const { t } = this;
    const synthetic = this.drawn === 'benchmark' && matrix.reference ? place.benchmark?.note : '';
    const joined = this.rows.some(({ exact }, at) => at && !exact) ? t('ui.heatmap.joined', { count: place.smallestGroup }) : '';
    const larger = this.rows.some(({ heats }) => heats.some((heat) => heat.larger)) ? t('ui.heatmap.larger') : '';
    return [joined, larger, this.drawn === 'none' ? '' : t('ui.heatmap.chance'), synthetic].filter(Boolean).join(' ');
  }

  private press(event: KeyboardEvent): void {
    const { active } = this;
    if (event.key === 'Enter' && active.column) {
      event.preventDefault();
      this.enter(active);
      return;
    }
    const size = { rows: Math.min(this.rows.length, this.most + 1), columns: (this.rows[0]?.heats.length ?? 0) + 1 };
    const to = moved(event, active, size, getComputedStyle(this).direction === 'rtl');
    if (!to) return;
    event.preventDefault();
    this.hovered = undefined;
    this.active = to;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-cell="${to.row}-${to.column}"]`)?.focus());
  }

  private enter(place: Cell): void {
    const row = this.rows[place.row];
    const unit = place.row ? row?.units.find(({ drillable }) => drillable) : undefined;
    if (unit) this.drill(unit.id, unit.name, this.areaOf(place));
    else this.choose(place);
  }

  private choose(place: Cell): void {
    this.active = place;
    this.emit('sos-select', { unit: this.rows[place.row]?.units[0]?.id ?? null, area: this.areaOf(place) });
  }

  private areaOf({ column }: Cell): string | null {
    const key = this.current?.matrix.columns[column - 1]?.key;
    return !key || key === 'overall' ? null : key;
  }

  private drill(unit: string | null, name: string, area: string | null): void {
    this.unit = unit ?? 'root';
    this.emit('sos-drill', { unit, name, area });
  }

  private show(mode: string): void {
    this.compare = mode;
    this.emit('sos-select', { compare: mode });
  }

  private isActive({ row, column }: Cell): boolean {
    return this.active.row === row && this.active.column === column;
  }

  private get mode(): Comparison {
    return modeOf(this.compare);
  }
}

function modeOf(compare?: string): Comparison {
  return MODES.find((key) => key === compare) ?? 'none';
}

/** Write the name of a level as words: organizations name them like columns, `business_area`. */
function named(level: string): string {
  const words = level.replaceAll('_', ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
