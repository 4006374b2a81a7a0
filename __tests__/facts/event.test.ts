import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { readEvent } from '../../src/facts/event.ts';
import type { EventFacts } from '../../src/facts/event.ts';

const folder = mkdtempSync(join(tmpdir(), 'event-'));
const sha = 'a'.repeat(40);
const before = 'b'.repeat(40);
const zeros = '0'.repeat(40);
const repository = { full_name: 'acme/ops', default_branch: 'trunk' };

let files = 0;
async function read(
  name: string,
  ref: string,
  payload: unknown,
  more: Record<string, string | undefined> = {},
  checksOnly = false,
): Promise<EventFacts> {
  const file = join(folder, `${files++}.json`);
  writeFileSync(file, typeof payload === 'string' ? payload : JSON.stringify(payload));
  const env = {
    GITHUB_EVENT_NAME: name,
    GITHUB_REF: ref,
    GITHUB_SHA: sha,
    GITHUB_REPOSITORY: 'acme/ops',
    GITHUB_EVENT_PATH: file,
    ...more,
  };
  return readEvent(env, checksOnly);
}

const pull = (headRepo: unknown): unknown => ({
  number: 7,
  repository,
  pull_request: { number: 7, base: { sha: before, ref: 'trunk' }, head: { sha, repo: headRepo } },
});

describe('readEvent', () => {
  it('reads a push', async () => {
    const event = await read(
      'push',
      'refs/heads/trunk',
      { ref: 'refs/heads/trunk', before, after: sha, repository },
      { GITHUB_RUN_ID: '42', GITHUB_RUN_ATTEMPT: '2' },
    );
    expect(event).toEqual({
      kind: 'push',
      name: 'push',
      ref: 'refs/heads/trunk',
      refName: 'trunk',
      sha,
      before,
      baseSha: null,
      baseBranch: null,
      repository: 'acme/ops',
      defaultBranch: 'trunk',
      fork: false,
      isPrivate: false,
      runId: '42',
      attempt: '2',
      serverUrl: 'https://github.com',
    });
  });

  const table: readonly [string, string, string, unknown, Partial<EventFacts>][] = [
    [
      'a pull request of the repository',
      'pull_request',
      'refs/pull/7/merge',
      pull(repository),
      { kind: 'pull_request', refName: '#7', baseSha: before, baseBranch: 'trunk', fork: false },
    ],
    [
      'a pull request of a fork',
      'pull_request',
      'refs/pull/7/merge',
      pull({ full_name: 'eve/ops' }),
      { kind: 'pull_request', fork: true },
    ],
    [
      'a pull request whose fork is gone',
      'pull_request',
      'refs/pull/7/merge',
      pull(null),
      { kind: 'pull_request', fork: true },
    ],
    [
      'the push of a tag',
      'push',
      'refs/tags/v1.2.3',
      { before: zeros, repository },
      { kind: 'tag', refName: 'v1.2.3', before: null },
    ],
    [
      'the push of a tag with slashes',
      'push',
      'refs/tags/keystone/v1.2.3',
      { repository },
      { kind: 'tag', refName: 'keystone/v1.2.3' },
    ],
    [
      'the push of a new branch',
      'push',
      'refs/heads/a/b',
      { before: zeros, repository },
      { kind: 'push', refName: 'a/b', before: null },
    ],
    [
      'a dispatch on a branch',
      'workflow_dispatch',
      'refs/heads/trunk',
      { inputs: {}, repository },
      { kind: 'workflow_dispatch', refName: 'trunk' },
    ],
    [
      'a dispatch on a tag',
      'workflow_dispatch',
      'refs/tags/v1.0.0',
      { repository },
      { kind: 'tag', refName: 'v1.0.0' },
    ],
    [
      'a dispatch from elsewhere',
      'repository_dispatch',
      'refs/heads/trunk',
      { repository },
      { kind: 'workflow_dispatch' },
    ],
    [
      'a schedule',
      'schedule',
      'refs/heads/trunk',
      { schedule: '0 3 * * *', repository },
      { kind: 'schedule', refName: 'trunk' },
    ],
    [
      'a merge queue',
      'merge_group',
      'refs/heads/gh-readonly-queue/trunk/pr-7-b',
      { merge_group: { base_sha: before, base_ref: 'refs/heads/trunk' }, repository },
      { kind: 'pull_request', baseSha: before, baseBranch: 'trunk' },
    ],
    [
      'a release that was made by hand',
      'release',
      'refs/tags/v1.0.0',
      { release: {}, repository },
      { kind: 'tag', refName: 'v1.0.0' },
    ],
    [
      'a branch that is called like a tag',
      'push',
      'refs/heads/refs/tags/v1.0.0',
      { repository },
      { kind: 'push', refName: 'refs/tags/v1.0.0' },
    ],
    [
      'commits that are none',
      'push',
      'refs/heads/trunk',
      { before: '--upload-pack=evil', repository },
      { before: null },
    ],
    ['an empty payload', 'push', 'refs/heads/trunk', {}, { before: null, repository: 'acme/ops', defaultBranch: null }],
    [
      'a payload of another shape',
      'push',
      'refs/heads/trunk',
      [1, { before: 7 }],
      { before: null, repository: 'acme/ops' },
    ],
    ['a payload that is null', 'push', 'refs/heads/trunk', null, { before: null }],
  ];
  it.each(table)('reads %s', async (_, name, ref, payload, expected) => {
    expect(await read(name, ref, payload)).toMatchObject(expected);
  });

  it('takes the reference of the payload where the runner gives none', async () => {
    expect(await read('push', 'refs/heads/x', { ref: 'refs/heads/y' }, { GITHUB_REF: undefined })).toMatchObject({
      ref: 'refs/heads/y',
    });
  });

  it.each([
    ...['pull_request_target', 'workflow_run', 'issue_comment', 'issues', 'discussion', 'discussion_comment'],
    ...['fork', 'watch', 'gollum'],
  ])('refuses %s, unless only checks were asked for', async (name) => {
    await expect(read(name, 'refs/heads/trunk', pull({ full_name: 'eve/ops' }))).rejects.toMatchObject({
      code: 'OR-EVENT-REFUSED',
    });
    expect(await read(name, 'refs/heads/trunk', { repository }, {}, true)).toMatchObject({ kind: 'pull_request' });
  });

  it('says which payload cannot be read', async () => {
    await expect(read('push', 'refs/heads/trunk', '{"broken')).rejects.toMatchObject({ code: 'OR-EVENT-PAYLOAD' });
    const missing = read('push', 'refs/heads/trunk', {}, { GITHUB_EVENT_PATH: join(folder, 'missing.json') });
    await expect(missing).rejects.toThrow(Problem);
    await expect(missing).rejects.toThrow('missing.json');
  });

  it('is on a laptop where no runner says otherwise', async () => {
    expect(await readEvent({}, false)).toMatchObject({ kind: 'local', sha: null, repository: null, fork: false });
    expect(await readEvent({ GITHUB_REPOSITORY: 'acme/ops' }, false)).toMatchObject({
      kind: 'local',
      repository: 'acme/ops',
    });
  });
});
