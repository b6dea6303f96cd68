/** The rows of a change plan as tables, each kind with the columns that it needs. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../core/locale.ts';
import type { Kind, Row } from './documents.ts';

export interface RowsView {
  readonly kind: Kind;
  readonly rows: readonly Row[];
  readonly locale: Locale;
  /** Decides suspected changes of address; absent where nothing can be decided any more. */
  readonly decide?: (position: number, same: boolean) => void;
}

type Column = readonly [label: string, cell: (row: Row) => unknown, name?: string];

/** A table with its caption for screen readers; on a phone each row becomes a card. */
export function planRows(view: RowsView): TemplateResult {
  const { kind, locale, rows } = view;
  const columns = columnsOf(view);
  const caption = locale.t(`ui.import.kind.${kind.toLowerCase()}`);
  return html`<table part="table" class="rows"><caption class="unseen">${caption}</caption>
    <thead><tr>${columns.map(([label, , name]) => html`<th scope="col" class=${name ?? nothing}>${label}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${columns.map(([label, cell, name], at) => at
      ? html`<td part="cell" class=${name ?? nothing} data-label=${label}>${cell(row)}</td>`
      : html`<th scope="row" class=${name ?? nothing} data-label=${label}>${cell(row)}</th>`)}</tr>`)}</tbody></table>`;
}

function columnsOf({ kind, locale, decide }: RowsView): Column[] {
  const { t } = locale;
  const person: Column = [t('ui.import.person'), ({ name, email }) => html`${name ?? email}${name && email ? html`<small>${email}</small>` : nothing}`];
  const place: Column = [t('ui.column.unit'), ({ unitPath }) => path(unitPath)];
  const row: Column = [t('ui.import.row'), (each) => where(each), 'number'];
  const changed: Column = [t('ui.import.change'), ({ changes }) => fields(changes, locale)];
  const told: Column = [t('ui.import.what'), ({ what }) => what];
  switch (kind) {
    case 'CHANGED':
    case 'MOVED':
    case 'REACTIVATED':
      return [person, changed, row];
    case 'SUSPECT':
      return [person, [t('ui.import.address'), ({ suspect }) => step(suspect?.before ?? null, suspect?.after ?? null, locale)],
        [t('ui.import.decision'), (each) => decision(each, locale, decide)], row];
    case 'REJECTED':
      return [[t('ui.import.row'), (each) => where(each), 'number'], [t('ui.import.column'), ({ column }) => column ?? '–'],
        told, [t('ui.import.remedy'), ({ remedy }) => remedy ?? '']];
    case 'NOTICE':
      return [[t('ui.import.row'), (each) => where(each), 'number'], told];
    case 'UNIT':
      return [[t('ui.column.unit'), ({ unitPath, name }) => path(unitPath) || name], [t('ui.import.action'), (each) => action(each, locale)]];
    case 'LEADER':
      return [person, place, [t('ui.import.action'), (each) => action(each, locale)]];
    case 'DEACTIVATED':
      return [person, place];
    default:
      return [person, place, row];
  }
}

function where({ row, sheet }: Row): unknown {
  if (row === null) return '–';
  return html`${String(row)}${sheet ? html`<small>${sheet}</small>` : nothing}`;
}

function path(unit: readonly string[] | null): unknown {
  if (!unit?.length) return '';
  const above = unit.slice(0, -1).join(' › ');
  return html`${unit.at(-1)}${above ? html`<small>${above}</small>` : nothing}`;
}

function fields(changes: Row['changes'], locale: Locale): TemplateResult {
  return html`<dl class="fields">${changes.map(({ label, before, after }) => html`<div><dt>${label}</dt><dd>${step(before, after, locale)}</dd></div>`)}</dl>`;
}

/** What was, and what comes: the words for screen readers, the arrow for eyes. */
function step(before: string | null, after: string | null, { t }: Locale): TemplateResult {
  const none = html`<i>${t('ui.import.nothing')}</i>`;
  return html`<span class="step"><span class="unseen">${t('ui.import.before')}</span><del>${before ?? none}</del>
    <span class="arrow" aria-hidden="true"></span><span class="unseen">${t('ui.import.after')}</span><ins>${after ?? none}</ins></span>`;
}

function action({ action: key }: Row, { t }: Locale): string {
  return key ? t(`ui.import.action.${key.toLowerCase()}`) : '';
}

function decision({ name, suspect }: Row, { t }: Locale, decide?: RowsView['decide']): unknown {
  if (!suspect) return '';
  const { position, same } = suspect;
  const words = (answer: boolean) => t(answer ? 'ui.import.same' : 'ui.import.two');
  if (!decide) return same === null ? '' : words(same);
  return html`<div class="segments" role="group" aria-label="${t('ui.import.decision')}: ${name}">${[true, false].map((answer) => html`
    <button type="button" part="button" aria-pressed=${same === answer ? 'true' : 'false'} @click=${() => decide(position, answer)}>${words(answer)}</button>`)}</div>`;
}
