/** What sos-survey shows between and after the questions. */
import { html, nothing, type TemplateResult } from 'lit';
import type { FailureDetail } from '../core/failure.ts';
import { headline, type Desk } from './desk.ts';
import { differing, likelyNames, unanswered, type Page } from './paper.ts';
import { otherwise } from './question.ts';

/** The prompt under the statements, with the warning while one writes. */
export function comment(desk: Desk, { key, prompt }: NonNullable<Page['comment']>): TemplateResult {
  const { draft, form, locale } = desk;
  const { t } = locale;
  const text = draft.comments[key] ?? '';
  const left = form.privacy.longestComment - text.length;
  const names = likelyNames(text, locale.tag);
  return html`<div class="comment">
    <label for="comment"><b>${prompt}</b><span class="note">${t('ui.survey.comment')}</span></label>
    ${(draft.elsewhere[key] ?? []).map((other) => otherwise(locale, String(other), () => void draft.decide(key, other), () => void draft.decide(key), true))}
    <textarea id="comment" rows="3" maxlength=${form.privacy.longestComment} aria-describedby="hint found" dir="auto" part="form"
      .value=${text} @input=${(event: Event) => desk.type(key, (event.target as HTMLTextAreaElement).value)}></textarea>
    <p class="note hint" id="hint">${t('ui.survey.comment.hint')}</p>
    <p class="note found" id="found" role="status">${names.length ? t('ui.survey.comment.found', { words: locale.list(names) }) : ''}
      ${left < 200 ? t('ui.survey.comment.left', { count: left }) : ''}</p>
  </div>`;
}

/** Every page with what is unanswered there; nothing of it is an error. */
export function review(desk: Desk, submit: { sending: boolean; send: () => void }): TemplateResult {
  const { draft, form, locale, pages } = desk;
  const { t } = locale;
  const open = pages.map((page) => unanswered(page, draft.choices));
  const total = open.reduce((sum, count) => sum + count, 0);
  const other = pages.map((page) => differing(page, draft.elsewhere));
  const others = Object.keys(draft.elsewhere).length;
  const word = submit.sending ? 'ui.survey.sending' : total ? 'ui.survey.go_on' : draft.submitted ? 'ui.survey.submit_again' : 'ui.survey.submit';
  return html`${headline(desk, t('ui.survey.review'))}
    <p>${t('ui.survey.review.text', { closes: locale.dateTime(form.closesAt, form.timeZone) })}</p>
    <p class="remark">${total ? t('ui.survey.unanswered', { count: total }) : t('ui.survey.complete')}</p>
    ${others ? html`<p class="remark" role="alert">${t('ui.survey.elsewhere.open', { count: others })}</p>` : nothing}
    <ul class="pages">${pages.map((page, at) => html`<li>
      <span class="mark ${open[at] ? '' : 'full'}" aria-hidden="true"></span>
      <span class="of">${page.title}<small>${open[at]
        ? t('ui.survey.open', { count: open[at] ?? 0 })
        : t('ui.survey.full')}${other[at] ? html`<br>${t('ui.survey.elsewhere.page', { count: other[at] })}` : nothing}</small></span>
      <button type="button" class=${open[at] ? '' : 'quiet'} part="button" aria-label="${open[at] ? t('ui.survey.go_there') : t('ui.survey.look')}: ${page.title}"
        @click=${() => desk.go(at)}>${open[at] ? t('ui.survey.go_there') : t('ui.survey.look')}</button></li>`)}</ul>
    <div class="actions">
      <button type="button" class="primary" part="button" ?disabled=${submit.sending || draft.state === 'stopped'} @click=${submit.send}>${t(word)}</button>
      <button type="button" part="button" @click=${() => desk.go(pages.length - 1)}>${t('ui.back')}</button>
    </div>`;
}

/** Thanks, and the receipt to keep. */
export function done(desk: Desk, receipt: { code?: string; copied: boolean; copy: () => void }): TemplateResult {
  const { form, locale } = desk;
  const { t } = locale;
  return html`<div class="tick" aria-hidden="true"></div>${headline(desk, t('ui.survey.done'))}
    <p>${t('ui.survey.done.text', { closes: locale.dateTime(form.closesAt, form.timeZone) })}</p>
    ${receipt.code ? html`<section class="receipt">
      <p class="note">${t('ui.survey.receipt')}</p>
      <div><output>${receipt.code}</output>
        <button type="button" part="button" @click=${receipt.copy}>${t(receipt.copied ? 'ui.survey.copied' : 'ui.survey.copy')}</button></div>
      <p class="note">${t('ui.survey.receipt.text')}</p>
    </section>` : nothing}
    <p class="note">${t('ui.survey.leave')}</p>
    <div class="actions"><button type="button" class="quiet" part="button" @click=${() => desk.go(0)}>${t('ui.survey.change')}</button></div>`;
}

const CLOSED = new Set(['survey_not_open', 'survey_is_closing', 'no_open_survey']);

/** Why nothing can be saved any more, and what becomes of what was typed. */
export function stopped({ draft, locale }: Desk, failure: FailureDetail): TemplateResult {
  const { t, has } = locale;
  const kind = CLOSED.has(failure.code) ? 'closed' : failure.code === 'signed_out' ? 'lost' : '';
  const fallback = has(`ui.error.${failure.code}.what`) ? failure.code : 'unexpected';
  const what = kind ? t(`ui.survey.${kind}`) : failure.what || t(`ui.error.${fallback}.what`);
  const next = kind ? t(`ui.survey.${kind}.next`) : failure.remedy || t(`ui.error.${fallback}.remedy`);
  const kept = kind === 'lost' && draft.allowed ? t('ui.survey.lost.kept') : kind ? t('ui.survey.still_here') : '';
  return html`<div class="state error" part="error" role="alert"><strong>${what}</strong><p>${next} ${kept}</p>
    ${kind ? nothing : html`<button type="button" part="button" @click=${() => void draft.retry()}>${t('ui.retry')}</button>`}</div>`;
}
