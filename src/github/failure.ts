import { Problem, type ProblemDetails } from '../errors.ts';

/** What GitHub said when it did not do what was asked. */
export interface Failure {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly message: string;
  readonly requestId: string | null;
  /** `errors` of a 422. */
  readonly errors: readonly { readonly code: string; readonly field: string; readonly message: string }[];
  readonly cause: Error;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Reads an error of octokit. Throws again what is none: problems that another layer has explained already, the reason of an
 * abort, and bugs of ours.
 */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error) || thrown instanceof Problem) throw thrown;
  const { status } = record(thrown);
  if (typeof status !== 'number' || thrown.name === 'AbortError') throw thrown;
  const response = record(record(thrown)['response']);
  if (!('headers' in response)) {
    // octokit gives what its `fetch` threw as the cause of a made-up 500.
    const { cause } = thrown;
    if (!(cause instanceof Problem) || cause.code !== 'OR-NET-UNREACHABLE')
      throw cause instanceof Error ? cause : thrown;
    return { status: 0, message: cause.message, requestId: null, errors: [], cause };
  }
  const data = record(response['data']);
  const errors = Array.isArray(data['errors']) ? (data['errors'] as unknown[]) : [];
  return {
    status,
    message: oneLine(text(data['message']) || thrown.message),
    requestId: text(record(response['headers'])['x-github-request-id']) || null,
    errors: errors.map((e) => ({
      code: text(record(e)['code']),
      field: text(record(e)['field']),
      message: oneLine(text(record(e)['message'])),
    })),
    cause: thrown,
  };
}

/** Nobody knows whether a write with this end was carried out. */
export function isUncertain({ status }: Failure): boolean {
  return status === 0 || status === 408 || status === 499 || status >= 500;
}

/** Every word of GitHub's on the matter. */
export function wordsOf(failure: Failure): string {
  return [failure.message, ...failure.errors.flatMap((e) => [e.code, e.field, e.message])].join(' ');
}

export function alreadyExists(failure: Failure): boolean {
  return failure.status === 422 && failure.errors.some((e) => e.code === 'already_exists');
}

/** The failure as something that the user can act on; `doing` completes "could not ...". */
export function problemOf(doing: string, failure: Failure): Problem {
  const { code, hint } = explain(failure);
  const { status, requestId, errors } = failure;
  const details = errors.map((e) => e.message || [e.field, e.code].filter(Boolean).join(' ')).filter(Boolean);
  const said = [failure.message, ...details].join('; ');
  const answer = status === 0 ? said : `GitHub answered ${status}, ${said}`;
  const request = requestId === null ? '' : ` (request ${requestId})`;
  return new Problem(code, `could not ${doing}: ${answer}${request}`, { hint, cause: failure.cause });
}

function explain(failure: Failure): { readonly code: string } & Required<Pick<ProblemDetails, 'hint'>> {
  const { status } = failure;
  const words = wordsOf(failure);
  if (status === 401) {
    return {
      code: 'OR-GITHUB-AUTH',
      hint: 'the token is wrong or has ended (a job token ends with its job); re-run, what is done stays done',
    };
  }
  if (/rate limit|abuse|temporarily blocked/i.test(words)) {
    return {
      code: 'OR-GITHUB-RATE',
      hint: 'GitHub limits how much this token may do; re-run later, what is done stays done',
    };
  }
  if (/pre_receive|creations being restricted|rule violations/i.test(words)) {
    return {
      code: 'OR-GITHUB-RULESET',
      hint: 'push the tag as someone whom the ruleset lets create it, or add this token to its bypass list',
    };
  }
  if (status === 403) {
    return {
      code: 'OR-GITHUB-PERMISSION',
      hint: 'give the job `permissions: contents: write`, or pass a `github-token` that has it',
    };
  }
  if (/used by an immutable release/i.test(words)) {
    return {
      code: 'OR-RELEASE-TAG-BURNED',
      hint: 'GitHub never frees the tag of a deleted immutable release; release the next patch version',
    };
  }
  if (/immutable release/i.test(words)) {
    return { code: 'OR-RELEASE-IMMUTABLE', hint: 'the release is frozen; release the next patch version' };
  }
  if (status === 404) {
    return {
      code: 'OR-GITHUB-NOT-FOUND',
      hint: 'the repository is not there or hidden from this token; for a commit that changes workflows the token needs `workflows`',
    };
  }
  return { code: 'OR-GITHUB-FAILED', hint: 'see githubstatus.com; a re-run goes on where this one stopped' };
}

/** Runs a call whose every failure ends the work. */
export async function orProblem<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw problemOf(doing, failureOf(error));
  }
}

/** As `orProblem`, with null for "not there". */
export async function orNull<T>(doing: string, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    const failure = failureOf(error);
    if (failure.status === 404) return null;
    throw problemOf(doing, failure);
  }
}

/** Some failures come as a page of HTML. */
function oneLine(message: string): string {
  const plain = message
    .replace(/<[^>]{0,500}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
}
