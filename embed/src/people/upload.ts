/** Sends a file to the server, with its progress; the answer names the upload. */
import type { Client } from '../core/client.ts';
import { Failure } from '../core/failure.ts';

interface Sending {
  readonly signal: AbortSignal;
  /** Called with the share (0–1) that has been sent. */
  readonly progress: (share: number) => void;
}

interface Answer {
  readonly id?: string;
  readonly code?: string;
  readonly what?: string;
  readonly remedy?: string;
}

/** Return the id under which the server keeps `file` for a day; throw its words where it refuses it. */
export async function upload(client: Client, file: File, { signal, progress }: Sending): Promise<string> {
  const { endpoint, locale } = client.options;
  const headers: Record<string, string> = {
    ...(await client.credentials()),
    accept: 'application/json',
    'accept-language': locale?.() ?? 'en',
    'content-type': 'application/octet-stream',
    'x-sos-file-name': encodeURIComponent(file.name),
    'x-sos-request': SOS_VERSION,
  };
  signal.throwIfAborted();
  // fetch cannot tell how much of a body has been sent.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onabort = () => reject(signal.reason);
    request.onerror = () => reject(new Failure({ code: 'offline', retryable: true }));
    request.onload = () => {
      const { id, code, what, remedy } = answerOf(request.responseText);
      const expired = request.status === 401 ? 'signed_out' : 'unexpected';
      if (request.status < 300 && id) resolve(id);
      else reject(new Failure({ code: code ?? expired, what, remedy, retryable: !what && request.status >= 500 }));
    };
    request.open('POST', new URL('/files/uploads', endpoint));
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}

function answerOf(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
