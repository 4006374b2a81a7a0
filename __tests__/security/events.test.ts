import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chartIn } from '../chart/charts.ts';
import { startProcess } from '../conformance/process.ts';
import type { ProcessResult } from '../conformance/process.ts';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { look } from '../github/bench.ts';
import { requires } from '../helpers/lab.ts';
import { pushEvent, pushVariables } from '../lab/push.ts';
import { isWrite, startProxy } from '../registry/fault-proxy.ts';
import type { Proxy } from '../registry/fault-proxy.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/** Whole runs, each for another event and otherwise the same: an operator with a chart, whose tag makes a release. */

const lab = requires('helm');
const root = join(import.meta.dirname, '../..');
const off = '{ enabled: false }';
const config = `defaults:
  verify: ${off}
  lint: ${off}
  test: { unit: ${off}, integration: ${off} }
  chart:
    check: ${off}
    before: ['mkdir -p "$NOTES/packing"; if ls -d "$RUNNER_TEMP"/operator-release-*/login; then mkdir -p "$NOTES/login"; fi']
  image: ${off}
  e2e: ${off}
`;
const repository = 'acme/op';
const tokens = { read: 'ghs_read-0123456789', write: 'ghs_write-0123456789' };
const head = (full_name: string): object => ({ head: { repo: { full_name } } });

