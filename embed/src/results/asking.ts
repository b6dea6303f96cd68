/** How result widgets ask: which survey and unit, and what comes where nothing is published. */
import { Failure, expectMember } from '../core/failure.ts';
import type { Or, Results, Where } from './documents.ts';

/** Return the variables for the attributes; `latest` and `root` are the same as saying nothing. */
export function where({ survey, unit }: { survey?: string; unit?: string }): Where {
  return {
    ...(survey && survey !== 'latest' ? { survey } : {}),
    ...(unit && unit !== 'root' ? { unit } : {}),
  };
}

/** Return the survey, or say calmly that none is published yet. */
export function published<S>(survey: S | null): S {
  if (survey === null) throw new Failure({ code: 'nothing_published', calm: true });
  return survey;
}

/** Return the results of a unit, or throw the server's words why there are none. */
export function resultsOf<T>(results: Results<T>): T {
  return member(results, 'UnitResults');
}

/** Return the wanted member of a union, or throw the refusal that came instead. */
export function member<T, N extends string>(answer: Or<T, N>, name: N): T {
  return expectMember(answer as { __typename: string }, name) as unknown as T;
}

/** Return the results of a unit, or null where they were refused: for what is good to have only. */
export function ifThere<T>(results: Results<T> | undefined): T | null {
  return results?.__typename === 'UnitResults' ? results : null;
}
