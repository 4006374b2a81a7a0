import { mkdtemp, readdir, rm } from 'node:fs/promises';
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
import { standInToken, startGitHub } from '../standins/github/index.ts';
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
    before: ['mkdir "$NOTES/packing"; if ls -d "$RUNNER_TEMP"/operator-release-*/login; then mkdir "$NOTES/login"; fi']
  image: ${off}
  e2e: ${off}
`;
const repository = 'acme/op';
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
    origin.git('tag', 'v1.0.0');
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
    github = await startGitHub();
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
      inputs: { 'github-token': standInToken, registry: `${proxy.host}/acme`, ...inputs },
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
});
