/** What an element shows while it waits, when there is nothing, and when something went wrong. */
import { html, nothing, type TemplateResult } from 'lit';
import type { FailureDetail } from './failure.ts';
import type { Locale } from './locale.ts';

/** Gray lines in the place of what comes, and the word for those who do not see them. */
export function loadingState(word = ''): TemplateResult {
  return html`<div class="bones" role="status"><span class="unseen">${word}</span><i></i><i></i><i></i><i></i></div>`;
}

/** A calm sentence why there is nothing to see, and what happens next. */
export function emptyState(what: string, remedy = ''): TemplateResult {
  return html`<div class="state" part="status"><strong>${what}</strong>${remedy && html`<p class="note">${remedy}</p>`}</div>`;
}

/** The server's sentence and next step, or ours where the server could not speak. */
export function errorState(failure: FailureDetail, { t, has }: Locale, retry?: () => void): TemplateResult {
  const key = has(`ui.error.${failure.code}.what`) ? failure.code : 'unexpected';
  const what = failure.what || t(`ui.error.${key}.what`);
  const remedy = failure.what ? failure.remedy : t(`ui.error.${key}.remedy`);
  if (failure.calm) return emptyState(what, remedy);
  return html`<div class="state error" part="error" role="alert">
    <strong>${what}</strong>
    ${remedy ? html`<p>${remedy}</p>` : nothing}
    ${failure.retryable && retry ? html`<button type="button" part="button" @click=${retry}>${t('ui.retry')}</button>` : nothing}
  </div>`;
}
