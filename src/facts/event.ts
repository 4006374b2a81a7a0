import { readFile } from 'node:fs/promises';
import { Problem } from '../errors.ts';
import type { EventKind } from '../plan/types.ts';

/** What GitHub says of the event that started the run. */
export interface EventFacts {
  readonly kind: EventKind;
  /** GitHub's own name of the event, `local` on a laptop. */
  readonly name: string;
  readonly ref: string;
  readonly refName: string;
  /** `GITHUB_SHA`; null on a laptop, where HEAD is meant. */
  readonly sha: string | null;
  /** Commit before a push; null when there is none (new branch, or another event). */
  readonly before: string | null;
  /** Commit at the tip of a pull request's base branch. */
  readonly baseSha: string | null;
  /** The branch that a pull request is for. */
  readonly baseBranch: string | null;
  readonly repository: string | null;
  readonly defaultBranch: string | null;
  readonly fork: boolean;
  /** Its name is not for everybody: private, or internal to an enterprise. */
  readonly isPrivate: boolean;
  readonly runId: string;
  readonly attempt: string;
  readonly serverUrl: string;
}

const foreignCode = "runs with the repository's secrets on code that anybody can send";
const foreignStart = "runs with the repository's secrets whenever anybody likes";
/** Events by which people without any right in the repository make a run that has its rights, and what is wrong with them. */
const dangerous: ReadonlyMap<string, string> = new Map([
  ['pull_request_target', foreignCode],
  ['workflow_run', foreignCode],
  ...['issue_comment', 'issues', 'discussion', 'discussion_comment', 'fork', 'watch', 'gollum'].map(
    (name): [string, string] => [name, foreignStart],
  ),
]);
const kinds: Readonly<Record<string, EventKind>> = {
  pull_request: 'pull_request',
  pull_request_review: 'pull_request',
  pull_request_review_comment: 'pull_request',
  merge_group: 'pull_request',
  workflow_dispatch: 'workflow_dispatch',
  repository_dispatch: 'workflow_dispatch',
  schedule: 'schedule',
};

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The event from the runner's variables and its payload file. `checksOnly`: the stages that were asked for change nothing
 * outside the machine, which is the only way in which events are allowed that anybody can cause, such as
 * `pull_request_target`, `workflow_run` and `issue_comment`.
 * Errors: OR-EVENT-REFUSED, OR-EVENT-PAYLOAD.
 */
export async function readEvent(env: Env, checksOnly: boolean): Promise<EventFacts> {
  const name = env['GITHUB_EVENT_NAME'] ?? '';
  if (name === '') return localEvent(env);
  const danger = dangerous.get(name);
  if (danger !== undefined && !checksOnly) {
    throw new Problem('OR-EVENT-REFUSED', `the event ${name} ${danger}`, {
      hint: 'use pull_request and push, or name checks only in the input stages',
    });
  }
  const payload = await readPayload(env['GITHUB_EVENT_PATH']);
  const ref = env['GITHUB_REF'] ?? text(payload, 'ref') ?? '';
  const kind: EventKind = kinds[name] ?? (danger === undefined ? pushKind(ref) : 'pull_request');
  const headRepository = text(payload, 'pull_request', 'head', 'repo', 'full_name');
  // The payload first: act fills the variable with a repository of its own where the clone has no origin.
  const repository = text(payload, 'repository', 'full_name') ?? env['GITHUB_REPOSITORY'] ?? null;
  const pull = payload === null ? undefined : number(payload, 'number');
  return {
    kind: kind === 'workflow_dispatch' && ref.startsWith('refs/tags/') ? 'tag' : kind,
    name,
    ref,
    refName: pull !== undefined && kind === 'pull_request' ? `#${pull}` : shortRef(ref),
    sha: env['GITHUB_SHA'] ?? null,
    before: commitOrNull(text(payload, 'before')),
    baseSha: commitOrNull(text(payload, 'pull_request', 'base', 'sha') ?? text(payload, 'merge_group', 'base_sha')),
    baseBranch: branchOrNull(text(payload, 'pull_request', 'base', 'ref') ?? text(payload, 'merge_group', 'base_ref')),
    repository,
    defaultBranch: text(payload, 'repository', 'default_branch') ?? null,
    // A fork that was deleted meanwhile has no name any more.
    fork: at(payload, ['pull_request', 'head']) !== undefined && headRepository !== repository,
    isPrivate: at(payload, ['repository', 'private']) === true,
    runId: env['GITHUB_RUN_ID'] ?? '0',
    attempt: env['GITHUB_RUN_ATTEMPT'] ?? '1',
    serverUrl: env['GITHUB_SERVER_URL'] ?? 'https://github.com',
  };
}

function localEvent(env: Env): EventFacts {
  return {
    kind: 'local',
    name: 'local',
    ref: '',
    refName: '',
    sha: null,
    before: null,
    baseSha: null,
    baseBranch: null,
    repository: env['GITHUB_REPOSITORY'] ?? null,
    defaultBranch: null,
    fork: false,
    isPrivate: false,
    runId: '0',
    attempt: '1',
    serverUrl: env['GITHUB_SERVER_URL'] ?? 'https://github.com',
  };
}

function pushKind(ref: string): EventKind {
  if (ref.startsWith('refs/pull/')) return 'pull_request';
  return ref.startsWith('refs/tags/') ? 'tag' : 'push';
}

function branchOrNull(ref: string | undefined): string | null {
  return ref === undefined ? null : shortRef(ref);
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, '');
}

/** All zeros stands for "no such commit": a branch that was just made. */
function commitOrNull(sha: string | undefined): string | null {
  return sha !== undefined && /^[0-9a-f]{40}$/.test(sha) && !/^0+$/.test(sha) ? sha : null;
}

async function readPayload(path: string | undefined): Promise<unknown> {
  if (path === undefined || path === '') return null;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new Problem('OR-EVENT-PAYLOAD', `the event's payload ${path} cannot be read as JSON`, {
      hint: 'GITHUB_EVENT_PATH has to name the file that the runner wrote',
      cause,
    });
  }
}

function at(value: unknown, keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

function text(value: unknown, ...keys: string[]): string | undefined {
  const found = at(value, keys);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function number(value: unknown, ...keys: string[]): number | undefined {
  const found = at(value, keys);
  return typeof found === 'number' ? found : undefined;
}
