/** Data that changes while one looks: asked for again while visible, or pushed by the server. */
import type { Client, Operation } from './client.ts';
import { Failure, asFailure } from './failure.ts';

export interface LiveOptions<Data> {
  readonly signal: AbortSignal;
  /** Milliseconds between two questions. */
  readonly every?: number;
  /** Take what came; what it throws counts as a failure to get it. */
  readonly next: (data: Data) => void;
  /** What is shown may be old from now on, until `next` is called again. */
  readonly failed?: (thrown: unknown) => void;
}

const EVERY = 15_000;
const SILENCE = 10_000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** Call `ask` at once and then again and again, but only while somebody can see the page. */
export function poll<Data>(ask: (signal: AbortSignal) => Promise<Data>, options: LiveOptions<Data>): void {
  const { signal, every = EVERY, next, failed } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  const visible = () => document.visibilityState === 'visible';
  const turn = async () => {
    clearTimeout(timer);
    if (running || signal.aborted || !visible()) return;
    running = true;
    try {
      const data = await ask(signal);
      if (!signal.aborted) next(data);
    } catch (thrown) {
      if (!signal.aborted) failed?.(thrown);
    } finally {
      running = false;
    }
    if (!signal.aborted) timer = setTimeout(turn, every);
  };
  document.addEventListener('visibilitychange', turn, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  void turn();
}

/**
 * Listen to a subscription (graphql-transport-ws). Where no socket can be opened, as behind some
 * proxies and policies, `fallback` is asked by polling instead; a connection that worked once is
 * opened again after a loss or a refusal, each time after a longer pause, until the server says that
 * it is done or refuses for good.
 */
export function subscribe<Data, Variables>(
  client: Client,
  operation: Operation<Data, Variables>,
  variables: Variables,
  options: LiveOptions<Data> & { readonly fallback: (signal: AbortSignal) => Promise<Data> },
): void {
  let worked = false;
  let pause = FIRST_PAUSE;
  const next = (data: Data) => {
    options.next(data);
    pause = FIRST_PAUSE;
  };
  const connect = async () => {
    const outcome = await listen(client, operation, variables, { ...options, next }, () => (worked = true));
    if (options.signal.aborted || outcome === 'done') return;
    if (!worked) {
      poll(options.fallback, options);
      return;
    }
    // One lost line is mostly back before anybody would notice.
    if (outcome === 'broken' && pause > FIRST_PAUSE) options.failed?.(new Failure({ code: 'offline', retryable: true }));
    setTimeout(() => void (options.signal.aborted || connect()), pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
  void connect();
}

interface Refusal {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly what?: string; readonly remedy?: string };
}

interface Message {
  readonly type: string;
  readonly payload?: readonly Refusal[] | { readonly data?: unknown; readonly errors?: readonly Refusal[] };
}

/** How a connection ended: the server had said all, the line broke, or it could not answer now. */
type Outcome = 'done' | 'broken' | 'refused';

/** Hold one connection until it ends. */
async function listen<Data>(
  client: Client,
  { name, text }: Operation<Data, never>,
  variables: unknown,
  { signal, next, failed }: LiveOptions<Data>,
  acknowledged: () => void,
): Promise<Outcome> {
  let credentials: Record<string, string>;
  try {
    credentials = await client.credentials();
  } catch (thrown) {
    failed?.(thrown);
    return 'refused';
  }
  if (signal.aborted) return 'done';
  return new Promise((resolve) => {
    const socket = open(client.options.endpoint);
    if (!socket) return resolve('broken');
    let outcome: Outcome = 'done';
    const send = (message: object) => socket.send(JSON.stringify(message));
    const patience = setTimeout(() => socket.close(), SILENCE);
    signal.addEventListener('abort', () => socket.close(1000), { once: true });
    socket.onopen = () => send({ type: 'connection_init', payload: credentials });
    socket.onclose = () => {
      clearTimeout(patience);
      resolve('broken');
    };
    socket.onmessage = ({ data }) => {
      const { type, payload } = JSON.parse(String(data)) as Message;
      if (type === 'connection_ack') {
        clearTimeout(patience);
        acknowledged();
        send({ id: '1', type: 'subscribe', payload: { query: text, operationName: name, variables } });
      } else if (type === 'ping') {
        send({ type: 'pong' });
      } else if (type === 'next' || type === 'error') {
        try {
          next(answered(payload));
          outcome = 'done';
        } catch (thrown) {
          outcome = asFailure(thrown).retryable ? 'refused' : 'done';
          failed?.(thrown);
        }
      }
      if (type === 'complete' || type === 'error') {
        resolve(outcome);
        socket.close(1000);
      }
    };
  });
}

/** Return the data of a message, or throw the first error of it. */
function answered<Data>(payload: Message['payload']): Data {
  const { data, errors } = payload && 'data' in payload ? payload : { data: null, errors: payload as readonly Refusal[] };
  if (data) return data as Data;
  const { code = 'unexpected', what, remedy } = errors?.[0]?.extensions ?? {};
  throw new Failure({ code, what, remedy, retryable: true });
}

/** A policy may forbid the socket; that throws in some browsers and closes it in others. */
function open(endpoint: string): WebSocket | undefined {
  try {
    return new WebSocket(endpoint.replace(/^http/, 'ws'), 'graphql-transport-ws');
  } catch {
    return undefined;
  }
}
