/** The base of all SOS elements: context, loading, errors, language and the common attributes. */
import { LitElement, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import type { Client } from './client.ts';
import { requestContext, type Context } from './context.ts';
import { asFailure, type FailureDetail } from './failure.ts';
import type { Locale } from './locale.ts';
import { errorState, loadingState } from './states.ts';
import base from './base.css';
import tokens from './tokens.css';

const text = { reflect: true } as const;

/**
 * An element that shows data of type `T`: from the API (`load`) or handed over by the host (`data`).
 *
 * Attributes, all optional: `survey`, `unit`, `compare`, `view`, `locale`, `theme`, `heading`,
 * `heading-level`, `density`, `loading`. Events: `sos-ready`, `sos-error {code, retryable}`.
 */
export abstract class SosElement<T = unknown> extends LitElement {
  static readonly version = SOS_VERSION;
  static override shadowRootOptions: ShadowRootInit = { mode: SOS_CLOSED ? 'closed' : 'open' };
  static override styles = [tokens, base];
  static override properties: PropertyDeclarations = {
    survey: text,
    unit: text,
    compare: text,
    view: text,
    locale: text,
    theme: text,
    heading: text,
    headingLevel: { attribute: 'heading-level', type: Number, reflect: true },
    density: text,
    data: { attribute: false },
  };
  /** The attributes that ask for other data when they change. */
  static reloadOn: readonly string[] = ['survey', 'unit', 'compare'];

  declare survey?: string;
  declare unit?: string;
  declare compare?: string;
  declare view?: string;
  declare locale?: string;
  declare theme?: string;
  declare heading?: string;
  declare headingLevel?: number;
  declare density?: string;
  /** Data that the host hands over; nothing is fetched then. */
  declare data?: T;

  protected client?: Client;
  /** The words and formats of the reader's language; there before anything is drawn. */
  protected intl!: Locale;
  protected busy = true;
  protected failure?: FailureDetail;
  private loaded?: T;
  private context?: Context;
  /** Whether the texts of this element are there. */
  private worded = false;
  private control?: AbortController;
  private leaveContext?: () => void;

  /** Fetch what is shown; elements that fetch override it. */
  protected load?(client: Client, signal: AbortSignal): Promise<T>;

  /** Draw the data. */
  protected abstract draw(data: T): TemplateResult;

  get t(): Locale['t'] {
    return this.intl.t;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.leaveContext = requestContext(this, (context) => void this.receive(context));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.control?.abort();
    this.leaveContext?.();
    this.client = undefined;
  }

  override willUpdate(changed: PropertyValues): void {
    const { reloadOn } = this.constructor as typeof SosElement;
    if (this.hasUpdated && changed.has('locale') && this.context) void this.receive(this.context);
    if (this.hasUpdated && reloadOn.some((name) => changed.has(name))) void this.reload();
  }

  /** Fetch again. What is shown stays until the new data is there. */
  async refresh(): Promise<void> {
    await this.reload();
  }

  /** Put the focus on the first control inside. */
  override focus(options?: FocusOptions): void {
    const first = this.renderRoot.querySelector<HTMLElement>('button, a[href], input, select, textarea, [tabindex="0"]');
    if (first) first.focus(options);
    else super.focus(options);
  }

  override render(): TemplateResult {
    return html`<section class="frame" part="frame" lang=${this.intl?.tag ?? nothing} aria-busy=${this.busy}>${this.inside()}</section>`;
  }

  /** Send an event to the host; `detail` is plain JSON. */
  protected emit(name: string, detail: object = {}): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  /** Take over what the provider says; an own `locale` attribute goes before its language. */
  private async receive(context: Context): Promise<void> {
    this.context = context;
    const { client, locale, speak } = context;
    const room = SOS_ROOMS[this.localName];
    const wanted = this.locale;
    let intl = locale;
    let failure: FailureDetail | undefined;
    try {
      if (room || wanted) intl = await speak(wanted ?? locale.tag, room);
    } catch (thrown) {
      // Where the texts of another language cannot be had now, the present ones stay.
      if (this.worded) intl = this.intl;
      else failure = asFailure(thrown);
    }
    if (!this.isConnected || context !== this.context || wanted !== this.locale) return;
    this.worded = !failure;
    const other = client !== this.client || intl.tag !== this.intl?.tag;
    this.client = client;
    this.intl = intl;
    this.requestUpdate();
    if (failure) this.fail(failure);
    else if (other || this.failure) await this.reload();
  }

  /** What is shown now: the host's data, else what was fetched last. */
  protected get current(): T | undefined {
    return this.data ?? this.loaded;
  }

  private inside(): TemplateResult {
    if (!this.intl) return loadingState();
    if (this.current !== undefined && this.worded) return this.draw(this.current);
    if (this.failure) return errorState(this.failure, this.intl, () => void this.again());
    return loadingState(this.t('ui.loading'));
  }

  private async reload(): Promise<void> {
    this.control?.abort();
    if (!this.client || !this.load || this.data !== undefined) {
      this.settle(this.data !== undefined);
      return;
    }
    const control = (this.control = new AbortController());
    this.busy = true;
    this.requestUpdate();
    try {
      const data = await this.load(this.client, control.signal);
      if (control.signal.aborted) return;
      this.loaded = data;
      this.failure = undefined;
      this.settle(true);
    } catch (thrown) {
      if (control.signal.aborted) return;
      this.loaded = undefined;
      this.fail(asFailure(thrown));
    }
  }

  /** Try again what failed: the words, or the data. */
  private async again(): Promise<void> {
    if (this.worded || !this.context) await this.reload();
    else await this.receive(this.context);
  }

  private fail(failure: FailureDetail): void {
    this.failure = failure;
    this.settle(false);
    this.emit('sos-error', { code: failure.code, retryable: failure.retryable });
  }

  private settle(ready: boolean): void {
    this.busy = false;
    this.requestUpdate();
    if (ready) void this.updateComplete.then(() => this.emit('sos-ready'));
  }
}
