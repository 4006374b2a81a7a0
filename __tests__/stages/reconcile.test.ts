import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneOf } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { job, monorepo, names, pushTested, repository } from './monorepo.ts';
import type { Done } from './monorepo.ts';

/** Version tags without a release, against a real registry, real git and a stand-in for GitHub. */

const lab = requires('helm');
const seconds = 1000;

describe.skipIf(lab.missing.length > 0)(`reconcile${lab.note}`, { timeout: 120 * seconds }, () => {
  let origin: Repo;
  let registry: RealRegistry;
  let github: GitHubStandIn;
  let path: string;
  let clone: Repo;

  /** What a commit of main publishes after its tests. */
  const commit = async (subject: string): Promise<string> => {
    origin.write({ 'operators/nova/notes.txt': subject });
    const made = origin.commit(subject);
    for (const name of names) await pushTested(path, name, made);
    return made;
  };
  const reconcile = (inputs: Readonly<Record<string, string>> = {}, event = 'schedule'): Promise<Done> =>
    job({
      ...{ checkout: clone.root, registryPath: path, github, ref: 'refs/heads/main', event },
      ...{ commit: clone.git('rev-parse', 'HEAD'), inputs: { mode: 'reconcile', ...inputs } },
    });
  const released = (): string[] =>
    github.seed
      .repository(repository)
      .releases.filter(({ draft }) => !draft)
      .map(({ tag }) => tag);
  const digestOf = async (name: string): Promise<string | undefined> => {
    const [image = '', tag = ''] = name.split(':');
    return (await client().registry.headManifest(`${path}/${image}`, tag))?.digest;
  };
  const writes = (): number => github.requests.filter(({ write }) => write).length;

  beforeAll(async () => {
    registry = await startRegistry({ memory: true });
    path = `${registry.host}/octo`;
    origin = monorepo();
    github = await startGitHub();
    github.seed.repository(repository, { gitDir: origin.root });
    for (const name of names) await pushTested(path, name, origin.git('rev-parse', 'HEAD'));
    // Its commits come later: they have to be fetched, as in a clone that is not complete.
    clone = cloneOf(origin, 1);
  }, 120 * seconds);

  beforeEach(() => {
    github.requests.length = 0;
  });

  afterAll(async () => {
    expect(github.violations).toEqual([]);
    await github.close();
    await registry.stop();
    origin.remove();
    clone.remove();
  });

  it('has nothing to do where there is no version tag', async () => {
    const { problems, plans, log } = await reconcile();
    expect({ problems, plans }).toEqual({ problems: [], plans: [] });
    expect(log).toContain('nothing to do');
  });

  it('releases five tags of one push from the commits that they name, lowest first', async () => {
    const tags: Record<string, string> = {};
    for (const tag of ['nova/v1.0.0', 'nova/v1.0.1', 'nova/v1.1.0', 'keystone/v1.0.0', 'v2.0.0']) {
      tags[tag] = await commit(tag);
      origin.git('tag', '--annotate', '--message', tag, tag);
    }
    const listed = await reconcile({ 'dry-run': 'true' });
    expect([listed.problems, writes(), released()]).toEqual([[], 0, []]);
    expect(listed.log).toContain('nova/v1.0.1 is to be released (nova)');

    const { problems, plans, log } = await reconcile();
    expect(problems, log).toEqual([]);
    expect(plans.map(({ event }) => [event.refName, event.sha])).toEqual(
      ['keystone/v1.0.0', 'nova/v1.0.0', 'nova/v1.0.1', 'nova/v1.1.0', 'v2.0.0'].map((tag) => [tag, tags[tag]]),
    );
    expect(released().sort()).toEqual(Object.keys(tags).sort());
    expect(await digestOf('nova:v1.0')).toBe(await digestOf('nova:v1.0.1'));
    expect(await digestOf('nova:v1')).toBe(await digestOf('nova:v1.1.0'));
    expect(await digestOf('nova:stable')).toBe(await digestOf('nova:v2.0.0'));
    expect(await digestOf('nova:v1.0.0')).toBe(await digestOf(`nova:sha-${(tags['nova/v1.0.0'] ?? '').slice(0, 12)}`));
    const { latestId, releases } = github.seed.repository(repository);
    expect(releases.find(({ id }) => id === latestId)?.tag).toBe('v2.0.0');
    expect(clone.git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('writes nothing when it runs again', async () => {
    expect(await reconcile()).toMatchObject({ problems: [], plans: [] });
    expect(writes()).toBe(0);
  });

  it('goes on after a tag that fails, and says how it is released later', async () => {
    origin.write({ 'operators/nova/helm/nova-operator/values.yaml': 'image: {}\n' });
    const broken = origin.commit('broken');
    await pushTested(path, 'nova', broken);
    origin.git('tag', 'nova/v2.1.0');
    origin.write({ 'operators/nova/helm/nova-operator/values.yaml': 'image:\n  repository: x\n  tag: ""\n' });
    await commit('mended');
    origin.git('tag', 'nova/v2.1.1');
    const { problems } = await reconcile();
    const last = problems.at(-1);
    expect(problems[0]?.code).toBe('OR-CHART-IMAGE-VALUES');
    expect(`${last?.code ?? ''} ${last?.message ?? ''}`).toBe(
      'OR-RECONCILE 1 of 2 tags were not released: nova/v2.1.0',
    );
    expect(last?.hint).toContain('the input version, 2.1.0');
    expect(released()).toContain('nova/v2.1.1');
    expect(released()).not.toContain('nova/v2.1.0');

    github.requests.length = 0;
    const again = await reconcile();
    expect([again.problems, again.plans, writes()]).toEqual([[], [], 0]);
    expect(again.log).toContain('nova/v2.1.0 has no release and gets none: not above nova/v2.1.1');
    const asked = await reconcile({ version: '2.1.0' }, 'workflow_dispatch');
    expect(asked.problems.map(({ code }) => code)).toEqual(['OR-CHART-IMAGE-VALUES', 'OR-RECONCILE']);
  });

  it('only lists in a pull request', async () => {
    await commit('more');
    origin.git('tag', 'nova/v3.0.0');
    const { problems, plans, log } = await reconcile({}, 'pull_request');
    expect({ problems, plans, writes: writes() }).toEqual({ problems: [], plans: [], writes: 0 });
    expect(log).toContain('nothing is released: a pull request publishes nothing');
  });
});
