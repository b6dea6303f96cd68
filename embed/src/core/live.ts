/** Data that changes while one looks: asked for again while visible, or pushed by the server. */
import type { Client, Operation } from './client.ts';

export interface LiveOptions<Data> {
  readonly signal: AbortSignal;
  /** Milliseconds between two questions. */
  readonly every?: number;
  readonly next: (data: Data) => void;
  readonly failed?: (thrown: unknown) => void;
}

const EVERY = 15_000;
const SILENCE = 10_000;
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
 * opened again, each time after a longer pause.
 */
export function subscribe<Data, Variables>(
  client: Client,
  operation: Operation<Data, Variables>,
  variables: Variables,
  options: LiveOptions<Data> & { readonly fallback: (signal: AbortSignal) => Promise<Data> },
): void {
  let worked = false;
  let pause = 1000;
  const connect = async () => {
    const outcome = await listen(client, operation, variables, options, () => {
      worked = true;
      pause = 1000;
    });
    if (options.signal.aborted || outcome === 'complete') return;
    if (!worked) {
      poll(options.fallback, options);
      return;
    }
    setTimeout(() => void (options.signal.aborted || connect()), pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
  void connect();
}

interface Message {
  readonly type: string;
  readonly payload?: { data?: unknown; errors?: readonly { message: string }[] };
}

/** Hold one connection until it ends; tell whether the server was done or the line broke. */
async function listen<Data>(
  client: Client,
  { name, text }: Operation<Data, never>,
  variables: unknown,
  { signal, next, failed }: LiveOptions<Data>,
  acknowledged: () => void,
): Promise<'complete' | 'broken'> {
  let credentials: Record<string, string>;
  try {
    credentials = await client.credentials();
  } catch (thrown) {
    failed?.(thrown);
    return 'broken';
  }
  if (signal.aborted) return 'complete';
  return new Promise((resolve) => {
    const socket = open(client.options.endpoint);
    if (!socket) return resolve('broken');
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
      } else if (type === 'next' && payload?.data) {
        next(payload.data as Data);
      } else if (type === 'next' || type === 'error') {
        failed?.(new Error(name));
      }
      if (type === 'complete' || type === 'error') {
        resolve('complete');
        socket.close(1000);
      }
    };
  });
}

/** A policy may forbid the socket; that throws in some browsers and closes it in others. */
function open(endpoint: string): WebSocket | undefined {
  try {
    return new WebSocket(endpoint.replace(/^http/, 'ws'), 'graphql-transport-ws');
  } catch {
    return undefined;
  }
}
