/** <sos-question>: how one statement was answered, beside the unit above and the survey before. */
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { distribution } from '../core/charts/distribution.ts';
import type { Cell, TableModel } from '../core/charts/model.ts';
import type { Stage } from '../core/charts/stage.ts';
import type { Client } from '../core/client.ts';
import { Failure } from '../core/failure.ts';
import { SosFigure, type FigureText } from '../core/figure.ts';
import { ifThere, published, resultsOf, where } from './asking.ts';
import { ELSEWHERE, QUESTION, STATEMENTS, type StatementThere, type Where } from './documents.ts';
import type { Difference, OptionShare, QuestionData, Statement } from './types.ts';
import { combined, difference, figureCell, placeNote, whys } from './wording.ts';
import styles from './results.css';

const KINDS = ['div-1', 'div-2', 'div-3', 'div-4', 'div-5'] as const;

/**
 * Attributes beside the common ones: `question` (key of a statement; absent: the reader chooses
 * from all), `area` (whose first statement stands there before), `view` (distribution, table). Event: `sos-select {question}`.
 * Parts: heading chart table cell legend button status.
 */
export class SosQuestion extends SosFigure<QuestionData> {
  static override styles = [...SosFigure.styles, styles];
  static override reloadOn = ['survey', 'unit', 'question', 'area', 'picked'];
  static override properties: PropertyDeclarations = { question: { reflect: true }, area: { reflect: true }, picked: { state: true } };

