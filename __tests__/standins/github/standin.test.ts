import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitHubStandIn, standInToken, startGitHub } from './index.ts';

/** The stand-in itself: what it refuses, and that it answers from a real repository and as a process. */

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'operator-release-standin-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly status: number;
  readonly link: string | null;
  readonly body: Record<string, unknown>;
}

async function ask(url: string, method = 'GET', body?: unknown, token = standInToken): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    link: response.headers.get('link'),
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}

describe('keeps to what GitHub describes', () => {
  let standIn: GitHubStandIn;
  let at: string;
  beforeAll(async () => {
    standIn = await startGitHub({ tokens: { [standInToken]: 'write', reader: 'read' } });
    at = `${standIn.apiUrl}/repos/octo/ops`;
    standIn.seed.repository('octo/ops');
  });
  afterAll(() => standIn.close());

  it.each([
    ['an unknown endpoint', 'GET', '/nothing', undefined],
    ['an unknown parameter', 'GET', '/releases?sort=asc', undefined],
    ['a parameter of the wrong type', 'GET', '/releases?page=first', undefined],
    ['an unknown field', 'POST', '/releases', { tag_name: 'v1', latest: true }],
    ['a field of the wrong type', 'POST', '/releases', { tag_name: 'v1', make_latest: 'yes' }],
    ['a missing field', 'POST', '/releases', { name: 'x' }],
    ['an upload at the API host', 'POST', '/releases/1/assets?name=x', undefined],
  ])('refuses %s', async (_name, method, path, body) => {
    standIn.violations.length = 0;
    expect((await ask(at + path, method, body)).status).toBe(500);
    expect(standIn.violations).toHaveLength(1);
    expect(standIn.state.repositories[0]?.releases).toEqual([]);
  });

  it('finds a wrong reply of its own', async () => {
    standIn.violations.length = 0;
    const repository = standIn.seed.repository('octo/ops');
    const release = standIn.seed.release(repository, 'v0', { name: 7 as unknown as string });
    expect((await ask(`${at}/releases/${release.id}`)).status).toBe(500);
    expect(standIn.violations.join()).toContain('repos/get-release 200/name');
    repository.releases = [];
  });

  it('knows who may do what', async () => {
    expect((await ask(at, 'GET', undefined, 'nobody')).status).toBe(401);
    expect((await fetch(at)).status).toBe(401);
    expect((await ask(`${at}/releases`, 'POST', { tag_name: 'v1' }, 'reader')).body['message']).toBe(
      'Resource not accessible by integration',
    );
    const repository = standIn.seed.repository('octo/ops');
    const draft = standIn.seed.release(repository, 'v1', { draft: true });
    expect((await ask(`${at}/releases/${draft.id}`, 'GET', undefined, 'reader')).status).toBe(404);
    expect((await ask(`${at}/releases/tags/v1`)).status).toBe(404);
    expect((await ask(`${at}/releases/${draft.id}`)).status).toBe(200);
    repository.releases = [];
  });

  it('lets a second draft of a tag be, but not a second release; burns the tag of an immutable one', async () => {
    const repository = standIn.seed.repository('octo/ops', { immutableReleases: true });
    standIn.seed.tag(repository, 'v2', standIn.seed.commit(repository, 'x'));
    const make = async (): Promise<Answer> => ask(`${at}/releases`, 'POST', { tag_name: 'v2', draft: true });
    const [one, two] = [await make(), await make()];
    expect([one.status, two.status]).toEqual([201, 201]);
    const publish = async (draft: Answer): Promise<Answer> =>
      ask(`${at}/releases/${String(draft.body['id'])}`, 'PATCH', { draft: false });
    expect((await publish(one)).body).toMatchObject({ draft: false, immutable: true });
    expect(await publish(two)).toMatchObject({ status: 422, body: { errors: [{ code: 'already_exists' }] } });
    await ask(`${at}/releases/${String(one.body['id'])}`, 'DELETE');
    expect((await make()).body).toMatchObject({ errors: [{ message: 'tag_name was used by an immutable release' }] });
  });

  it('gives published assets to everybody, and its storage takes no token', async () => {
    const repository = standIn.seed.repository('octo/three');
    const release = standIn.seed.release(repository, 'op/v1', { draft: true });
    standIn.seed.asset(release, 'a.txt', 'hello');
    const url = `${standIn.serverUrl}/octo/three/releases/download/op/v1/a.txt`;
    expect((await fetch(url)).status).toBe(404);
    release.draft = false;
    const got = await fetch(url);
    expect(await got.text()).toBe('hello');
    standIn.violations.length = 0;
    expect((await ask(got.url)).status).toBe(500);
    expect(standIn.violations).toEqual(['the token was sent to the storage host']);
  });

  it('moves Latest as make_latest says', async () => {
    const repository = standIn.seed.repository('octo/two');
    const here = `${standIn.apiUrl}/repos/octo/two/releases`;
    standIn.seed.commit(repository, 'x');
    const publish = async (tag: string, latest?: string): Promise<unknown> => {
      await ask(here, 'POST', { tag_name: tag, ...(latest === undefined ? {} : { make_latest: latest }) });
      return (await ask(`${here}/latest`)).body['tag_name'];
    };
    expect(await publish('v2.0.0')).toBe('v2.0.0');
    expect(await publish('v1.9.5', 'legacy')).toBe('v2.0.0');
    expect(await publish('v1.9.6', 'false')).toBe('v2.0.0');
    expect(await publish('v1.9.7')).toBe('v1.9.7');
  });
});

