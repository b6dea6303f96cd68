/** The table that stands behind every chart, on screen or for screen readers only. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Cell, TableModel } from './charts/model.ts';

/** Draw a table; it scrolls sideways by itself, with its first column standing still. */
export function dataTable(model: TableModel): TemplateResult {
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${model.caption}>
    <table part="table">
      <caption class="unseen">${model.caption}</caption>
      <thead><tr>${model.columns.map(({ label, numeric }) =>
        html`<th scope="col" class=${numeric ? 'number' : nothing}>${label}</th>`)}</tr></thead>
      <tbody>${model.rows.map((row) => html`<tr>${row.map((cell, at) => one(cell, at, model))}</tr>`)}</tbody>
    </table>
  </div>`;
}

/** The same table for screen readers, where the chart itself is on screen. */
export function twinTable(model: TableModel): TemplateResult {
  return html`<div class="unseen"><table>
    <caption>${model.caption}</caption>
    <thead><tr>${model.columns.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
    <tbody>${model.rows.map((row) => html`<tr>${row.map((cell, at) =>
      at ? html`<td>${cell.text}</td>` : html`<th scope="row">${cell.text}</th>`)}</tr>`)}</tbody>
  </table></div>`;
}

function one(cell: Cell, at: number, { columns }: TableModel): TemplateResult {
  if (at === 0) return html`<th scope="row">${cell.text}</th>`;
  const name = `${columns[at]?.numeric ? 'number' : ''} ${cell.tone ?? ''}`.trim();
  return html`<td class=${name || nothing} part="cell">${cell.text}</td>`;
}

/** Return the table as CSV (RFC 4180, with a byte order mark so that spreadsheets read UTF-8). */
export function toCsv(model: TableModel): string {
  const head = model.columns.map(({ label }) => quoted(label));
  const body = model.rows.map((row) => row.map(({ text, value }) => (value == null ? quoted(text) : String(value))));
  return `\ufeff${[head, ...body].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** Quote a text; one that a spreadsheet would run as a formula gets an apostrophe before it. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
