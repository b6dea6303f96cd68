/** <sos-provider>: one place for the address of the API, the token, the language and the theme. */
import { Client, type Token } from './client.ts';
import { ARRIVED, REQUEST, type Context, type ContextCallback, type ContextRequest } from './context.ts';
import { asFailure } from './failure.ts';
import { Handed } from './handed.ts';
import { Locale, loadCatalog, matchLocale } from './locale.ts';

const SHEET = ':host{display:contents;color-scheme:light dark}:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}';

/** After so many milliseconds words that could not be had are asked for again; the loader waits as long. */
const AGAIN = 5000;

/**
 * Serves every SOS element inside it.
 *
 * Attributes: `endpoint` (the GraphQL address), `locale`, `theme` (auto, light or dark), `assets`
 * (the folder of the built files, where the page cannot tell), `token`, `hosts` (in a frame: the
 * origins that may hand over tokens). Properties: `getToken`, an async function that returns
 * `{token, expiresAt}`, or `token`, a guest's token, to be set anew at each `sos-token-needed`;
 * without any of them the page's own session is used.
 */
export class SosProvider extends HTMLElement {
  static readonly version = SOS_VERSION;
  static readonly observedAttributes = ['endpoint', 'locale', 'assets', 'token'];

  private readonly listeners = new Set<ContextCallback>();
  private context?: Context;
  private client?: Client;
  private tokenSource?: () => Promise<Token>;
  private generation = 0;
  private readonly handed = new Handed(() => this.needToken());

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

  /** Take a guest's token from the host; it is asked for the next one by `sos-token-needed`. */
  set token(token: string) {
    this.handed.give(token);
    if (this.tokenSource !== this.handed.next) this.getToken = this.handed.next;
  }

  connectedCallback(): void {
    // A host script may have set the properties before the element was defined.
    for (const name of ['getToken', 'token'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const given = Object.getOwnPropertyDescriptor(this, name)?.value;
      delete (this as Partial<this>)[name];
      this[name] = given;
    }
    const hosts = this.getAttribute('hosts');
    if (hosts !== null) void this.join(hosts.split(' ').filter(Boolean));
    this.renew();
    document.dispatchEvent(new Event(ARRIVED));
  }

  attributeChangedCallback(name: string): void {
    const token = name === 'token' && this.getAttribute(name);
    if (token) this.token = token;
    if (name === 'endpoint') this.client = undefined;
    if (name !== 'token') this.renew();
  }

  /** In a frame: ask the page around, and never the session of whoever looks at it. */
  private async join(hosts: readonly string[]): Promise<void> {
    const { joinHost } = await import('./frame.ts');
    joinHost(this, hosts);
    if (!this.tokenSource) this.getToken = this.handed.next;
  }

  /** Ask the host for a token (event `sos-token-needed`), then give every element a fresh context. */
  private renew(): void {
    if (!this.isConnected || (this.hasAttribute('hosts') && !this.tokenSource)) return;
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
      (thrown) => {
        this.dispatchEvent(failed(thrown));
        // Without words no element can say what is wrong, or offer to try again.
        setTimeout(() => generation === this.generation && this.renew(), AGAIN);
      },
    );
  }

  private announce(source: () => Promise<Token>): () => Promise<Token> {
    if (source === this.handed.next) return source; // it asks itself, and only where it has none
    return () => {
      this.needToken();
      return source();
    };
  }

  private needToken(): void {
    this.dispatchEvent(new CustomEvent('sos-token-needed', { bubbles: true, composed: true }));
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
