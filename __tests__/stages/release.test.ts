import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/release/receipt.ts';
import type { Repo, Tree } from '../fixtures/repos/repo.ts';
import { only } from '../github/bench.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { configFile, job, monorepo, pushTested, repository, tree } from './monorepo.ts';
import type { Done } from './monorepo.ts';

/** The release of one operator of several, by its own tag, against a real registry and a stand-in for GitHub. */

const lab = requires('helm');
const tag = 'keystone/v1.2.3';
const config = tree[configFile] ?? '';
const unpublished: Tree = {
  [configFile]: config
    .replace('  chart: {', '  chart: { publish: { enabled: false },')
    .replace('defaults:', 'defaults:\n  image: { publish: { enabled: false } }'),
};

describe.skipIf(lab.missing.length > 0)(`a release${lab.note}`, { timeout: 120_000 }, () => {
  let origin: Repo;
  let commit: string;
  let registry: RealRegistry;
  let github: GitHubStandIn;

  beforeEach(async () => {
    origin = monorepo();
    registry = await startRegistry({ memory: true });
  }, startTimeout);
  afterEach(async () => {
    expect(github.violations).toEqual([]);
    await github.close();
    await registry.stop();
    origin.remove();
  });

  /** Tags what is there now, with an image that was tested for it. */
  const begin = async (change: Tree = {}): Promise<void> => {
    origin.write(change);
    commit = origin.commit('feat: more');
    origin.git('tag', tag);
    github = await startGitHub();
    github.seed.repository(repository, { gitDir: origin.root });
    await pushTested(`${registry.host}/octo`, 'keystone', commit);
  };
  const run = (): Promise<Done> =>
    job({ checkout: origin.root, registryPath: `${registry.host}/octo`, github, ref: `refs/tags/${tag}`, commit });
  const download = async (name: string): Promise<string> => {
    const url = `${github.serverUrl}/${repository}/releases/download/${encodeURIComponent(tag)}/${name}`;
    return (await fetch(url)).text();
  };

  it('gives Latest back that it took from a higher release before it was killed', async () => {
    await begin();
    expect((await run()).problems).toEqual([]);
    const at = github.seed.repository(repository);
    const ours = only(at);
    expect(at.latestId).toBe(ours.id);
    // A higher one was published right before ours; then the machine was gone.
    origin.git('tag', 'keystone/v1.3.0');
    const higher = github.seed.release(at, 'keystone/v1.3.0');
    at.latestId = ours.id;
    expect((await run()).problems).toEqual([]);
    expect(at.latestId).toBe(higher.id);
    github.requests.length = 0;
    expect((await run()).problems).toEqual([]);
    expect(github.requests.filter(({ write }) => write)).toEqual([]);
  });

  it('leaves Latest where a person put it, unless a higher release should have it', async () => {
    await begin();
    expect((await run()).problems).toEqual([]);
    const at = github.seed.repository(repository);
    const ours = at.latestId;
    const chosen = github.seed.release(at, 'nova/v0.9.0', { latest: true });
    expect((await run()).problems).toEqual([]);
    expect([ours === chosen.id, at.latestId]).toEqual([false, chosen.id]);
  });

  const chart = 'operators/keystone/helm/keystone-operator';
  const crd = (name: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${name}.example.com }
spec: { group: example.com, names: { kind: X, plural: ${name} }, scope: Namespaced, versions: [] }
`;
  const assetNames = (): readonly string[] => only(github.seed.repository(repository)).assets.map(({ name }) => name);

  it('has the CRDs that Helm does not upgrade as a file, and says how to apply them', async () => {
    await begin({ [`${chart}/crds/a.yaml`]: crd('as'), [`${chart}/crds/b.yaml`]: `---\n# of b\n${crd('bs')}---\n` });
    expect((await run()).problems).toEqual([]);
    expect(await download('crds.yaml')).toBe(`---\n${crd('as')}---\n# of b\n${crd('bs')}`);
    expect(await download('checksums.txt')).toContain('  crds.yaml\n');
    expect(assetNames()).toHaveLength(5);
    const { body } = only(github.seed.repository(repository));
    expect(body).toMatch(/kubectl apply --server-side --force-conflicts -f \S+\/crds\.yaml\nhelm upgrade --install/);
    github.requests.length = 0;
    expect((await run()).problems).toEqual([]);
    expect(github.requests.filter(({ write }) => write)).toEqual([]);
  });

  it('has those among the templates of the chart as a file, too, which Helm looks after', async () => {
    await begin({ [`${chart}/templates/crds.yaml`]: `${crd('as')}---\n${crd('bs')}` });
    expect((await run()).problems).toEqual([]);
    expect((await download('crds.yaml')).match(/kind: CustomResourceDefinition/g)).toHaveLength(2);
    expect(only(github.seed.repository(repository)).body).not.toContain('crds.yaml');
  });

  it('has no such file where there are no CRDs', async () => {
    await begin();
    expect((await run()).problems).toEqual([]);
    expect([...assetNames()].sort()).toEqual([
      ...['checksums.txt', 'install.yaml', 'keystone-operator-1.2.3.tgz', 'release.json'],
    ]);
  });

  it('advertises no name that it has not given', async () => {
    await begin(unpublished);
    expect((await run()).problems).toEqual([]);
    const { body } = only(github.seed.repository(repository));
    expect(body).not.toMatch(/helm upgrade|kind: OCIRepository|oci:|keystone:v1\.2\.3/);
    expect(body).toContain('kubectl apply');
    const receipt = JSON.parse(await download('release.json')) as Receipt;
    const image = { repository: `${registry.host}/octo/keystone`, tags: [] };
    expect(receipt.operators).toMatchObject([{ name: 'keystone', image, chart: null }]);
    expect(await client().registry.listTags(`${registry.host}/octo/keystone`)).toEqual([`sha-${commit.slice(0, 12)}`]);
  });
});
