/** A widget in a frame: the page around hands it tokens, by message or in the fragment, and hears its height. */
import type { SosProvider } from './provider.ts';

interface Message {
  readonly sos?: unknown;
  readonly type?: unknown;
  readonly token?: unknown;
}

/** Talk with the page around, if it is one of `hosts` (exact origins); never with anybody else. */
export function joinHost(provider: SosProvider, hosts: readonly string[]): void {
  // Browsers that tell who is around spare the others a message to origins that are not there.
  const around = location.ancestorOrigins?.[0];
  let listeners = around === undefined ? hosts : hosts.filter((host) => host === around);
  const tell = (message: object) => {
    for (const host of listeners) window.parent.postMessage({ sos: 1, ...message }, host);
  };
  window.addEventListener('message', ({ data, origin, source }: MessageEvent<Message | null>) => {
    if (source !== window.parent || !hosts.includes(origin)) return;
    if (data?.sos !== 1 || data.type !== 'token' || typeof data.token !== 'string') return;
    listeners = [origin];
    provider.token = data.token;
  });
  provider.addEventListener('sos-token-needed', () => tell({ type: 'token-needed' }));
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    // So that it stands in no history and is copied with no address.
    history.replaceState(null, '', location.pathname + location.search);
    provider.token = given;
  }
  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(document.body.getBoundingClientRect().height);
    if (Math.abs(now - height) > 1) tell({ type: 'resize', height: (height = now) });
  }).observe(document.body);
}
