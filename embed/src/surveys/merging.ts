/** Two devices typed into one ballot: nothing that somebody typed gives way unseen. */
import type { Choice, Copy } from './device.ts';
import type { StoredDraft } from './documents.ts';

/** Answers and comments, by key. */
export interface Typed {
  readonly choices: Readonly<Record<string, Choice>>;
  readonly comments: Readonly<Record<string, string>>;
}

/** An option (null: cannot judge) or a comment; undefined: no answer. */
export type Said = Choice | string | undefined;

export const NOTHING: Typed = { choices: {}, comments: {} };

/** What holds of an answer, and what gives way to it and has to be shown. */
export interface Settled {
  readonly holds: Said;
  readonly other?: Said;
}

/** Return what a stored ballot says. */
export function typedIn({ answers, comments }: Pick<StoredDraft, 'answers' | 'comments'>): Typed {
  return {
    choices: Object.fromEntries(answers.map(({ key, value }) => [key, value])),
    comments: Object.fromEntries(comments.map(({ key, text }) => [key, text.normalize('NFC').trim()])),
  };
}

/** Return what is said to a question or a prompt; an empty comment is none. */
export function said(key: string, { choices, comments }: Typed): Said {
  return comments[key] || choices[key];
}

/**
 * Settle one answer of which both devices began with `before`. Only what both have changed is worth
 * a question; then `first` says whose holds meanwhile. Comments are put together where they fit.
 */
export function settled(before: Said, here: Said, there: Said, first: 'here' | 'there', longest: number): Settled {
  if (here === before || here === there) return { holds: there };
  if (there === before || there === undefined) return { holds: here };
  if (here === undefined) return { holds: there };
  if (typeof here === 'string' && typeof there === 'string') {
    if (here.includes(there) || there.includes(here)) return { holds: here.length > there.length ? here : there };
    const both = `${there}\n\n${here}`;
    if (both.length <= longest) return { holds: both };
  }
  return first === 'here' ? { holds: here, other: there } : { holds: there, other: here };
}

/** Put together what two tabs of one device have kept; where both answered otherwise, `newer` holds. */
export function joined(older: Copy, newer: Copy, longest: number): Copy {
  const choices: Record<string, Choice> = { ...older.choices, ...newer.choices };
  const comments: Record<string, string> = { ...older.comments, ...newer.comments };
  const elsewhere: Record<string, readonly Said[]> = { ...older.elsewhere };
  const offer = (key: string, others: readonly Said[]) => (elsewhere[key] = [...new Set([...(elsewhere[key] ?? []), ...others])]);
  for (const [key, others] of Object.entries(newer.elsewhere ?? {})) offer(key, others);
  for (const key of newer.dirty.filter((each) => older.dirty.includes(each))) {
    const { holds, other } = settled(said(key, newer.before ?? NOTHING), said(key, newer), said(key, older), 'here', longest);
    if (other !== undefined) offer(key, [other]);
    if (key in comments) comments[key] = typeof holds === 'string' ? holds : '';
    else if (holds === undefined || typeof holds === 'string') delete choices[key];
    else choices[key] = holds;
  }
  const before = {
    choices: { ...older.before?.choices, ...newer.before?.choices },
    comments: { ...older.before?.comments, ...newer.before?.comments },
  };
  return { dirty: [...new Set([...older.dirty, ...newer.dirty])], choices, comments, before, elsewhere };
}
