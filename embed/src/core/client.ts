/** A thin GraphQL client: one request at a time for equal questions, tokens kept fresh, errors read first. */
import { Failure } from './failure.ts';

/** A GraphQL document with the types of its data and variables (they exist for the compiler only). */
export interface Operation<Data, Variables> {
  readonly name: string;
  readonly text: string;
  readonly types?: (variables: Variables) => Data;
}

export interface Token {
  readonly token: string;
  /** Milliseconds since 1970, or anything that Date reads. */
  readonly expiresAt: number | string;
}

export interface ClientOptions {
  endpoint: string;
  locale?: () => string;
  /** Absent: the page's own session cookie is used. */
  getToken?: () => Promise<Token>;
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
}

interface Flight {
  readonly answer: Promise<unknown>;
  readonly control: AbortController;
  waiting: number;
}

/** Guests' tokens are JSON Web Tokens; no other token of SOS begins like one. */
const GUEST = 'Bearer ey';
const EARLY = 30_000;
const APART = 10_000;

export class Client {
  readonly options: ClientOptions;
  private readonly flights = new Map<string, Flight>();
  private token?: Token;
  private tokenFlight?: Promise<Token>;
  private askedAt = -Infinity;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  /** Return a client like this one but for what `options` say, with tokens of its own. */
  with(options: Partial<ClientOptions>): Client {
    return new Client({ ...this.options, ...options });
  }

  /** Ask for data; equal questions under way in one language share one request, which ends when nobody waits. */
  query<D, V>(operation: Operation<D, V>, variables: V, signal?: AbortSignal): Promise<D> {
    const key = [operation.name, this.options.locale?.(), JSON.stringify(variables)].join(' ');
    let flight = this.flights.get(key);
    if (!flight) {
      const control = new AbortController();
      const answer = this.send(operation, variables, control.signal);
      flight = { answer, control, waiting: 0 };
      this.flights.set(key, flight);
      const landed = () => void (this.flights.get(key) === flight && this.flights.delete(key));
      answer.then(landed, landed);
    }
    return wait(flight as Flight, signal, () => this.flights.delete(key)) as Promise<D>;
  }

  /** Change something; never shared and never repeated by the client itself, except after a 401. */
  mutate<D, V>(operation: Operation<D, V>, variables: V, signal?: AbortSignal): Promise<D> {
    return this.send(operation, variables, signal);
  }

  /** Return the headers that prove who asks; a forced refresh waits for no expiry. */
  async credentials(force = false): Promise<Record<string, string>> {
    const { getToken } = this.options;
    if (!getToken) return {};
    const expired = !this.token || Date.now() > Number(new Date(this.token.expiresAt)) - EARLY;
    const waits = this.tokenFlight !== undefined || !this.token || Date.now() - this.askedAt >= APART;
    if ((expired || force) && waits) {
      this.tokenFlight ??= this.fetchToken(getToken);
      this.token = await this.tokenFlight;
    }
    return { authorization: `Bearer ${this.token!.token}` };
  }

  private async fetchToken(getToken: () => Promise<Token>): Promise<Token> {
    this.askedAt = Date.now();
    try {
      return await getToken();
    } catch {
      throw new Failure({ code: 'token', retryable: true });
    } finally {
      this.tokenFlight = undefined;
    }
  }

  private async send<D, V>(operation: Operation<D, V>, variables: V, signal?: AbortSignal): Promise<D> {
    let response = await this.post(operation, variables, signal);
    if (response.status === 401 && this.options.getToken) {
      response = await this.post(operation, variables, signal, true);
    }
    return read<D>(response);
  }

  private async post(
    { name, text }: Operation<unknown, never>,
    variables: unknown,
    signal?: AbortSignal,
    force = false,
  ): Promise<Response> {
    const { endpoint, locale, getToken } = this.options;
    const credentials = await this.credentials(force);
    const asked = credentials.authorization?.startsWith(GUEST) ? await named(text) : { query: text };
    return fetch(endpoint, {
      method: 'POST',
      signal,
      credentials: getToken ? 'omit' : 'same-origin',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'accept-language': locale?.() ?? 'en',
        'x-sos-request': SOS_VERSION,
        ...credentials,
      },
      body: JSON.stringify({ ...asked, operationName: name, variables }),
    });
  }
}

/** Name a document by the SHA-256 of its text: from guests the server takes no text. */
async function named(text: string): Promise<object> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const sha256Hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { extensions: { persistedQuery: { version: 1, sha256Hash } } };
}

/** Wait for a shared request; when the last one that waits gives up, the request is given up too. */
function wait(flight: Flight, signal: AbortSignal | undefined, drop: () => void): Promise<unknown> {
  flight.waiting += 1;
  if (!signal) return flight.answer;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(signal.reason);
      flight.waiting -= 1;
      if (!flight.waiting) {
        drop();
        flight.control.abort();
      }
    };
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Read an answer: `errors` before `data`, and the status where the body is not GraphQL at all. */
async function read<D>(response: Response): Promise<D> {
  let answer: Answer<D>;
  try {
    answer = (await response.json()) as Answer<D>;
  } catch {
    answer = {};
  }
  const [error] = answer.errors ?? [];
  if (error) {
    const { code, what, remedy } = error.extensions ?? {};
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    throw new Failure({
      code: text(code) || (response.status === 401 ? 'signed_out' : 'unexpected'),
      what: text(what),
      remedy: text(remedy),
      retryable: response.status >= 500 || response.status === 429,
    });
  }
  if (answer.data) return answer.data;
  const busy = response.status === 503 || response.status === 429;
  const code = response.status === 401 ? 'signed_out' : busy ? 'unavailable' : 'unexpected';
  throw new Failure({ code, retryable: busy || response.status >= 500 });
}
