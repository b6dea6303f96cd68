/** Two devices typed into one ballot: nothing that somebody typed gives way unseen. */
import type { Choice } from './device.ts';

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
