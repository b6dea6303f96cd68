/** A file on its way: how much of it was sent, and what happens then. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../core/locale.ts';

/** The file's name and the share (0–1) that was sent; all of it: it is being compared. */
export interface Sending {
  readonly name: string;
  readonly share: number;
}

export function sendingView({ name, share }: Sending, locale: Locale, cancel: () => void): TemplateResult {
  const { t } = locale;
  const percent = Math.round(share * 100);
  return html`<div class="sending">
    <p><b>${name}</b></p>
    <p class="note" role="status">${share < 1 ? t('ui.import.sending') : t('ui.import.comparing')}</p>
    <svg class=${share < 1 ? 'gauge' : 'gauge endless'} viewBox="0 0 100 1" preserveAspectRatio="none" role="progressbar"
      aria-label=${t('ui.import.title')} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${share < 1 ? percent : nothing}>
      <rect class="track" width="100" height="1"></rect><rect class="fill" width=${share < 1 ? percent : 100} height="1"></rect></svg>
    <button type="button" part="button" @click=${cancel}>${t('ui.cancel')}</button>
  </div>`;
}
