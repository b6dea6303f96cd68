/** The first page of the form, and what all of its pages work with. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../core/locale.ts';
import type { Form } from './documents.ts';
import type { Draft } from './draft.ts';
import type { Page } from './paper.ts';

/** What the pages know of the survey, and what they can do. */
export interface Desk {
  readonly form: Form;
  readonly pages: readonly Page[];
  readonly draft: Draft;
  readonly locale: Locale;
  readonly level: number;
  /** Address of the page that tells all about who sees what. */
  readonly privacy: string;
  readonly go: (at: number) => void;
  readonly type: (key: string, text: string) => void;
}

/** The heading of a page; it takes the focus when the page turns. */
export function headline({ level }: Pick<Desk, 'level'>, words: string): TemplateResult {
  return html`<div class="headline" part="heading" role="heading" aria-level=${level} tabindex="-1">${words}</div>`;
}

/** Who sees what, how long it takes, and the way in. */
export function intro(desk: Desk, start: () => void, begun: boolean): TemplateResult {
  const { form, draft, locale } = desk;
  const { t } = locale;
  const { privacy } = form;
  const paragraphs = form.introduction?.split(/\n{2,}/).filter((part) => part.trim()) ?? [];
  const minutes = `${locale.number(privacy.minutesLeast)}–${locale.number(privacy.minutesMost)}`;
  const statements = form.areas.reduce((sum, area) => sum + area.statements.length, 0);
  const word = draft.submitted ? t('ui.survey.change') : begun ? t('ui.survey.resume') : t('ui.survey.start');
  return html`${headline(desk, form.title)}
    <p class="by">${form.organizationName}</p>
    ${paragraphs.map((words) => html`<p class="lead">${words}</p>`)}
    <p>${t('ui.survey.welcome', { statements, areas: form.areas.length, activities: form.activities.length, minutes })}</p>
    <p>${t('ui.survey.closes', { closes: locale.dateTime(form.closesAt, form.timeZone) })}</p>
    ${draft.submitted ? html`<p class="remark">${t('ui.survey.submitted')}</p>` : nothing}
    <section class="promise" aria-labelledby="who">
      <div id="who" role="heading" aria-level=${desk.level + 1}>${privacy.title}</div>
      <ul>${privacy.sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
      <p><a href=${desk.privacy} target=${new URL(desk.privacy).origin === location.origin ? nothing : '_blank'}>${t('ui.survey.privacy')}</a></p>
    </section>
    <label class="check"><input type="checkbox" .checked=${!draft.allowed}
      @change=${(event: Event) => void draft.allow(!(event.target as HTMLInputElement).checked)}>
      <span>${t('ui.survey.forget')}<small>${t('ui.survey.forget.why')}</small></span></label>
    <div class="actions"><button type="button" class="primary" part="button" @click=${start}>${word}</button></div>`;
}

/** What each language calls itself; another one is named by the browser. */
const ENDONYMS: Readonly<Record<string, string>> = { en: 'English', sv: 'Svenska', nb: 'Norsk', 'zh-Hans': '简体中文', sw: 'Kiswahili' };

/** Return what a language calls itself. */
export function endonym(tag: string): string {
  return ENDONYMS[tag] ?? new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
}
