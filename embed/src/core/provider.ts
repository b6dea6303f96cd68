/** <sos-provider>: one place for the address of the API, the token, the language and the theme. */
import { Client, type Token } from './client.ts';
import { ARRIVED, REQUEST, type Context, type ContextCallback, type ContextRequest } from './context.ts';
import { asFailure } from './failure.ts';
import { Locale, loadCatalog, matchLocale } from './locale.ts';

const SHEET = ':host{display:contents;color-scheme:light dark}:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}';

/**
 * Serves every SOS element inside it.
 *
 * Attributes: `endpoint` (the GraphQL address), `locale`, `theme` (auto, light or dark), `assets`
 * (the folder of the built files, where the page cannot tell). Property `getToken`: an async
 * function that returns `{token, expiresAt}`; without it the page's own session is used.
 */
export class SosProvider extends HTMLElement {
  static readonly version = SOS_VERSION;
  static readonly observedAttributes = ['endpoint', 'locale', 'assets'];

  private readonly listeners = new Set<ContextCallback>();
  private context?: Context;
  private client?: Client;
  private tokenSource?: () => Promise<Token>;
  private generation = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: SOS_CLOSED ? 'closed' : 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    root.adoptedStyleSheets = [sheet];
    root.append(document.createElement('slot'));
    this.addEventListener(REQUEST, (event) => this.answer(event as CustomEvent<ContextRequest>));
  }

  get getToken(): (() => Promise<Token>) | undefined {
    return this.tokenSource;
  }

  set getToken(source: (() => Promise<Token>) | undefined) {
    this.tokenSource = source;
    this.client = undefined;
    this.renew();
  }

  connectedCallback(): void {
    // A host script may have set the property before the element was defined.
    if (Object.hasOwn(this, 'getToken')) {
      const source = this.getToken;
      delete (this as Partial<this>).getToken;
      this.getToken = source;
    }
    this.renew();
    document.dispatchEvent(new Event(ARRIVED));
  }

  attributeChangedCallback(name: string): void {
    if (name === 'endpoint') this.client = undefined;
    this.renew();
  }

  /** Ask the host for a token (event `sos-token-needed`), then give every element a fresh context. */
  private renew(): void {
    if (!this.isConnected) return;
    const generation = ++this.generation;
    const endpoint = new URL(this.getAttribute('endpoint') ?? '/graphql', document.baseURI).href;
    const wanted = this.getAttribute('locale') || document.documentElement.lang || navigator.language;
    const tag = matchLocale(wanted);
    this.client ??= new Client({
      endpoint,
      locale: () => this.context?.locale.tag ?? tag,
      getToken: this.tokenSource && this.announce(this.tokenSource),
    });
    const client = this.client;
    const speak = async (other: string, room?: string) => {
      const spoken = matchLocale(other);
      return new Locale(spoken, await loadCatalog(spoken, this.assets(endpoint), room));
    };
    speak(tag).then(
      (locale) => generation === this.generation && this.share({ client, locale, speak }),
      (thrown) => this.dispatchEvent(failed(thrown)),
    );
  }

  private announce(source: () => Promise<Token>): () => Promise<Token> {
    return () => {
      this.dispatchEvent(new CustomEvent('sos-token-needed', { bubbles: true, composed: true }));
      return source();
    };
  }

  private assets(endpoint: string): string {
    const given = this.getAttribute('assets');
    if (given) return new URL(given.replace(/\/?$/, '/'), document.baseURI).href;
    return import.meta.url || new URL('/embed/v1/', endpoint).href;
  }

  private share(context: Context): void {
    this.context = context;
    for (const listener of this.listeners) listener(context);
  }

  private answer(event: CustomEvent<ContextRequest>): void {
    event.stopPropagation();
    const { callback } = event.detail;
    this.listeners.add(callback);
    event.detail.leave = () => this.listeners.delete(callback);
    if (this.context) callback(this.context);
  }
}

function failed(thrown: unknown): CustomEvent {
  const { code, retryable } = asFailure(thrown);
  return new CustomEvent('sos-error', { bubbles: true, composed: true, detail: { code, retryable } });
}
