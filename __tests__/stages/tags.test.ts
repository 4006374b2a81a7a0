import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitHub } from '../../src/github/client.ts';
import type { GitHub } from '../../src/github/client.ts';
import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import type { Http } from '../../src/net/types.ts';
import { createStanding } from '../../src/plan/moving.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { mediaTypes } from '../../src/registry/types.ts';
import type { Registry } from '../../src/registry/types.ts';
import { tags } from '../../src/stages/tags.ts';
import type { StageContext } from '../../src/stages/types.ts';
import { compareVersions, isPrerelease } from '../../src/version/version.ts';
import { kubebuilder } from '../fixtures/repos/layouts.ts';
import { changed, inputs, planOf, tagged, worldOf } from '../plan/world.ts';
import { client } from '../registry/helpers.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn, Repository } from '../standins/github/index.ts';
import { v } from '../version/arbitraries.ts';

/** The last stage of releases that run side by side, against a real registry and a stand-in for GitHub. */

const memo = await worldOf(kubebuilder);
let server: RealRegistry;
let standIn: GitHubStandIn;
let count = 0;

beforeAll(async () => {
  server = await startRegistry({ memory: true });
  standIn = await startGitHub();
}, startTimeout);
afterAll(async () => {
  expect(standIn.violations).toEqual([]);
  await standIn.close();
  await server.stop();
});

/** A repository of its own, where every version tag exists already. */
interface Place {
  readonly repository: Repository;
  readonly name: string;
  readonly image: string;
  readonly versions: readonly string[];
}

function place(versions: readonly string[]): Place {
  const name = `octo/memo-${++count}`;
  const repository = standIn.seed.repository(name);
  const commit = standIn.seed.commit(repository, 'feat: begin');
  for (const version of versions) standIn.seed.tag(repository, `v${version}`, commit);
  return { repository, name, image: `${server.host}/octo/memo-${count}/memo`, versions };
}

async function pushImage(registry: Registry, image: string, version: string): Promise<string> {
  const content = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [],
    annotations: { version },
  });
  const bytes = Buffer.from(content);
  await registry.putManifest(image, `v${version}`, bytes, mediaTypes.index);
  return digestOf(bytes);
}

function gitHub({ name }: Place, wrap: (http: Http) => Http = (http) => http): GitHub {
  const log = new BufferLog();
  const http = wrap(createHttp({ log, sleep: () => Promise.resolve(), budgetMs: 1e9 }));
  return createGitHub({ token: standInToken, apiUrl: standIn.apiUrl, repository: name, http, log });
}

/** The stage, in a run that has published this version; what it says. */
async function moveTags(
  { image, versions }: Place,
  version: string,
  registry: Registry,
  github: GitHub,
  released: readonly string[] = [],
): Promise<readonly string[]> {
  const happening = {
    ...tagged(`v${version}`, ...versions.map((other) => `v${other}`)),
    releasedTags: released.map((other) => `v${other}`),
    inputs: { registry: image.slice(0, image.lastIndexOf('/')) },
  };
  const [operator] = planOf(memo, happening).operators;
  if (operator?.image === undefined || operator.image === null) throw new Error('no image');
  const digest = (await registry.headManifest(image, `v${version}`))?.digest ?? '';
  const log = new BufferLog();
  const standing = createStanding(inputs(), memo.config, changed(memo, happening));
  const promote = { tag: `v${version}`, digest };
  await tags.run({
    ...{ operator: { ...operator, image: { ...operator.image, promote } }, ports: { standing }, registry, github, log },
    ...{ progress: () => undefined, note: () => undefined, publish: () => undefined },
  } as unknown as StageContext<'tags'>);
  return log.lines;
}