  declare question?: string;
  declare area?: string;
  declare picked?: string;

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('area')) this.picked = undefined;
    super.willUpdate(changed);
  }

  protected override async load(client: Client, signal: AbortSignal): Promise<QuestionData> {
    const place = where(this);
    const areas = this.question ? [] : await this.menu(client, place, signal);
    const key = this.question ?? this.picked ?? (areas.find(({ key }) => key === this.area) ?? areas[0])?.statements[0]?.key ?? '';
    const answer = published((await client.query(QUESTION, { ...place, key }, signal)).survey);
    const results = resultsOf<StatementThere>(answer.results);
    const { statement } = results;
    if (!statement) throw new Failure({ code: 'no_statement' });
    const before = statement.previous && ifThere(answer.previous?.results)?.statement;
    const above = statement.parent && (await this.statementAbove(client, results, key, signal));
    return {
      ...results,
      statement,
      areas,
      others: [
        ...(above && statement.parent ? [{ name: statement.parent.name, statement: above }] : []),
        ...(before && statement.previous ? [{ name: statement.previous.name, statement: before }] : []),
      ],
    };
  }

  protected words({ statement, ...place }: QuestionData): FigureText {
    const labels = this.labels({ statement, ...place });
    return {
      title: statement.text,
      note: placeNote(place),
      legend: labels.map((label, at) => ({ kind: KINDS[at] ?? 'div-3', label })),
      foot: this.t('ui.question.foot'),
    };
  }

  protected views(): readonly string[] {
    return ['distribution'];
  }

  protected override above(data: QuestionData): TemplateResult {
    return html`${data.areas.length > 1 ? this.picker(data) : nothing}
      ${combined({ name: data.name, group: data.statement.group ?? data.group }, this.intl)}
      ${this.keyFigures(data.statement)}`;
  }

  protected chart(data: QuestionData, _view: string, stage: Stage): unknown {
    const rows = this.compared(data).map(({ name, statement }, at) => ({
      key: String(at),
      label: name,
      shares: sharesOf(statement.distribution),
    }));
    return distribution(stage, rows, this.t('ui.question.chart', { statement: data.statement.text }));
  }

  protected override below({ statement }: QuestionData): unknown {
    const said = [statement.hidden, statement.previous?.note, statement.parent?.note].filter((text) => text != null);
    return whys(said);
  }

  protected table(data: QuestionData): TableModel {
    const { t, intl } = this;
    const labels = this.labels(data);
    const numeric = true;
    return {
      caption: data.statement.text,
      columns: [
        { label: t('ui.question.whose') },
        ...labels.map((label) => ({ label, numeric })),
        { label: t('ui.column.favorable'), numeric },
        { label: t('ui.question.mean'), numeric },
        { label: t('ui.results.plus_minus'), numeric },
        { label: t('ui.column.answers'), numeric },
      ],
      rows: this.compared(data).map(({ name, statement }): Cell[] => [
        { text: name },
        ...labels.map((_, at) => {
          const share = statement.distribution?.[at]?.percent ?? null;
          return figureCell(share, intl, intl.percent((share ?? 0) / 100));
        }),
        figureCell(statement.favorable, intl, intl.percent((statement.favorable ?? 0) / 100)),
        figureCell(statement.mean, intl, intl.number(statement.mean ?? 0, 1)),
        statement.interval === null ? { text: '–' } : { text: `± ${intl.number(statement.interval, 1)}`, value: statement.interval },
        statement.answerCount === null ? { text: '–' } : { text: intl.number(statement.answerCount), value: statement.answerCount },
      ]),
    };
  }

  private async menu(client: Client, place: Where, signal: AbortSignal): Promise<QuestionData['areas']> {
    const { survey } = await client.query(STATEMENTS, place, signal);
    return resultsOf(published(survey).results).areas;
  }

  /** The same statement at the nearest unit above that the reader may see. */
  private async statementAbove(client: Client, { breadcrumb }: StatementThere, key: string, signal: AbortSignal): Promise<Statement | null> {
    const place = breadcrumb.at(-2);
    if (!place?.visible) return null;
    const { survey } = await client.query(ELSEWHERE, { ...where({ survey: this.survey, unit: place.unitId ?? undefined }), key }, signal);
    return ifThere(survey?.results)?.statement ?? null;
  }

  private compared({ group, statement, others }: QuestionData): { name: string; statement: Statement }[] {
    return [{ name: (statement.group ?? group).name, statement }, ...others];
  }

  private labels(data: QuestionData): readonly string[] {
    const known = this.compared(data).find(({ statement }) => statement.distribution?.length);
    return known?.statement.distribution?.map(({ label }) => label) ?? [];
  }

  private picker({ areas, statement }: QuestionData): TemplateResult {
    const choose = (event: Event) => {
      this.picked = (event.target as HTMLSelectElement).value;
      this.emit('sos-select', { question: this.picked });
    };
    return html`<label class="field"><span>${this.t('ui.question.choose')}</span>
      <select @change=${choose} part="form">${areas.map(({ name, statements }) => html`<optgroup label=${name}>
        ${statements.map(({ key, text }) => html`<option value=${key} .selected=${key === statement.key}>${text}</option>`)}
      </optgroup>`)}</select></label>`;
  }

  private keyFigures({ mean, interval, favorable, answerCount, parent, previous, benchmark }: Statement): TemplateResult {
    const { t, intl } = this;
    const margin = mean === null || interval === null ? '' : ` ± ${intl.number(interval, 1)}`;
    return html`<dl class="kpis small">
      <div><dt>${t('ui.question.mean')}</dt>
        <dd>${mean === null ? t('ui.hidden') : html`<b>${intl.number(mean, 1)}</b> <span class="note">${t('ui.question.of_five')}${margin}</span>`}</dd>
        ${benchmark ? html`<dd class="note">${benchmark.sentence}</dd>` : nothing}</div>
      <div><dt>${t('ui.question.favorable')}</dt><dd>${favorable === null ? t('ui.hidden') : html`<b>${intl.percent(favorable / 100)}</b>`}</dd>
        ${answerCount === null ? nothing : html`<dd class="note">${t('ui.answers', { count: answerCount })}</dd>`}</div>
      ${this.change(previous)}${this.change(parent)}
    </dl>`;
  }

  private change(found: Difference | null): TemplateResult | typeof nothing {
    if (!found) return nothing;
    const { t, intl } = this;
    return html`<div><dt>${t('ui.results.versus', { name: found.name })}</dt>
      <dd><b>${difference(found.value, found.significant, intl, 1)}</b> <span class="note">(${intl.number(found.reference, 1)})</span></dd>
      <dd class="note">${found.significant ? t('ui.results.sure') : t('ui.results.unsure')}</dd></div>`;
  }
}

function sharesOf(distribution: readonly OptionShare[] | null): number[] | null {
  return distribution && distribution.map(({ percent }) => percent / 100);
}
