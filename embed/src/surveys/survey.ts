/** <sos-survey>: the form of one respondent, one area a page, saved while one answers. */
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { Client } from '../core/client.ts';
import { SosElement } from '../core/element.ts';
import { asFailure, expectMember } from '../core/failure.ts';
import { Part } from '../core/part.ts';
import { loadingState } from '../core/states.ts';
import { endonym, headline, intro, type Desk } from './desk.ts';
import type { Choice } from './device.ts';
import { FORM, SAVE, STORED, SUBMIT, type Form } from './documents.ts';
import type { Draft, Road } from './draft.ts';
import type { Said } from './merging.ts';
import type { Page } from './paper.ts';
import styles from './survey.css';

type Filling = typeof import('./filling.ts');

const INTRO = -1;
const DAY = 24 * 3600 * 1000;
/** Milliseconds until a submission is tried again that found no server. */
const AGAIN = 10_000;

/**
 * Attributes beside the common ones: `endpoint` with `data-token` and `data-expires` for respondents
 * who came by a personal link (else the provider's session); `privacy`, where all is told about who
 * sees what. A server-rendered form may stand inside: it is hidden once this element works, and what
 * was typed into it is taken over. Events:
 * `sos-answer {answered, total}`, `sos-save {state}`, `sos-submit`. Parts: heading form option
 * progress button status error.
 */
export class SosSurvey extends SosElement<Form> {
  static override styles = [...SosElement.styles, styles];
  static override reloadOn = ['survey'];
  static override properties: PropertyDeclarations = {
    at: { state: true },
    receipt: { state: true },
    copied: { state: true },
    sending: { state: true },
  };

  declare at: number;
  declare receipt?: string;
  declare copied: boolean;
  declare sending: boolean;

  private readonly filling = new Part<Filling>(() => import('./filling.ts'));
  private draft?: Draft;
  private drafted?: string;
  private pages: Page[] = [];
  private own?: { readonly token: string; readonly client: Client };
  private api?: Client;
  private leaving?: AbortController;
  private turned = false;
  private resend?: ReturnType<typeof setTimeout>;

