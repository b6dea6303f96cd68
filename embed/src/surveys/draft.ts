/** A respondent's answers on their way: typed here, kept on the device, saved by the server. */
import { asFailure, type FailureDetail } from '../core/failure.ts';
import type { BallotInput, DraftState, StoredAnswer } from './documents.ts';
import type { Choice, Device } from './device.ts';

/** `kept`: not saved yet; `changed`: counts only after the next submission; `stopped`: `failure` says why. */
export type SaveState = 'idle' | 'saving' | 'saved' | 'kept' | 'changed' | 'stopped';

/** How answers reach the server; absent in a preview, which stores nothing. */
export interface Road {
  readonly save: (answers: Pick<BallotInput, 'answers' | 'comments'>, sequence: number) => Promise<DraftState>;
  readonly stored: () => Promise<StoredAnswer>;
  readonly device: Device;
}

const QUIET = 700;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
const FRESH = 30_000;
const ATTEMPTS = 5;

export class Draft {
  choices: Record<string, Choice> = {};
  comments: Record<string, string> = {};
  state: SaveState = 'idle';
  submitted = false;
  /** Whether answers may be kept on this device. */
  allowed = true;
  savedAt?: Date;
  failure?: FailureDetail;

  private readonly dirty = new Map<string, number>();
  private sequence = 0;
  private version = 0;
  private timer?: ReturnType<typeof setTimeout>;
  private pause = FIRST_PAUSE;
  private seenAt = 0;
  private running?: Promise<void>;

  constructor(private readonly changed: (state: SaveState) => void, private readonly road?: Road) {}

  /** Begin with what the server has stored, and with what this device still has to tell it. */
  async begin(stored: StoredAnswer): Promise<void> {
    this.take(stored);
    if (!this.road) return;
    const { copy, allowed } = await this.road.device.read();
    this.allowed = allowed;
    if (!copy) return;
    if (this.submitted && !copy.submitted) {
      await this.road.device.wipe();
      return;
    }
    const newest = copy.sequence >= this.sequence;
    for (const key of copy.dirty) {
      if (newest || !(key in this.choices || this.comments[key])) this.put(key, copy.choices[key], copy.comments[key]);
    }
    this.typed();
  }

  choose(key: string, value: Choice | undefined): void {
    this.put(key, value);
    this.typed();
  }

  comment(key: string, text: string): void {
    this.put(key, undefined, text);
    this.typed();
  }

  /** Everything answered so far, as it is sent. */
  answers(): Pick<BallotInput, 'answers' | 'comments'> {
    return {
      answers: Object.entries(this.choices).map(([key, value]) => ({ key, value })),
      comments: Object.entries(this.comments).filter(([, text]) => text.trim()).map(([key, text]) => ({ key, text })),
    };
  }

  /** Whether leaving the page now would lose something. */
  get fragile(): boolean {
    return this.dirty.size > 0 && !this.allowed;
  }

  /** Listen for what makes saving possible again, until `signal`. */
  listen(signal: AbortSignal): void {
    const again = () => {
      this.pause = FIRST_PAUSE;
      void this.flush();
    };
    addEventListener('online', again, { signal });
    addEventListener('focus', again, { signal });
    addEventListener('beforeunload', (event) => this.fragile && event.preventDefault(), { signal });
    document.addEventListener('visibilitychange', () => void this.looked(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.timer), { once: true });
  }

  /** Save now what is not saved yet. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.turns().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Try again after a failure that seemed final. */
  retry(): Promise<void> {
    this.failure = undefined;
    return this.flush();
  }

  /** The server has everything and has counted it in. */
  async accepted(): Promise<void> {
    this.submitted = true;
    this.dirty.clear();
    this.set('idle');
    await this.keep();
  }

  /** There is no connection; whoever sends will try again. */
  wait(): void {
    this.set('kept');
  }

  /** Why nothing can be saved any more; what was typed stays. */
  stop(failure: FailureDetail): void {
    this.failure = failure;
    this.set('stopped');
  }

  /** Allow or forbid that answers lie on this device. */
  async allow(allowed: boolean): Promise<void> {
    this.allowed = allowed;
    if (allowed) await this.road?.device.wipe();
    await this.keep();
  }

  private take({ draft, submitted }: StoredAnswer): void {
    this.choices = Object.fromEntries(draft.answers.map(({ key, value }) => [key, value]));
    this.comments = Object.fromEntries(draft.comments.map(({ key, text }) => [key, text]));
    this.sequence = draft.sequence;
    this.submitted = submitted;
    this.seenAt = Date.now();
  }

  private put(key: string, value: Choice | undefined, text?: string): void {
    if (text !== undefined) this.comments[key] = text;
    else if (value === undefined) delete this.choices[key];
    else this.choices[key] = value;
    this.dirty.set(key, ++this.version);
  }

  private typed(): void {
    void this.keep();
    if (!this.road || this.failure) return;
    if (this.submitted) return this.set('changed');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), QUIET);
  }

  /** Keep on the device what the server does not have, and nothing else. */
  private async keep(): Promise<void> {
    const device = this.road?.device;
    if (!device) return;
    if (!this.allowed) await device.write(null);
    else if (!this.dirty.size) await device.wipe();
    else {
      const dirty = [...this.dirty.keys()];
      const only = <V>(all: Record<string, V>) => Object.fromEntries(dirty.filter((key) => key in all).map((key) => [key, all[key] as V]));
      const { sequence, submitted } = this;
      await device.write({ dirty, choices: only(this.choices), comments: only(this.comments), sequence, submitted });
    }
  }

  private async turns(): Promise<void> {
    for (let turn = 0; turn < ATTEMPTS && this.road && this.dirty.size && !this.submitted && !this.failure; turn += 1) {
      const version = this.version;
      this.set('saving');
      try {
        await this.save(this.road, version);
      } catch (thrown) {
        const failure = asFailure(thrown);
        if (failure.retryable) this.later();
        else this.stop(failure);
        return;
      }
    }
  }

  private async save(road: Road, version: number): Promise<void> {
    const sequence = this.sequence + 1;
    const state = await road.save(this.answers(), sequence);
    this.pause = FIRST_PAUSE;
    if (state === 'STALE') return this.merge(await road.stored());
    this.seenAt = Date.now();
    if (state === 'ALREADY_SUBMITTED') {
      this.submitted = true;
      this.set('changed');
      return this.keep();
    }
    this.sequence = sequence;
    for (const [key, typed] of this.dirty) if (typed <= version) this.dirty.delete(key);
    this.savedAt = new Date();
    this.set('saved');
    await this.keep();
  }

  /** Another device has saved: take its answers over, but not over what was typed here since. */
  private merge(stored: StoredAnswer): void {
    const { choices, comments } = this;
    this.take(stored);
    for (const key of this.dirty.keys()) {
      if (key in comments) this.comments[key] = comments[key] ?? '';
      else if (key in choices) this.choices[key] = choices[key] ?? null;
      else delete this.choices[key];
    }
    this.changed(this.state);
  }

  private later(): void {
    this.set('kept');
    this.timer = setTimeout(() => void this.flush(), this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
  }

  /** Who comes back after a while may have answered on another device; who leaves wants it saved. */
  private async looked(): Promise<void> {
    if (document.visibilityState !== 'visible' || this.dirty.size) return void this.flush();
    if (!this.road || this.failure || Date.now() - this.seenAt < FRESH) return;
    const stored = await this.road.stored().catch(() => undefined);
    if (stored && !this.dirty.size) this.merge(stored);
  }

  private set(state: SaveState): void {
    this.state = state;
    this.changed(state);
  }
}