describe.skipIf(lab.missing.length > 0)(`an event${lab.note}`, { timeout: 120_000 }, () => {
  let origin: Repo;
  let registry: RealRegistry;
  let proxy: Proxy;
  let github: GitHubStandIn;
  let notes: string;
  let checkout: Repo;

  beforeAll(async () => {
    origin = makeRepo({
      '.github/operator-release.yaml': config,
      PROJECT: 'projectName: op\n',
      ...chartIn('charts/op', 'op'),
    });
    for (const tag of ['v1.0.0', 'v1.1.0']) origin.git('tag', tag);
    registry = await startRegistry({ memory: true });
    proxy = await startProxy(registry.host);
  }, startTimeout);
  afterAll(async () => {
    await proxy.stop();
    await registry.stop();
    origin.remove();
  });
  beforeEach(async () => {
    proxy.reset();
    github = await startGitHub({ tokens: { [tokens.read]: 'read', [tokens.write]: 'write' } });
    github.seed.repository(repository, { gitDir: origin.root });
    notes = await mkdtemp(join(tmpdir(), 'notes-'));
    checkout = cloneOf(origin);
  });
  afterEach(async () => {
    await github.close();
    checkout.remove();
    await rm(notes, { recursive: true });
  });

  const run = async (
    name: string,
    ref: string,
    payload: object,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<ProcessResult> => {
    const sha = origin.git('rev-parse', 'HEAD');
    const pushed = { repository, branch: 'main', ref: 'main', sha };
    const step = await startProcess({
      main: join(root, 'src/main.ts'),
      post: join(root, 'src/post.ts'),
      workspace: checkout.root,
      event: { ...pushEvent(origin, pushed), ref, ...payload },
      variables: {
        ...pushVariables(github, pushed),
        ...{ GITHUB_EVENT_NAME: name, GITHUB_REF: ref, GITHUB_REF_NAME: ref.split('/').slice(2).join('/') },
        NOTES: notes,
      },
      inputs: { 'github-token': tokens.write, registry: `${proxy.host}/acme`, ...inputs },
    });
    return step.end();
  };
  const writes = (): readonly string[] => [
    ...proxy.seen.filter(isWrite).map(({ method, url }) => `${method} ${url}`),
    ...github.requests.filter(({ write }) => write).map(({ method, path }) => `${method} ${path}`),
  ];

  it('of a tag publishes, so that those below are not silent for another reason', async () => {
    const tagged = await run('push', 'refs/tags/v1.0.0', {});
    expect(tagged.exitCode, tagged.log).toBe(0);
    expect(look(github.seed.repository(repository))).toMatchObject({ releases: [{ tag: 'v1.0.0', draft: false }] });
    expect(writes().filter((line) => line.includes('/manifests/1.0.0'))).toHaveLength(1);
    expect((await readdir(notes)).sort()).toEqual(['login', 'packing']);
    expect(tagged.left).toEqual([]);
  });

  it.each([
    ['a fork', 'pull_request', 'refs/pull/7/merge', { number: 7, pull_request: head('eve/op') }, 'from a fork'],
    [
      'a fork that is gone',
      'pull_request',
      'refs/pull/7/merge',
      { number: 7, pull_request: { head: { repo: null } } },
      'from a fork',
    ],
    [
      'a review of a fork',
      'pull_request_review',
      'refs/pull/7/merge',
      { number: 7, pull_request: head('eve/op') },
      'from a fork',
    ],
  ])('of a pull request from %s checks, logs in nowhere and publishes nothing', async (_, name, ref, payload, why) => {
    const result = await run(name, ref, payload);
    expect(result.exitCode, result.log).toBe(0);
    expect(await readdir(notes)).toEqual(['packing']);
    expect(writes()).toEqual([]);
    expect(proxy.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(result.summary).toContain(`a pull request ${why} publishes nothing`);
  });

  it.each([
    [
      'a pull request of this repository',
      'pull_request',
      'refs/pull/7/merge',
      { number: 7, pull_request: head(repository) },
    ],
    ['the merge queue', 'merge_group', 'refs/heads/gh-readonly-queue/main/pr-7-abc', {}],
    ['a schedule', 'schedule', 'refs/heads/main', {}],
    ['an event of a pull request that is not known', 'pull_request_future', 'refs/pull/7/merge', {}],
  ])('of %s publishes nothing', async (_, name, ref, payload) => {
    const result = await run(name, ref, payload);
    expect(result.exitCode, result.log).toBe(0);
    expect(writes()).toEqual([]);
    expect(await readdir(notes)).toContain('packing');
  });

  it.each(['pull_request_target', 'workflow_run', 'issue_comment'])(
    '%s is refused before any request, unless only checks are asked for',
    async (name) => {
      const payload = { issue: { number: 7 }, comment: { body: '/release v1.0.0' }, workflow_run: head('eve/op') };
      const refused = await run(name, 'refs/heads/main', payload);
      expect(refused.exitCode).toBe(1);
      expect(refused.log).toMatch(new RegExp(`::error::.*the event ${name} runs with the repository's secrets`));
      expect(refused.summary).toContain('OR-EVENT-REFUSED');
      expect([...proxy.seen, ...github.requests]).toEqual([]);
      expect(await readdir(notes)).toEqual([]);
    },
  );

  it.each(['pull_request_target', 'issue_comment'])('%s checks, and publishes nothing', async (name) => {
    const checked = await run(name, 'refs/heads/main', {}, { stages: 'chart-package' });
    expect(checked.exitCode, checked.log).toBe(0);
    expect(await readdir(notes)).toContain('packing');
    expect(writes()).toEqual([]);
  });

  describe('needs the permissions that the README names, and no others', () => {
    type Run = (token: keyof typeof tokens) => Promise<ProcessResult>;
    const as = (name: string, ref: string, inputs: Readonly<Record<string, string>> = {}): Run => {
      return (token) => run(name, ref, { number: 7 }, { 'github-token': tokens[token], ...inputs });
    };
    const jobs: Readonly<Record<string, readonly Run[]>> = {
      'pull request, schedule': [as('pull_request', 'refs/pull/7/merge'), as('schedule', 'refs/heads/main')],
      '`mode: plan`': [as('push', 'refs/tags/v1.0.0', { mode: 'plan' })],
      'push to a branch': [as('push', 'refs/heads/main')],
      'version tag': [as('push', 'refs/tags/v1.1.0')],
    };

    it('in a table that has a row for each job', async () => {
      expect([...(await permissions()).keys()]).toEqual(Object.keys(jobs));
    });

    it.each(Object.keys(jobs))('%s', async (name) => {
      const { contents, packages } = (await permissions()).get(name) ?? {};
      expect(contents).toMatch(/^(?:read|write)$/);
      for (const job of jobs[name] ?? []) {
        proxy.reset();
        const result = await job(contents as keyof typeof tokens);
        expect(result.exitCode, result.log).toBe(0);
        const registryWrites = proxy.seen.filter(isWrite).length;
        if (packages === 'write') expect(registryWrites).toBeGreaterThan(0);
        else expect(registryWrites).toBe(0);
        if (packages === '–') expect(proxy.seen).toEqual([]);
      }
      expect(github.requests.some(({ write }) => write)).toBe(contents === 'write');
    });

    it('and says before any work when a tag has less', async () => {
      const result = await as('push', 'refs/tags/v1.0.0')('read');
      expect(result.exitCode).toBe(1);
      expect(result.log).toContain('permissions: contents: write');
      expect(await readdir(notes)).toEqual([]);
      expect(proxy.seen.filter(isWrite)).toEqual([]);
    });
  });
});

/** The README's table: job -> what it has to be given. */
async function permissions(): Promise<ReadonlyMap<string, { contents: string; packages: string }>> {
  const text = await readFile(join(root, 'README.md'), 'utf8');
  const section = /^## Permissions\n([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  const rows = section.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    return line.startsWith('|') && !/^\|[ -]*-/.test(line) ? [cells.slice(1)] : [];
  });
  return new Map(rows.slice(1).map(([job = '', contents = '', packages = '']) => [job, { contents, packages }]));
}