it('answers for refs and commits from a repository on disk', async () => {
  const dir = join(folder, 'repo');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@example.com', '-C', dir, ...args])
      .toString()
      .trim();
  execFileSync('git', ['init', '-q', '-b', 'main', dir]);
  git('commit', '-q', '--allow-empty', '-m', 'feat: one');
  git('tag', '-a', 'op/v1.0.0', '-m', 'first');
  const base = git('rev-parse', 'HEAD');
  git('commit', '-q', '--allow-empty', '-m', 'fix: two\n\nbody');
  const head = git('rev-parse', 'HEAD');
  const standIn = await startGitHub();
  standIn.seed.repository('octo/ops', { gitDir: dir });
  const at = `${standIn.apiUrl}/repos/octo/ops`;
  const ref = await ask(`${at}/git/ref/tags/op/v1.0.0`);
  const object = ref.body['object'] as { sha: string; type: string };
  expect(object.type).toBe('tag');
  expect((await ask(`${at}/git/tags/${object.sha}`)).body).toMatchObject({ tag: 'op/v1.0.0', object: { sha: base } });
  expect((await ask(`${at}/commits/main`)).body).toMatchObject({ sha: head, commit: { message: 'fix: two\n\nbody' } });
  expect((await ask(`${at}/compare/op%2Fv1.0.0...main`)).body).toMatchObject({
    ahead_by: 1,
    behind_by: 0,
    status: 'ahead',
  });
  expect((await ask(`${at}/git/matching-refs/tags/op`)).body).toHaveLength(1);
  expect((await ask(`${at}/releases`, 'POST', { tag_name: 'v2', target_commitish: 'main' })).status).toBe(201);
  expect(git('rev-parse', 'v2')).toBe(head);
  expect(standIn.violations).toEqual([]);
  await standIn.close();
});

it('runs as a process, takes orders, and keeps its state', async () => {
  const state = join(folder, 'state');
  const start = async (): Promise<{ apiUrl: string; stop: () => Promise<void> }> => {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, '--state', state, '--repo', 'octo/ops', '--token', 'abc=write'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await Promise.race([
      createInterface(child.stdout)
        [Symbol.asyncIterator]()
        .next()
        .then((r) => [r.value]),
      new Promise((_, reject) => child.once('exit', (code) => reject(new Error(`ended with ${String(code)}`)))),
    ])) as [string];
    const { apiUrl } = JSON.parse(line) as { apiUrl: string };
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    return { apiUrl, stop: () => (child.kill('SIGTERM'), ended) };
  };
  const first = await start();
  const at = `${first.apiUrl}/repos/octo/ops/releases`;
  await ask(`${first.apiUrl}/_standin/faults`, 'POST', {
    match: { operation: 'repos/create-release' },
    kind: 'lost-reply',
  });
  expect((await ask(at, 'POST', { tag_name: 'v1', draft: true }, 'abc')).status).toBe(502);
  const [request] = (await ask(`${first.apiUrl}/_standin/requests`)).body as unknown as Record<string, unknown>[];
  expect(request).toMatchObject({ operation: 'repos/create-release', write: true, fault: 'lost-reply', status: 502 });
  expect((await ask(`${first.apiUrl}/_standin/violations`)).body).toEqual([]);
  await first.stop();
  const second = await start();
  const { body } = await ask(`${second.apiUrl}/_standin/state`);
  expect(body).toMatchObject({ repositories: [{ releases: [{ tag: 'v1', draft: true }] }] });
  await second.stop();
});
