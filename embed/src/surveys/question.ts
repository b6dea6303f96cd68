/** One question with its options as radio buttons that are large enough for a thumb. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../core/locale.ts';
import type { Choice } from './device.ts';
import type { Said } from './merging.ts';
import { CANNOT_JUDGE, type Page, type Question } from './paper.ts';

export interface Asking {
  readonly page: Page;
  readonly chosen: Choice | undefined;
  readonly cannotJudge: string;
  readonly locale: Locale;
  readonly choose: (key: string, value: Choice | undefined) => void;
  /** What another device answered otherwise, and what becomes of it: taken, or undefined. */
  readonly elsewhere: readonly Said[];
  readonly decide: (key: string, other?: Said) => void;
}

/** Digits choose within the fieldset, Delete clears, Enter goes on to the next question. */
export function question({ key, text, options }: Question, asking: Asking): TemplateResult {
  const { page, chosen, cannotJudge, locale, choose } = asking;
  const given = chosen === null ? CANNOT_JUDGE : chosen;
  const option = (value: number, label: string, name: string) => html`<label class="option ${name}">
    <input type="radio" name=${key} value=${value} .checked=${given === value} @change=${() => choose(key, value === CANNOT_JUDGE ? null : value)}>
    ${name ? nothing : html`<span class="digit" aria-hidden="true">${locale.number(value)}</span>`}<span class="words">${label}</span>
  </label>`;
  const ends = [options[0]?.label, options.at(-1)?.label];
  const said = options.find(({ value }) => value === given)?.label;
  return html`<fieldset class=${page.likert ? 'question likert' : 'question bands'} data-key=${key} part="option"
    @keydown=${(event: KeyboardEvent) => onKey(event, asking, { key, text, options })}>
    <legend>${text}</legend>
    ${asking.elsewhere.map((other) => otherwise(locale, options.find(({ value }) => value === other)?.label ?? cannotJudge,
      () => asking.decide(key, other), () => asking.decide(key)))}
    <div class="options">
      <div class="scale" data-count=${options.length}>${options.map(({ value, label }) => option(value, label, page.likert ? '' : 'band'))}</div>
      ${page.likert ? html`<div class="ends" aria-hidden="true">${said
        ? html`<b data-at=${given}>${said}</b>`
        : html`<span>${ends[0]}</span><span>${ends[1]}</span>`}</div>${option(CANNOT_JUDGE, cannotJudge, 'way')}` : nothing}
      <button type="button" class="quiet clear" ?hidden=${given === undefined} @click=${(event: Event) => clear(event, key, choose)}>${locale.t('ui.survey.clear')}</button>
    </div>
  </fieldset>`;
}

/** An answer of another device that differs from the one here, and the two ways out. */
export function otherwise({ t }: Locale, words: string, take: () => void, keep: () => void, quote = false): TemplateResult {
  return html`<div class="otherwise" role="note">
    <p>${quote ? t('ui.survey.elsewhere.wrote') : t('ui.survey.elsewhere', { answer: words })}</p>
    ${quote ? html`<blockquote dir="auto">${words}</blockquote>` : nothing}
    <button type="button" part="button" @click=${take}>${t('ui.survey.elsewhere.take')}</button>
    <button type="button" class="quiet" part="button" @click=${keep}>${t('ui.survey.elsewhere.keep')}</button>
  </div>`;
}

function onKey(event: KeyboardEvent, { page, choose }: Asking, { key, options }: Question): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const fieldset = event.currentTarget as HTMLElement;
  const digit = /^\d$/.test(event.key) ? Number(event.key) : -1;
  const offered = options.some(({ value }) => value === digit) || (page.likert && digit === CANNOT_JUDGE);
  if (offered) {
    choose(key, digit === CANNOT_JUDGE ? null : digit);
    fieldset.querySelector<HTMLElement>(`input[value="${digit}"]`)?.focus();
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    choose(key, undefined);
  } else if (event.key === 'Enter' && (event.target as HTMLElement).matches('input')) {
    const next = fieldset.nextElementSibling;
    next?.querySelector<HTMLElement>('input:checked, input, textarea')?.focus();
  } else {
    return;
  }
  event.preventDefault();
}

/** The button goes away with the answer, so the focus moves to where one answers again. */
function clear(event: Event, key: string, choose: Asking['choose']): void {
  choose(key, undefined);
  (event.target as HTMLElement).closest('fieldset')?.querySelector<HTMLElement>('input')?.focus();
}
