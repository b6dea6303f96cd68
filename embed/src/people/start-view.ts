/** The way in: how the file is to be taken, where it goes, and the plans so far. */
import { html, nothing, type TemplateResult } from 'lit';
import { heading as title } from '../core/controls.ts';
import type { Locale } from '../core/locale.ts';
import type { History, Mode, Unit } from './documents.ts';

export interface Start {
  readonly mode: Mode;
  readonly below: string;
  readonly units?: readonly Unit[];
  /** What stands here while a file is on its way. */
  readonly sending?: TemplateResult;
  readonly history: History;
  readonly trouble: unknown;
  readonly zone?: string;
  readonly locale: Locale;
  readonly level?: number;
  readonly heading?: string;
  readonly template: (ending: string) => string;
  readonly take: (mode: Mode) => void;
  readonly limit: (unit: string) => void;
  readonly send: (file: File) => void;
  readonly open: (id: string) => void;
  /** Absent where the whole list is on screen. */
  readonly more?: () => void;
}

const ENDINGS = '.xlsx,.csv';

export function startView(start: Start): TemplateResult {
  const { heading, level, locale, sending, trouble } = start;
  const { t } = locale;
  return html`<div class="head"><div>${title(level, heading ?? t('ui.import.title'))}<p class="note">${t('ui.import.lead')}</p></div></div>
    ${trouble}
    ${sending ?? html`${modes(start)}${drop(start)}`}
    ${past(start)}`;
}

function modes({ below, limit, locale, mode, take, units }: Start): TemplateResult {
  const { t } = locale;
  const option = (value: Mode) => html`<label class="mode"><input type="radio" name="mode" .checked=${mode === value} @change=${() => take(value)}>
    <span><b>${t(`ui.import.mode.${value.toLowerCase()}`)}</b><small>${t(`ui.import.mode.${value.toLowerCase()}.why`)}</small></span></label>`;
  return html`<fieldset class="modes"><legend>${t('ui.import.mode')}</legend>${option('CHANGE')}${option('COMPLETE')}</fieldset>
    ${mode === 'COMPLETE' ? html`<label class="field scope"><span>${t('ui.import.scope')}</span>
      <select part="form" @change=${(event: Event) => limit((event.target as HTMLSelectElement).value)}>
        <option value="" .selected=${!below}>${t('ui.import.scope.all')}</option>
        ${(units ?? []).map(({ id, name, depth }) => html`<option value=${id} .selected=${id === below}>${'\u2003'.repeat(depth)}${name}</option>`)}
      </select></label>` : nothing}`;
}

/** A place to drop a file, with a button that does the same. */
function drop({ locale, send, template }: Start): TemplateResult {
  const { t } = locale;
  const over = (event: DragEvent, on: boolean) => {
    event.preventDefault();
    (event.currentTarget as HTMLElement).toggleAttribute('data-over', on);
  };
  const dropped = (event: DragEvent) => {
    over(event, false);
    const file = event.dataTransfer?.files[0];
    if (file) send(file);
  };
  const chosen = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    if (file) send(file);
  };
  const press = (event: Event) => (event.currentTarget as HTMLElement).parentElement?.querySelector('input')?.click();
  return html`<div class="drop" part="form" @dragover=${(event: DragEvent) => over(event, true)} @dragleave=${(event: DragEvent) => over(event, false)} @drop=${dropped}>
      <svg viewBox="0 0 32 32" aria-hidden="true"><path d="M16 21V6m-6 6 6-6 6 6M5 20v5a2 2 0 0 0 2 2h18a2 2 0 0 0 2-2v-5"></path></svg>
      <p>${t('ui.import.drop')}</p>
      <button type="button" class="primary" part="button" @click=${press}>${t('ui.import.choose')}</button>
      <input type="file" accept=${ENDINGS} tabindex="-1" hidden aria-label=${t('ui.import.choose')} @change=${chosen}>
      <p class="note">${t('ui.import.kinds')}</p>
    </div>
    <p class="note">${t('ui.import.template')} <a href=${template('xlsx')} download>Excel</a> · <a href=${template('csv')} download>CSV</a></p>`;
}

function past({ history, locale, more, open, zone }: Start): unknown {
  const { t } = locale;
  if (!history.nodes.length) return nothing;
  const changed = ({ counts: { added, changed: other, moved, reactivated, deactivated } }: History['nodes'][number]) =>
    added + other + moved + reactivated + deactivated;
  return html`<section class="past" aria-labelledby="past"><div id="past" class="sub">${t('ui.import.past')}</div>
    <table part="table" class="rows"><thead><tr><th scope="col">${t('ui.import.file')}</th><th scope="col">${t('ui.import.state')}</th>
      <th scope="col">${t('ui.import.when')}</th><th scope="col" class="number">${t('ui.import.changes')}</th></tr></thead>
    <tbody>${history.nodes.map((plan) => html`<tr>
      <th scope="row"><button type="button" class="link" part="button" @click=${() => open(plan.id)}>${plan.title}</button></th>
      <td data-label=${t('ui.import.state')}><span class="tag ${plan.state.toLowerCase()}">${t(`ui.import.state.${plan.state.toLowerCase()}`)}</span></td>
      <td data-label=${t('ui.import.when')}>${locale.dateTime(plan.createdAt, zone)}<small>${plan.createdBy}</small></td>
      <td data-label=${t('ui.import.changes')} class="number" part="cell">${locale.number(changed(plan))}</td></tr>`)}</tbody></table>
    ${more ? html`<button type="button" class="quiet" part="button" @click=${more}>${t('ui.more')}</button>` : nothing}
  </section>`;
}
