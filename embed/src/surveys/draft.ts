/** A respondent's answers on their way: typed here, kept on the device, saved by the server. */
import { asFailure, type FailureDetail } from '../core/failure.ts';
import type { BallotInput, Receipt, Saved, StoredAnswer } from './documents.ts';
import type { Choice, Copy, Device } from './device.ts';
import { NOTHING, said, settled, typedIn, type Said, type Typed } from './merging.ts';

/** `kept`: not saved yet; `changed`: counts only after the next submission; `stopped`: `failure` says why. */
export type SaveState = 'idle' | 'saving' | 'saved' | 'kept' | 'changed' | 'stopped';

/** How answers reach the server; absent in a preview, which stores nothing. */
export interface Road {
  readonly save: (ballot: Omit<BallotInput, 'survey'>, sequence: number) => Promise<Saved>;
  readonly submit: (ballot: Omit<BallotInput, 'survey'>) => Promise<Receipt>;
  readonly stored: () => Promise<StoredAnswer>;
  readonly device: Device;
  /** How many characters a comment may have. */
  readonly longest: number;
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
  /** What another device answered otherwise, by key, until somebody chooses here. */
  elsewhere: Record<string, readonly Said[]> = {};

  private readonly dirty = new Map<string, number>();
  private sequence = 0;
  /** What the server has stored, as far as this device knows, and the name of it. */
  private known: Typed = NOTHING;
  private base = '';
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
    const { copy, allowed } = await this.road.device.read(this.road.longest);
    this.allowed = allowed;
    if (!copy) return;
    this.elsewhere = { ...copy.elsewhere };
    this.settle(copy.dirty, copy, copy.before ?? NOTHING, 'there');
    if (this.dirty.size) this.typed();
    else await this.keep();
  }

  /** Choosing settles what another device answered otherwise. */
  choose(key: string, value: Choice | undefined): void {
    delete this.elsewhere[key];
    this.put(key, value);
    this.typed();
  }

  /** Settle a difference between two devices: take the other's answer, or leave it at this one. */
  async decide(key: string, other?: Said): Promise<void> {
    delete this.elsewhere[key];
    if (other === undefined) await this.keep();
    else if (typeof other === 'string') this.comment(key, other);
    else this.choose(key, other);
    this.changed(this.state);
  }

  comment(key: string, text: string): void {
    this.put(key, undefined, text);
    this.typed();
  }

  /** Everything answered so far, as it is sent. */
  answers(): Omit<BallotInput, 'survey'> {
    return {
      base: this.base,
      answers: Object.entries(this.choices).map(([key, value]) => ({ key, value })),
      comments: Object.entries(this.comments).filter(([, text]) => text.trim()).map(([key, text]) => ({ key, text })),
    };
  }

  /** Whether leaving the page now would lose something. */
  get fragile(): boolean {
    return (this.dirty.size > 0 || this.differs) && !this.allowed;
  }

  /** Whether another device answered something otherwise that nobody has chosen yet. */
  get differs(): boolean {
    return Object.keys(this.elsewhere).length > 0;
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
    this.set(!this.dirty.size ? 'idle' : this.submitted ? 'changed' : 'kept');
    return this.flush();
  }

  /** Submit everything; null: another device answered otherwise, which somebody has to look at first. */
  async submit(): Promise<Receipt | null> {
    for (let turn = 1; this.road; turn += 1) {
      const [sent, version] = [this.answers(), this.version];
      try {
        const receipt = await this.road.submit(sent);
        this.acknowledged(sent, version, 0, receipt.version);
        await this.accepted();
        return receipt;
      } catch (thrown) {
        if (asFailure(thrown).code !== 'ballot_elsewhere' || turn === ATTEMPTS) throw thrown;
        this.merge(await this.road.stored());
        await this.keep();
        if (this.differs) return null;
      }
    }
    return null;
  }

  /** What was submitted is counted in; what was typed meanwhile counts after the next submission. */
  async accepted(): Promise<void> {
    if (!this.road) this.dirty.clear();
    this.submitted = true;
    this.elsewhere = {};
    this.set(this.dirty.size ? 'changed' : 'idle');
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
    if (allowed) await this.road?.device.allow();
    await this.keep();
  }

  private take({ draft, submitted }: StoredAnswer): void {
    this.known = typedIn(draft);
    this.choices = { ...this.known.choices };
    this.comments = { ...this.known.comments };
    this.sequence = draft.sequence;
    this.base = draft.version;
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
    if (!this.allowed) await device.forbid();
    else if (!this.dirty.size && !this.differs) await device.wipe();
    else if (!(await device.write(this.copy()))) this.allowed = false;
  }

  private copy(): Copy {
    const dirty = [...this.dirty.keys()];
    const of = <V>(all: Readonly<Record<string, V>>) => Object.fromEntries(dirty.filter((key) => key in all).map((key) => [key, all[key] as V]));
    const only = ({ choices, comments }: Typed): Typed => ({ choices: of(choices), comments: of(comments) });
    return { dirty, ...only(this), before: only(this.known), elsewhere: this.elsewhere };
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
    const sent = this.answers();
    const { state, version: named, stored } = await road.save(sent, sequence);
    this.pause = FIRST_PAUSE;
    if (stored) {
      const submitted = state === 'ALREADY_SUBMITTED';
      this.merge({ draft: stored, submitted });
      if (!this.dirty.size) this.set('idle');
      else if (submitted) this.set('changed');
      return this.keep();
    }
    this.acknowledged(sent, version, sequence, named);
    this.savedAt = new Date();
    this.set('saved');
    await this.keep();
  }

  /** The server has what was `sent`, and calls it `named`; only what was typed after `version` is left. */
  private acknowledged(sent: Omit<BallotInput, 'survey'>, version: number, sequence: number, named: string): void {
    [this.seenAt, this.sequence, this.base, this.known] = [Date.now(), sequence, named, typedIn(sent)];
    for (const [key, typed] of this.dirty) if (typed <= version) this.dirty.delete(key);
  }

  /** Another device has saved: take its answers over, but not over what was typed here since. */
  private merge(stored: StoredAnswer): void {
    const [before, here] = [this.known, { choices: this.choices, comments: this.comments }];
    const dirty = [...this.dirty.keys()];
    this.take(stored);
    this.settle(dirty, here, before, 'here');
    this.changed(this.state);
  }

  /** Put what was typed `here` among what is stored; whose answer holds where both did is `first`. */
  private settle(dirty: readonly string[], here: Typed, before: Typed, first: 'here' | 'there'): void {
    for (const key of dirty) {
      const there = said(key, this.known);
      const { holds, other } = settled(said(key, before), said(key, here), there, first, this.road?.longest ?? 0);
      if (other !== undefined) this.elsewhere[key] = [...(this.elsewhere[key] ?? []), other];
      if (holds === there) this.dirty.delete(key);
      else if (key in here.comments) this.put(key, undefined, typeof holds === 'string' ? holds : '');
      else this.put(key, typeof holds === 'string' ? undefined : holds);
    }
    // What holds by now is no other answer any more, wherever it came from.
    const left = Object.entries(this.elsewhere).map(([key, others]) => [key, [...new Set(others)].filter((other) => other !== said(key, this))] as const);
    this.elsewhere = Object.fromEntries(left.filter(([, others]) => others.length));
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