describe('moving tags of releases side by side', { timeout: 120_000 }, () => {
  const versionAt = async ({ image, versions }: Place, tag: string): Promise<string | null> => {
    const { registry } = client();
    const there = await registry.headManifest(image, tag);
    const heads = await Promise.all(versions.map((version) => registry.headManifest(image, `v${version}`)));
    return versions[heads.findIndex((head) => head !== null && head.digest === there?.digest)] ?? null;
  };

  it('are not frozen by a higher tag whose run failed', async () => {
    const here = place(['1.0.0', '1.1.0', '1.2.0']);
    const { registry } = client();
    standIn.seed.release(here.repository, 'v1.0.0');
    await pushImage(registry, here.image, '1.0.0');
    await moveTags(here, '1.0.0', registry, gitHub(here));
    await pushImage(registry, here.image, '1.1.0');
    standIn.seed.release(here.repository, 'v1.1.0');
    // It came as far as its image.
    await pushImage(registry, here.image, '1.2.0');
    await moveTags(here, '1.1.0', registry, gitHub(here), ['1.0.0']);
    expect([await versionAt(here, 'stable'), await versionAt(here, 'v1')]).toEqual(['1.1.0', '1.1.0']);
  });

  it('stay on a higher version that GitHub does not show as released yet', async () => {
    const here = place(['1.0.0', '1.1.0', '1.2.0']);
    const { registry } = client();
    standIn.seed.release(here.repository, 'v1.0.0');
    await pushImage(registry, here.image, '1.1.0');
    const digest = await pushImage(registry, here.image, '1.2.0');
    const manifest = await registry.getManifest(here.image, digest);
    for (const tag of ['stable', 'v1']) {
      await registry.putManifest(here.image, tag, manifest?.bytes ?? Buffer.alloc(0), mediaTypes.index);
    }
    const said = await moveTags(here, '1.1.0', registry, gitHub(here), ['1.0.0']);
    expect(said.join('\n')).toContain('stable stays on');
    expect([await versionAt(here, 'stable'), await versionAt(here, 'v1.1')]).toEqual(['1.2.0', '1.1.0']);
  });

  it('go to a higher version that takes them in the very moment', async () => {
    const here = place(['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
    const { registry } = client();
    standIn.seed.release(here.repository, 'v1.0.0');
    standIn.seed.release(here.repository, 'v1.1.0');
    for (const version of here.versions) await pushImage(registry, here.image, version);
    const overtaken = new Set<string>();
    /** Whoever moves `stable` does so right after the run of the next version has. */
    const slow: Registry = {
      ...registry,
      putManifest: async (repository, tag, bytes, mediaType) => {
        const next = overtaken.has('1.2.0') ? '1.3.0' : '1.2.0';
        if (tag === 'stable' && !overtaken.has(next)) {
          overtaken.add(next);
          standIn.seed.release(here.repository, `v${next}`);
          const theirs = await registry.getManifest(repository, `v${next}`);
          await registry.putManifest(repository, tag, theirs?.bytes ?? Buffer.alloc(0), mediaType);
        }
        return registry.putManifest(repository, tag, bytes, mediaType);
      },
    };
    const said = await moveTags(here, '1.1.0', slow, gitHub(here), ['1.0.0']);
    expect([...overtaken]).toEqual(['1.2.0', '1.3.0']);
    expect(await versionAt(here, 'stable')).toBe('1.3.0');
    expect(said.join('\n')).toContain('stable goes to v1.3.0, which was released in the meantime');
  });

  it('that a killed run left on the lower version are handed over by its next one', async () => {
    const here = place(['1.0.0', '1.1.0', '1.1.1', '1.2.0']);
    const { registry } = client();
    for (const version of here.versions) {
      await pushImage(registry, here.image, version);
      standIn.seed.release(here.repository, `v${version}`);
    }
    const ours = await registry.getManifest(here.image, 'v1.1.0');
    const puts: string[] = [];
    const counting: Registry = {
      ...registry,
      putManifest: (repository, tag, bytes, mediaType) => {
        puts.push(tag);
        return registry.putManifest(repository, tag, bytes, mediaType);
      },
    };
    for (const tag of ['v1.1', 'v1', 'stable']) {
      await registry.putManifest(here.image, tag, ours?.bytes ?? Buffer.alloc(0), mediaTypes.index);
    }
    const again = (): Promise<readonly string[]> =>
      moveTags(here, '1.1.0', counting, gitHub(here), ['1.0.0', '1.1.1', '1.2.0']);
    await again();
    const held = await Promise.all(['v1.1', 'v1', 'stable'].map((tag) => versionAt(here, tag)));
    expect(held).toEqual(['1.1.1', '1.2.0', '1.2.0']);
    expect(puts).toHaveLength(3);
    await again();
    expect(puts).toHaveLength(3);
  });

  it('end on the highest that is released, however the runs fall together and whichever of them fail', async () => {
    const all = ['1.0.0', '1.0.1', '1.1.0', '1.2.0', '2.0.0-rc.1'];
    const runs = fc.record({
      versions: fc.shuffledSubarray(all, { minLength: 2, maxLength: 4 }),
      failing: fc.subarray(all, { maxLength: 2 }),
      scheduler: fc.scheduler(),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ versions, failing, scheduler }) => {
        const here = place(['0.9.0', ...versions]);
        standIn.seed.release(here.repository, 'v0.9.0');
        const run = async (version: string): Promise<void> => {
          const { registry: direct } = client();
          const registry: Registry = {
            ...direct,
            getManifest: scheduler.scheduleFunction(direct.getManifest.bind(direct)),
            headManifest: scheduler.scheduleFunction(direct.headManifest.bind(direct)),
            putManifest: scheduler.scheduleFunction(direct.putManifest.bind(direct)),
          };
          const github = gitHub(here, (http) => ({ ...http, send: scheduler.scheduleFunction(http.send.bind(http)) }));
          await pushImage(registry, here.image, version);
          if (failing.includes(version)) return;
          standIn.seed.release(here.repository, `v${version}`);
          await moveTags(here, version, registry, github, ['0.9.0']);
        };
        await scheduler.waitFor(Promise.all(versions.map(run)));
        const published = versions.filter((version) => !failing.includes(version) && !isPrerelease(v(version)));
        const highest = published.sort((a, b) => compareVersions(v(a), v(b))).at(-1) ?? null;
        expect(await versionAt(here, 'stable')).toBe(highest);
        expect(await versionAt(here, 'v1')).toBe(highest);
      }),
      { numRuns: 40 },
    );
  });
});
