/** What went wrong, as the server says it: a stable code, a sentence, and the next step. */

export interface FailureDetail {
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
  readonly retryable: boolean;
  /** Nothing is wrong; there is only nothing to see yet. */
  readonly calm?: boolean;
}

/** An expected failure; an empty `what` means that the code has a text in the widgets' catalog. */
export class Failure extends Error implements FailureDetail {
  readonly code: string;
  readonly what: string;
  readonly remedy: string;
  readonly retryable: boolean;
  readonly calm: boolean;

  constructor(detail: Partial<FailureDetail> & { code: string }) {
    super(detail.what || detail.code);
    this.code = detail.code;
    this.what = detail.what ?? '';
    this.remedy = detail.remedy ?? '';
    this.retryable = detail.retryable ?? false;
    this.calm = detail.calm ?? false;
  }
}

/**
 * Return any thrown value as a failure; a broken connection shows itself as a TypeError of fetch.
 * A failure is known by its shape, since a page that loads SOS twice has two classes of it.
 */
export function asFailure(thrown: unknown): FailureDetail {
  if (thrown instanceof Error && 'retryable' in thrown) return thrown as Failure;
  if (thrown instanceof TypeError) return new Failure({ code: 'offline', retryable: true });
  return new Failure({ code: 'unexpected', retryable: true });
}

interface Member {
  readonly __typename?: string;
  readonly code?: string;
  readonly what?: string;
  readonly remedy?: string;
}

/** Return the member `name` of a result union, or throw the refusal that came instead. */
export function expectMember<U extends Member, N extends U['__typename'] & string>(
  result: U,
  name: N,
): Extract<U, { __typename?: N }> {
  if (result.__typename === name) return result as Extract<U, { __typename?: N }>;
  const { code = result.__typename ?? 'unexpected', what, remedy } = result;
  const kind = result.__typename;
  throw new Failure({ code, what, remedy, retryable: kind === 'Unavailable', calm: kind === 'NotPublished' });
}
