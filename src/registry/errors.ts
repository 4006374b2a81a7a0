import { Problem } from '../errors.ts';
import { classify } from '../net/classify.ts';
import type { Classify, HttpReply } from '../net/types.ts';

export type Access = 'pull' | 'push';

interface OciError {
  readonly code: string;
  readonly message: string;
}

/** What GitHub's registry calls a missing right is a 403, so the hint names both of its causes. */
const githubHints: Readonly<Record<Access, string>> = {
  push:
    'give the job `permissions: packages: write` and, for a package that exists already, give this repository the ' +
    'role Write in the package settings under "Manage Actions access"; or set registry-username and registry-password',
  pull:
    'give the job `permissions: packages: read` and this repository access in the package settings; ' +
    'or set registry-username and registry-password',
};

function deniedHint(host: string, access: Access, why: string): string {
  const isGitHubs = host === 'ghcr.io' || host.startsWith('containers.') || why.includes('permission_denied');
  if (isGitHubs) return githubHints[access];
  const right = access === 'push' ? 'write to it' : 'read it';
  return `set the inputs registry-username and registry-password to an account that may ${right}, or run docker/login-action for ${host} before`;
}

const unreachableHints: readonly (readonly [RegExp, string])[] = [
  [/ENOTFOUND/, 'there is no host of that name; correct the input registry, or `registry` in the configuration'],
  [/ECONNREFUSED/, 'nobody listens there; check host and port of the registry'],
];

/** The `errors` of a reply, as the distribution specification writes them; empty when it has none. */
export function ociErrors(reply: HttpReply): OciError[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(reply.text());
  } catch {
    return [];
  }
  if (typeof parsed !== 'object' || parsed === null || !('errors' in parsed) || !Array.isArray(parsed.errors))
    return [];
  return parsed.errors.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('code' in item) || typeof item.code !== 'string') return [];
    return [{ code: item.code, message: 'message' in item && typeof item.message === 'string' ? item.message : '' }];
  });
}

export function hasCode(reply: HttpReply, ...codes: readonly string[]): boolean {
  return ociErrors(reply).some(({ code }) => codes.includes(code));
}

/**
 * A 404 by which a registry says "no such thing". `NOT_FOUND` is Harbor's; a body is optional in the specification, so the
 * registry's own header counts too. A 404 of something else on the way is not an answer.
 */
export function saysAbsent(reply: HttpReply): boolean {
  if (reply.status !== 404) return false;
  if (hasCode(reply, 'MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND')) return true;
  return reply.body.length === 0 && reply.headers.has('docker-distribution-api-version');
}

/** Beside the common rules: a 403 that gives no reason passes at GHCR, a reasoned one does not. */
export const classifyRegistry: Classify = (reply, now) => {
  const verdict = classify(reply, now);
  if (verdict !== null || reply.status !== 403 || ociErrors(reply).length > 0) return verdict;
  return { why: '403 without a reason', refused: true, tries: 3 };
};

/** One line of somebody else's text. */
function line(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 300);
}

export function denied(what: string, host: string, access: Access, why: string): Problem {
  return new Problem('OR-REGISTRY-DENIED', `${host} does not let this run ${what}: ${line(why)}`, {
    hint: deniedHint(host, access, why),
  });
}

export function unreachable(what: string, host: string, why: string, cause?: unknown): Problem {
  return new Problem('OR-REGISTRY-UNREACHABLE', `${host} cannot be reached to ${what}: ${line(why)}`, {
    hint:
      unreachableHints.find(([words]) => words.test(why))?.[1] ??
      'nothing is wrong with the release itself; run the job again when the registry answers',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The problem behind a reply that is not what was asked for. `what` completes "does not let this run …". */
export function refusal(reply: HttpReply, what: string, access: Access): Problem {
  const { host } = new URL(reply.url);
  const errors = ociErrors(reply);
  const said = errors.map(({ code, message }) => (message === '' ? code : `${code}: ${message}`)).join('; ');
  const why = said === '' ? `it answered ${reply.status}` : `${reply.status} ${said}`;
  if (reply.status === 401 || reply.status === 403) return denied(what, host, access, why);
  if (reply.status === 408 || reply.status === 429 || reply.status >= 499) {
    return unreachable(what, host, `${why}, ${reply.tries} tries`);
  }
  return new Problem('OR-REGISTRY-REFUSED', `${host} refused to ${what}: ${line(why)}`, {
    hint: 'see that the host and the path name a registry that takes OCI images',
  });
}
