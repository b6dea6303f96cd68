/** What is kept on the respondent's device until the server has it: IndexedDB, or localStorage where that fails. */

import type { Said, Typed } from './merging.ts';

export type Choice = number | null;

/** Answers that the server has not acknowledged yet; nothing else is ever kept here. */
export interface Copy {
  /** Names of questions and prompts; one that is in neither of the following was cleared. */
  readonly dirty: readonly string[];
  readonly choices: Readonly<Record<string, Choice>>;
  readonly comments: Readonly<Record<string, string>>;
  /** What the server had stored under these names when they were typed. */
  readonly before?: Typed;
  /** What another device answered otherwise, by name, until somebody has chosen. */
  readonly elsewhere?: Readonly<Record<string, readonly Said[]>>;
}

interface Kept {
  readonly at: number;
  /** Null: nothing may be kept on this device. */
  readonly copy: Copy | null;
}

const NAME = 'sos-survey';
const LIFETIME = 14 * 24 * 3600 * 1000;

/** One respondent's place on this device; two people who share it have two places. */
export class Device {
  private readonly key: string;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(survey: string, respondent: string) {
    this.key = `${NAME}:${survey}:${digest(respondent)}`;
  }

  /** Return what is kept here, whether anything may be; everything older than 14 days is thrown away. */
  async read(): Promise<{ copy?: Copy; allowed: boolean }> {
    await this.sweep();
    const kept = await this.run<Kept | undefined>('readonly', (all) => all.get(this.key), () => fromText(localStorage.getItem(this.key)));
    return { copy: kept?.copy ?? undefined, allowed: kept?.copy !== null };
  }

  write(copy: Copy | null): Promise<unknown> {
    const kept: Kept = { at: Date.now(), copy };
    return this.run('readwrite', (all) => all.put(kept, this.key), () => localStorage.setItem(this.key, JSON.stringify(kept)));
  }

  wipe(): Promise<unknown> {
    return this.run('readwrite', (all) => all.delete(this.key), () => localStorage.removeItem(this.key));
  }

  private async sweep(): Promise<void> {
    const old = (kept: Kept | undefined) => !kept || Date.now() - kept.at > LIFETIME;
    const keys = (await this.run<string[]>('readonly', (all) => all.getAllKeys() as IDBRequest<string[]>, () =>
      Object.keys(localStorage).filter((key) => key.startsWith(`${NAME}:`)))) ?? [];
    for (const key of keys) {
      const kept = await this.run<Kept | undefined>('readonly', (all) => all.get(key), () => fromText(localStorage.getItem(key)));
      if (old(kept)) await this.run('readwrite', (all) => all.delete(key), () => localStorage.removeItem(key));
    }
  }

  /** Do one thing after the other; a device that keeps nothing at all is no error. */
  private run<R>(mode: IDBTransactionMode, ask: (all: IDBObjectStore) => IDBRequest, instead: () => R | void): Promise<R | undefined> {
    const turn = async () => {
      try {
        return (await request(mode, ask)) as R;
      } catch {
        try {
          return instead() as R;
        } catch {
          return undefined;
        }
      }
    };
    const done = this.queue.then(turn);
    this.queue = done;
    return done;
  }
}

async function request(mode: IDBTransactionMode, ask: (all: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await opened();
  try {
    const asked = ask(database.transaction('kept', mode).objectStore('kept'));
    return await outcome(asked);
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
  return outcome(asked);
}

function outcome<R>(asked: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function fromText(text: string | null): Kept | undefined {
  return text ? (JSON.parse(text) as Kept) : undefined;
}

/** A short name of a text, so that no token lies on the device; not a secret, only a place. */
function digest(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