  constructor() {
    super();
    this.at = INTRO;
    this.copied = false;
    this.sending = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.leaving = new AbortController();
    this.draft?.listen(this.leaving.signal);
    addEventListener('online', () => void (this.sending && this.send()), { signal: this.leaving.signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    void this.draft?.flush();
    clearTimeout(this.resend);
    this.leaving?.abort();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (changed.has('data') && this.data) void this.fetched().then(() => this.preview());
    if (this.current && this.filling.here) this.pages = this.filling.here.pagesOf(this.current);
  }

  override updated(): void {
    if (!this.turned) return;
    this.turned = false;
    this.renderRoot.querySelector<HTMLElement>('.headline')?.focus({ preventScroll: true });
    this.scrollIntoView({ block: 'start' });
  }

  override render(): TemplateResult {
    if (this.current || !this.querySelector('form')) return super.render();
    // The server's own form inside works until this one is there, and where it cannot be fetched.
    return this.failure ? html`${super.render()}<slot></slot>` : html`<slot></slot>`;
  }

  protected override async load(client: Client, signal: AbortSignal): Promise<Form> {
    const api = (this.api = this.clientOf(client));
    try {
      const asked = api.query(FORM, { survey: this.survey, language: this.locale ?? this.intl.tag }, signal);
      const [{ viewer, ballotForm }] = await Promise.all([asked, this.fetched()]);
      const form = expectMember(ballotForm, 'BallotForm');
      if (this.drafted !== form.surveyId) await this.begin(form, viewer.personId);
      if (form.language !== this.intl.tag && this.intl.tag !== 'en-XA') this.locale = form.language;
      return form;
    } catch (thrown) {
      // The present form stays where it cannot be had in another language.
      if (this.draft && this.current && !signal.aborted) return this.current;
      throw thrown;
    }
  }

  protected override draw(form: Form): TemplateResult {
    const filling = this.filling.here;
    const draft = this.draft;
    if (!draft || !filling) return loadingState(this.t('ui.loading'));
    const desk: Desk = {
      form,
      draft,
      pages: this.pages,
      locale: this.intl,
      level: Math.min(5, Math.max(1, this.headingLevel ?? 2)),
      privacy: new URL(this.getAttribute('privacy') ?? '/privacy', this.api?.options.endpoint ?? document.baseURI).href,
      go: (at) => this.go(at),
      type: (key, text) => this.typed(() => draft.comment(key, text)),
    };
    const page = this.pages[this.at];
    return html`${this.top(form)}
      ${draft.failure ? filling.stopped(desk, draft.failure) : nothing}
      <div class="content">${page ? this.questions(desk, filling, page) : this.around(desk, filling)}</div>
      ${this.foot(desk, page)}`;
  }

  private around(desk: Desk, { done, firstOpen, review }: Filling): TemplateResult {
    const { draft, pages } = desk;
    const begun = Object.keys(draft.choices).length + Object.keys(draft.comments).length > 0;
    if (this.at === INTRO) return intro(desk, () => this.go(begun && !draft.submitted ? firstOpen(pages, draft.choices) : 0), begun);
    if (this.at === pages.length) return review(desk, { sending: this.sending, send: () => void this.send() });
    return done(desk, { code: this.receipt, copied: this.copied, copy: () => void this.copy() });
  }

  private questions(desk: Desk, { comment, question }: Filling, page: Page): TemplateResult {
    const { draft, form } = desk;
    const choose = (key: string, value: Choice | undefined) => this.typed(() => draft.choose(key, value));
    const decide = (key: string, other?: Said) => void draft.decide(key, other);
    return html`${headline(desk, page.title)}<p class="lead">${page.description}</p>
      ${this.at === 0 ? html`<p class="note keys">${this.t('ui.survey.optional')} <span>${this.t('ui.survey.keys')}</span></p>` : nothing}
      ${page.questions.map((each) => question(each, { page, chosen: draft.choices[each.key], cannotJudge: form.cannotJudge, locale: this.intl, choose, elsewhere: draft.elsewhere[each.key] ?? [], decide }))}
      ${page.comment ? comment(desk, page.comment) : nothing}`;
  }

  private top(form: Form): TemplateResult {
    const { at, pages, t } = this;
    const total = form.areas.length;
    const words = at < 0 || at >= pages.length ? '' : at < total ? t('ui.survey.area', { number: at + 1, total }) : t('ui.survey.last');
    return html`<div class="top">
      <p class="place" part="progress">${words}</p>
      ${form.languages.length > 1 ? html`<label class="language"><span class="unseen">${t('ui.language')}</span>
        <select part="form" @change=${(event: Event) => (this.locale = (event.target as HTMLSelectElement).value)}>
          ${form.languages.map((tag) => html`<option value=${tag} lang=${tag} .selected=${tag === form.language}>${endonym(tag)}</option>`)}</select></label>` : nothing}
      ${at < 0 || at > pages.length ? nothing : html`<div class="steps" aria-hidden="true">${pages.map((page, step) => html`<i
        class="${step === at ? 'here' : ''} ${this.open(page) ? '' : 'full'}"></i>`)}</div>`}
    </div>`;
  }

  private foot({ draft, pages }: Desk, page?: Page): TemplateResult {
    const { at, t } = this;
    const shown = at >= 0 && at <= pages.length;
    return html`<div class=${page ? 'way-bar' : 'way-bar bare'}>
      ${page ? html`<button type="button" part="button" @click=${() => this.go(at - 1)}>${t('ui.back')}</button>` : nothing}
      <p class="note status" part="status" role="status">${shown ? this.saved(draft) : ''}</p>
      ${page ? html`<button type="button" class="primary" part="button" @click=${() => this.go(at + 1)}>${t('ui.next')}</button>` : nothing}
    </div>`;
  }

  private saved(draft: Draft): string {
    const { t } = this;
    if (this.sending && draft.state === 'kept') return t('ui.survey.waiting');
    if (draft.state === 'saved' && draft.savedAt) return t('ui.survey.saved', { time: this.intl.time(draft.savedAt) });
    if (draft.state === 'kept') return t(draft.allowed ? 'ui.survey.kept' : 'ui.survey.fragile');
    if (draft.state === 'changed' || draft.state === 'saving') return t(`ui.survey.${draft.state}`);
    return '';
  }

  private go(at: number): void {
    this.sending = false;
    this.at = at;
    this.turned = true;
    void this.draft?.flush();
  }

  private typed(change: () => void): void {
    change();
    this.requestUpdate();
    const sum = (count: (page: Page) => number) => this.pages.reduce((all, page) => all + count(page), 0);
    const total = sum(({ questions }) => questions.length);
    const open = sum((page) => this.open(page));
    this.emit('sos-answer', { answered: total - open, total });
  }

  /** How many questions of a page are unanswered. */
  private open(page: Page): number {
    return this.filling.here?.unanswered(page, this.draft?.choices ?? {}) ?? 0;
  }

  /** Fetch the rest of this element; before the form is shown, since later there may be no connection. */
  private fetched(): Promise<Filling> {
    return this.filling.get(this.renderRoot);
  }

  /** Show the form that the host gave; nothing is stored anywhere. */
  private async preview(): Promise<void> {
    if (!this.data || !this.filling.here) return;
    this.draft = new this.filling.here.Draft((state) => this.noticed(state));
    await this.draft.begin(this.data);
    this.requestUpdate();
  }

  private noticed(state: string): void {
    this.requestUpdate();
    this.emit('sos-save', { state });
    if (state === 'stopped') this.sending = false;
  }

  /** Send everything; without connection it is tried again as soon as there is one. */
  private async send(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    clearTimeout(this.resend);
    this.sending = true;
    await draft.flush();
    if (draft.failure) return;
    try {
      const receipt = this.data ? undefined : await draft.submit();
      if (receipt === null) return void (this.sending = false);
      if (!receipt) await draft.accepted();
      this.receipt = receipt?.code;
      this.copied = false;
      // Who has gone back meanwhile and changed something has more to submit.
      if (draft.state === 'changed') this.sending = false;
      else this.go(this.pages.length + 1);
      this.emit('sos-submit');
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (!failure.retryable) return draft.stop(failure);
      draft.wait();
      this.resend = setTimeout(() => void (this.sending && this.send()), AGAIN);
    }
  }

  private async copy(): Promise<void> {
    const shown = this.renderRoot.querySelector('output');
    try {
      await navigator.clipboard.writeText(this.receipt ?? '');
      this.copied = true;
    } catch {
      if (shown) getSelection()?.selectAllChildren(shown);
    }
  }

  private async begin(form: Form, person: string | null): Promise<void> {
    const filling = await this.fetched();
    const draft = new filling.Draft((state) => this.noticed(state), this.road(form, person, filling));
    await draft.begin(form);
    for (const { key, value, text } of filling.typedBefore(this)) {
      if (text !== undefined) draft.comment(key, text);
      else draft.choose(key, value);
    }
    this.at = filling.pageBefore(this, filling.pagesOf(form));
    this.draft = draft;
    this.drafted = form.surveyId;
    if (this.leaving) draft.listen(this.leaving.signal);
  }

  private road({ surveyId: survey, privacy }: Form, person: string | null, { Device }: Filling): Road {
    const token = this.dataset['token'] ?? '';
    // The last two parts of our tokens are their end and their seal, which may be renewed.
    const respondent = token ? token.split('.').slice(0, -2).join('.') : (person ?? '');
    return {
      device: new Device(survey, respondent || token),
      longest: privacy.longestComment,
      save: async (ballot, sequence) =>
        expectMember((await this.api!.mutate(SAVE, { input: { survey, ...ballot, sequence } })).saveBallotDraft, 'BallotSaved'),
      submit: async (ballot) => expectMember((await this.api!.mutate(SUBMIT, { input: { survey, ...ballot } })).submitBallot, 'BallotReceipt'),
      stored: async () => expectMember((await this.api!.query(STORED, { survey })).ballotForm, 'BallotForm'),
    };
  }

  /** A personal link brings its own token; it is used for this survey alone. */
  private clientOf(client: Client): Client {
    const token = this.dataset['token'];
    if (!token) return client;
    if (this.own?.token !== token) {
      const endpoint = new URL(this.getAttribute('endpoint') ?? client.options.endpoint, document.baseURI).href;
      const expiresAt = this.dataset['expires'] ?? Date.now() + DAY;
      this.own = { token, client: client.with({ endpoint, locale: () => this.intl.tag, getToken: async () => ({ token, expiresAt }) }) };
    }
    return this.own.client;
  }
}
