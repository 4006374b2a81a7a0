import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { look } from '../github/bench.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { job, names, pushTested, repository, tree } from './monorepo.ts';
import type { Done } from './monorepo.ts';

/** A chart that deploys what is not there, against a real registry: nothing of it, and of its companions, gets a name. */

const lab = requires('helm');

describe.skipIf(lab.missing.length > 0)(`a chart that deploys an absent image${lab.note}`, { timeout: 300_000 }, () => {
  let origin: Repo;
  let commit: string;
  let registry: RealRegistry;
  let github: GitHubStandIn;
  let absent: string;

  beforeAll(async () => {
    registry = await startRegistry({ memory: true });
    absent = `${registry.host}/octo/sidecar:v1`;
    const template = 'operators/nova/helm/nova-operator/templates/deployment.yaml';
    const withSidecar = `${tree[template] ?? ''}        - { name: sidecar, image: "${absent}" }\n`;
    origin = makeRepo({ ...tree, [template]: withSidecar });
    commit = origin.git('rev-parse', 'HEAD');
    for (const tag of ['v1.2.3', 'nova/v2.0.0']) origin.git('tag', tag);
    github = await startGitHub();
    github.seed.repository(repository, { gitDir: origin.root });
    for (const name of names) await pushTested(`${registry.host}/octo`, name, commit);
  }, startTimeout);
  afterAll(async () => {
    await github.close();
    await registry.stop();
    origin.remove();
  });

  const run = (tag: string, inputs: Readonly<Record<string, string>>): Promise<Done> =>
    job({
      ...{ checkout: origin.root, registryPath: `${registry.host}/octo`, github, ref: `refs/tags/${tag}`, commit },
      inputs,
    });

  /** Names that are versions: of images and of charts. */
  const versions = async (): Promise<readonly string[]> => {
    const { registry: reader } = client();
    const paths = names.flatMap((name) => [name, `charts/${name}-operator`]);
    const tags = await Promise.all(paths.map((path) => reader.listTags(`${registry.host}/octo/${path}`)));
    return tags.flat().filter((tag) => !/^(?:sha|candidate)-/.test(tag));
  };

  const says = (done: Done): readonly string[] => done.problems.map(({ code, message }) => `${code} ${message}`);
  const refused = (): string => `OR-GATE-IMAGE the packaged chart deploys ${absent}, which its registry does not have`;

  it('is refused before its operator gets any name', async () => {
    const done = await run('nova/v2.0.0', {});
    expect(says(done)).toEqual([refused()]);
    expect(await versions()).toEqual([]);
    expect(look(github.seed.repository(repository))).toMatchObject({ releases: [] });
  });

  it('is refused by mode: finish before any operator of the tag gets a name', async () => {
    for (const name of names) expect(says(await run('v1.2.3', { operators: name }))).toEqual([]);
    const done = await run('v1.2.3', { mode: 'finish' });
    expect(says(done)).toEqual([refused()]);
    expect(await versions()).toEqual([]);
    expect(look(github.seed.repository(repository))).toMatchObject({ releases: [] });
  });

  it('is released when the image is there', async () => {
    await pushTested(`${registry.host}/octo`, 'sidecar', commit);
    const { registry: writer } = client();
    const sidecar = await writer.getManifest(`${registry.host}/octo/sidecar`, `sha-${commit.slice(0, 12)}`);
    if (sidecar === null) throw new Error('the sidecar is not pushed');
    await writer.putManifest(`${registry.host}/octo/sidecar`, 'v1', sidecar.bytes, sidecar.mediaType);
    expect(says(await run('v1.2.3', { mode: 'finish' }))).toEqual([]);
    expect(await versions()).toContain('v1.2.3');
  });
});
