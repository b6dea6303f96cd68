/** What is kept on the respondent's device until the server has it: IndexedDB, or localStorage where that fails. */

import { joined, type Said, type Typed } from './merging.ts';

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

/**
 * One respondent's place on this device; two people who share it have two places. Each tab keeps its
 * answers under a name of its own, since two that are open at once would overwrite each other's.
 */
export class Device {
  private readonly key: string;
  private readonly own: string;
  /** What other tabs had left here, which is in this tab's hands now. */
  private adopted: string[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  constructor(survey: string, respondent: string) {
    this.key = `${NAME}:${survey}:${digest(respondent)}`;
    this.own = `${this.key}:${Math.random().toString(36).slice(2)}`;
  }

  /** Return what all tabs have kept here, whether anything may be; everything older than 14 days is thrown away. */
  async read(longest: number): Promise<{ copy?: Copy; allowed: boolean }> {
    const left: Kept[] = [];
    let allowed = true;
    for (const key of await this.keys()) {
      const kept = await this.kept(key);
      if (!kept || Date.now() - kept.at > LIFETIME) await this.remove(key);
      else if (key === this.key) allowed = kept.copy !== null;
      else if (key.startsWith(`${this.key}:`) && kept.copy) {
        left.push(kept);
        this.adopted.push(key);
      }
    }
    const copies = left.sort((a, b) => a.at - b.at).map(({ copy }) => copy as Copy);
    return { copy: copies.length ? copies.reduce((older, newer) => joined(older, newer, longest)) : undefined, allowed };
  }

  /**
   * Keep a copy in this tab's place; then, not before, what was taken from other tabs may go.
   * Return whether it was kept: another tab may have forbidden it meanwhile.
   */
  async write(copy: Copy): Promise<boolean> {
    if ((await this.kept(this.key))?.copy === null) return false;
    await this.put(this.own, copy);
    await this.leave();
    return true;
  }

  /** Keep nothing, now or later, of any tab. */
  async forbid(): Promise<void> {
    await this.put(this.key, null);
    for (const key of await this.keys()) if (key.startsWith(`${this.key}:`)) await this.remove(key);
  }

  /** Allow that something is kept again. */
  allow(): Promise<unknown> {
    return this.remove(this.key);
  }

  /** Throw away what this tab kept. */
  async wipe(): Promise<void> {
    await this.remove(this.own);
    await this.leave();
  }

  private async leave(): Promise<void> {
    for (const key of this.adopted.splice(0)) await this.remove(key);
  }

  private async keys(): Promise<string[]> {
    const found = await this.run<string[]>('readonly', (all) => all.getAllKeys() as IDBRequest<string[]>, () =>
      Object.keys(localStorage).filter((key) => key.startsWith(`${NAME}:`)));
    return found ?? [];
  }

  private kept(key: string): Promise<Kept | undefined> {
    return this.run<Kept | undefined>('readonly', (all) => all.get(key), () => fromText(localStorage.getItem(key)));
  }

  private put(key: string, copy: Copy | null): Promise<unknown> {
    const kept: Kept = { at: Date.now(), copy };
    return this.run('readwrite', (all) => all.put(kept, key), () => localStorage.setItem(key, JSON.stringify(kept)));
  }

  private remove(key: string): Promise<unknown> {
    return this.run('readwrite', (all) => all.delete(key), () => localStorage.removeItem(key));
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
