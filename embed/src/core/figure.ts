/** The base of elements with a chart: views, the table behind it, legend, and export. */
import { html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { NARROW, type Stage } from './charts/stage.ts';
import type { TableModel } from './charts/model.ts';
import { heading, segments } from './controls.ts';
import { SosElement } from './element.ts';
import { dataTable, twinTable } from './table.ts';
import { legend, type LegendItem } from './charts/legend.ts';
import charts from './charts/charts.css';
import styles from './figure.css';

/** Everything that a figure shows beside its chart. */
export interface FigureText {
  readonly title: string;
  readonly note?: string;
  readonly legend?: readonly LegendItem[];
  /** The last line: how many answered, what is hidden and why. */
  readonly foot?: string;
}

/** An element with a chart and its table. The first of `views` is the default; `table` is always one. */
export abstract class SosFigure<T = unknown> extends SosElement<T> {
  static override styles = [...SosElement.styles, charts, styles];
  static override properties: PropertyDeclarations = { stageWidth: { state: true } };

  declare stageWidth: number;
  private observer?: ResizeObserver;

  constructor() {
    super();
    this.stageWidth = 0;
  }

  protected abstract words(data: T): FigureText;
  protected abstract table(data: T): TableModel;
  /** Draw the chart of `view` for the given stage. */
  protected abstract chart(data: T, view: string, stage: Stage): unknown;
  /** The charts this figure offers, wide ones first; the keys are names of texts (`ui.view.KEY`). */
  protected abstract views(narrow: boolean): readonly string[];

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
  }

  override updated(): void {
    this.measure();
  }

  /** Save the chart as a PNG file. */
  async exportImage(): Promise<void> {
    const chart = this.renderRoot.querySelector<SVGSVGElement>('svg.chart');
    if (!chart || this.current === undefined) return;
    const { savePng } = await import('./export.ts');
    await savePng(chart, this.words(this.current).title);
  }

  /** Save the table as a CSV file. */
  async exportCsv(): Promise<void> {
    if (this.current === undefined) return;
    const { saveCsv } = await import('./export.ts');
    saveCsv(this.table(this.current), this.words(this.current).title);
  }

  /** The view that is on screen: the wanted one where this width allows it. */
  protected get shown(): string {
    const offered = this.offered;
    return offered.find((view) => view === this.view) ?? offered[0] ?? 'table';
  }

  protected override draw(data: T): TemplateResult {
    const words = this.words(data);
    const view = this.shown;
    const options = this.offered.map((key) => ({ key, label: this.t(`ui.view.${key}`) }));
    const choose = (key: string) => {
      this.view = key;
      this.emit('sos-select', { view: key });
    };
    return html`<div class="head">
        <div>${heading(this.headingLevel, this.heading ?? words.title)}${words.note ? html`<p class="note">${words.note}</p>` : nothing}</div>
        ${options.length > 1 ? segments(options, { chosen: view, label: this.t('ui.view'), choose }) : nothing}
      </div>
      ${this.above(data)}
      <div class="content">${view === 'table' ? dataTable(this.table(data)) : this.stage(data, view)}</div>
      ${view !== 'table' && words.legend ? legend(words.legend) : nothing}
      ${this.below(data, view)}
      ${this.footer(words, view)}`;
  }

  private get offered(): readonly string[] {
    return [...this.views(this.stageWidth < NARROW), 'table'];
  }

  /** The chart of `view` with its table for screen readers. */
  protected stage(data: T, view: string): TemplateResult {
    const style = getComputedStyle(this);
    const stage: Stage = {
      width: this.stageWidth,
      rtl: style.direction === 'rtl',
      em: parseFloat(getComputedStyle(document.documentElement).fontSize) || 16,
      family: style.fontFamily,
      locale: this.intl,
      select: this.onChoose ? (key) => this.onChoose?.(key) : undefined,
      look: this.onLook ? (key) => this.onLook?.(key) : undefined,
    };
    return html`<div class="stage">${this.stageWidth ? this.chart(data, view, stage) : nothing}</div>${twinTable(this.table(data))}`;
  }

  /** Elements whose rows can be chosen define it; rows are buttons then. */
  protected onChoose?(key: string): void;

  /** Elements that say more about the row that is pointed at or focused define it; nothing when it is left. */
  protected onLook?(key?: string): void;

  /** What stands between the head and the chart, such as another switch. */
  protected above(_data: T): unknown {
    return nothing;
  }

  /** What stands below the chart or the table. */
  protected below(_data: T, _view: string): unknown {
    return nothing;
  }

  private footer(words: FigureText, view: string): TemplateResult {
    return html`<div class="foot">
      <p class="note">${words.foot ?? ''}</p>
      <div class="tools">
        ${view === 'table' ? nothing : html`<button type="button" class="quiet" part="button" @click=${() => this.exportImage()}>${this.t('ui.export.image')}</button>`}
        <button type="button" class="quiet" part="button" @click=${() => this.exportCsv()}>${this.t('ui.export.data')}</button>
      </div>
    </div>`;
  }

  private measure(): void {
    const content = this.renderRoot.querySelector('.content');
    const width = Math.floor(content?.clientWidth ?? 0);
    if (width && width !== this.stageWidth) this.stageWidth = width;
  }
}
