/** Controls that several elements share: a switch between views, tabs, and a disclosure. */
import { html, nothing, type TemplateResult } from 'lit';

export interface Option {
  readonly key: string;
  readonly label: string;
}

/** A row of buttons of which one is pressed; for looking at the same thing in another way. */
export function segments(
  options: readonly Option[],
  { chosen, label, choose }: { chosen: string; label: string; choose: (key: string) => void },
): TemplateResult {
  return html`<div class="segments" role="group" aria-label=${label}>${options.map(
    ({ key, label: words }) => html`<button type="button" part="button" aria-pressed=${key === chosen ? 'true' : 'false'}
      @click=${() => choose(key)}>${words}</button>`,
  )}</div>`;
}

/** Tabs; the caller draws the panel with `id="panel"`, `role="tabpanel"`, `aria-labelledby="tab-KEY"`. */
export function tabs(
  options: readonly Option[],
  { chosen, label, choose }: { chosen: string; label: string; choose: (key: string) => void },
): TemplateResult {
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${(event: KeyboardEvent) => moveTab(event)}>${options.map(
    ({ key, label: words }) => html`<button type="button" role="tab" id="tab-${key}" aria-controls="panel"
      aria-selected=${key === chosen ? 'true' : 'false'} tabindex=${key === chosen ? 0 : -1}
      @click=${() => choose(key)}>${words}</button>`,
  )}</div>`;
}

/** Arrows, Home and End move to another tab and choose it; in right-to-left text the arrows turn round. */
function moveTab(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const all = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const at = all.indexOf(event.target as HTMLElement);
  const forward = getComputedStyle(list).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  const backward = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
  const steps: Record<string, number> = { [forward]: at + 1, [backward]: at - 1 + all.length, Home: 0, End: all.length - 1 };
  const to = steps[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = all[to % all.length];
  next?.focus();
  next?.click();
}

/** More, for those who want it. */
export function disclosure(summary: string, content: unknown, open = false): TemplateResult {
  return html`<details class="disclosure" ?open=${open}><summary>${summary}</summary><div>${content}</div></details>`;
}

/** A heading of the level that fits into the host's page. */
export function heading(level: number | undefined, words: string): TemplateResult {
  const at = Math.min(6, Math.max(2, level ?? 2));
  return html`<div class="title" part="heading" role="heading" aria-level=${at}>${words || nothing}</div>`;
}
