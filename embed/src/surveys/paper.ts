/** The form as pages: one area a page, the activities last; what is answered, and names in comments. */
import type { Choice } from './device.ts';
import type { Form, Option } from './documents.ts';

export interface Question {
  readonly key: string;
  readonly text: string;
  readonly options: readonly Option[];
}

export interface Page {
  readonly title: string;
  readonly description: string;
  readonly questions: readonly Question[];
  /** Statements share one scale and have a way out; activities have bands of their own. */
  readonly likert: boolean;
  readonly comment?: { readonly key: string; readonly prompt: string };
}

/** The number that stands for “cannot judge” among the options. */
export const CANNOT_JUDGE = 0;

export function pagesOf(form: Form): Page[] {
  const areas = form.areas.map(({ name, description, statements, commentKey, commentPrompt }) => ({
    title: name,
    description,
    questions: statements.map((statement) => ({ ...statement, options: form.scale })),
    likert: true,
    comment: { key: commentKey, prompt: commentPrompt },
  }));
  const last = { title: form.activityTitle, description: form.activityIntroduction, questions: form.activities, likert: false };
  return form.activities.length ? [...areas, last] : areas;
}

/** Return how many questions of a page have no answer; “cannot judge” is one. */
export function unanswered({ questions }: Page, choices: Readonly<Record<string, Choice>>): number {
  return questions.filter(({ key }) => !(key in choices)).length;
}

/** Return to how many questions of a page another device gave another answer. */
export function differing({ questions, comment }: Page, elsewhere: Readonly<Record<string, unknown>>): number {
  return [...questions.map(({ key }) => key), ...(comment ? [comment.key] : [])].filter((key) => key in elsewhere).length;
}

/** Return the first page with something unanswered, or the last one. */
export function firstOpen(pages: readonly Page[], choices: Readonly<Record<string, Choice>>): number {
  const found = pages.findIndex((page) => unanswered(page, choices));
  return found < 0 ? pages.length - 1 : found;
}

const WORD = /[\p{L}\p{N}'’.@+-]+/gu;
const NAMES_AT_MOST = 4;

/**
 * Return words in a comment that look like names of people or customers: capital letters inside a
 * sentence, and addresses. Only a hint for the writer; it leaves the device nowhere else.
 */
export function likelyNames(text: string, tag: string): string[] {
  const found: string[] = [];
  const dates = calendarWords(tag);
  let begins = true;
  let end = -1;
  for (const match of text.matchAll(WORD)) {
    const word = match[0].replace(/^['’.+-]+|['’.+-]+$/g, '');
    const starts = begins || /[.!?:;\n•–—"“”(]\s*$/.test(text.slice(0, match.index));
    begins = /[.!?]$/.test(match[0]);
    const capital = !starts && /^\p{Lu}\p{Ll}{2,}/u.test(word) && !dates.has(word.toLowerCase());
    if (!capital && !/.@./.test(word)) continue;
    // A first name and the family name after it are one name.
    if (match.index === end + 1) found.push(`${found.pop()} ${word}`);
    else found.push(word);
    end = match.index + match[0].length;
  }
  return [...new Set(found)].slice(0, NAMES_AT_MOST);
}

const calendars = new Map<string, Set<string>>();

/** Return the names of days and months, which some languages write with capitals. */
function calendarWords(tag: string): Set<string> {
  const known = calendars.get(tag) ?? namedDates(tag);
  calendars.set(tag, known);
  return known;
}

function namedDates(tag: string): Set<string> {
  const words = (options: Intl.DateTimeFormatOptions, dates: Date[]) =>
    dates.map((date) => new Intl.DateTimeFormat(tag === 'en-XA' ? 'en' : tag, options).format(date).toLowerCase());
  const days = [...Array(7).keys()].map((day) => new Date(2024, 0, 1 + day));
  const months = [...Array(12).keys()].map((month) => new Date(2024, month, 1));
  return new Set([...words({ weekday: 'long' }, days), ...words({ month: 'long' }, months)]);
}

/** What was typed into the server's form before this element was there. */
export function typedBefore(host: Element): { key: string; value?: Choice; text?: string }[] {
  const radios = [...host.querySelectorAll<HTMLInputElement>('input[type=radio]:checked')].filter((input) => !input.defaultChecked);
  const texts = [...host.querySelectorAll('textarea')].filter((area) => area.value !== area.defaultValue);
  return [
    ...radios.map(({ name, value }) => ({ key: name, value: Number(value) === CANNOT_JUDGE ? null : Number(value) })),
    ...texts.map(({ name, value }) => ({ key: name, text: value })),
  ];
}

/** The page of the server's form that stands inside `host`; -1 where none does. */
export function pageBefore(host: Element, pages: readonly Page[]): number {
  const name = host.querySelector('fieldset input[type=radio]')?.getAttribute('name');
  return pages.findIndex(({ questions }) => questions.some(({ key }) => key === name));
}
