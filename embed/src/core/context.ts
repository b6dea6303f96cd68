/** How an element finds its provider: by an event that crosses shadow roots, never by a global. */
import type { Client } from './client.ts';
import type { Locale } from './locale.ts';

/** What a provider shares with the elements inside it; a new object at every change. */
export interface Context {
  readonly client: Client;
  readonly locale: Locale;
  /** Return the words of a language, those of one room among them. */
  readonly speak: (tag: string, room?: string) => Promise<Locale>;
}

export type ContextCallback = (context: Context) => void;

export interface ContextRequest {
  readonly callback: ContextCallback;
  /** Filled by the provider that answers: call it to hear nothing more. */
  leave?: () => void;
}

export const REQUEST = 'sos-context-request';
export const ARRIVED = 'sos-provider-ready';

/** Ask for the context of `element`, now or as soon as a provider appears; returns how to stop. */
export function requestContext(element: Element, callback: ContextCallback): () => void {
  const request: ContextRequest = { callback };
  const ask = () => {
    if (request.leave) return;
    element.dispatchEvent(new CustomEvent(REQUEST, { bubbles: true, composed: true, detail: request }));
    if (request.leave) document.removeEventListener(ARRIVED, ask);
  };
  document.addEventListener(ARRIVED, ask);
  ask();
  return () => {
    document.removeEventListener(ARRIVED, ask);
    request.leave?.();
  };
}
