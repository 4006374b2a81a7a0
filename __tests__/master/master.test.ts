import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/registry/digest.ts';
import { pushChart } from '../../src/registry/chart.ts';
import { requires } from '../helpers/lab.ts';
import { client } from '../registry/helpers.ts';
import { nameOfCase, undisturbed } from './case.ts';
import type { Undisturbed } from './case.ts';
import { allCases, faultKinds } from './cases.ts';
import { chart, image, tag } from './operator.ts';
import { runCases } from './pool.ts';
import { sample } from './sample.ts';
import { openWorld } from './world.ts';
import type { Trial, World } from './world.ts';

const lab = requires('helm');

/** Which cases of the whole (`npm run master`) run here: 10 kills, and a fault of 12 rows of the tables. */
const seed = Number(process.env['MASTER_SEED'] ?? 5);

describe.skipIf(lab.missing.length > 0)(`a release${lab.note}`, () => {
  let world: World;
  let wanted: Undisturbed;
  beforeAll(async () => {
    world = await openWorld();
    wanted = await undisturbed(world);
  });
  afterAll(async () => world.stop());

  /** A run that has to stop, and to change nothing. */
  async function expectRefused(trial: Trial, code: string, digests: readonly string[]): Promise<void> {
    const before = trial.state();
    const { result, writes } = await trial.run();
    expect(result.exitCode, result.log).toBe(1);
    expect(writes).toEqual([]);
    expect(trial.state()).toEqual(before);
    for (const text of [code, ...digests]) expect(result.log).toContain(text);
  }

  it('made twice reads only, and is what was planned', () => {
    expect(wanted.state.latest).toBe(tag);
    expect(wanted.state.releases.map(({ tag: of, draft }) => `${of} ${String(draft)}`)).toEqual([
      'v0.0.9 false',
      'v0.1.0 false',
    ]);
    const digest = wanted.state.names[`${image}:main`];
    for (const name of [tag, 'v0.1', 'stable']) expect(wanted.state.names[`${image}:${name}`]).toBe(digest);
    expect(wanted.state.names[`${image}:v0.0`]).toBe(wanted.state.names[`${image}:v0.0.9`]);
    expect(wanted.requests.length).toBeGreaterThan(80);
  });

  it('stops when its version is another image already', async () => {
    const trial = await world.begin();
    const { registry } = client();
    const repository = `${world.registry}/${image}`;
    const other = await registry.getManifest(repository, 'v0.0.9');
    if (other === null) throw new Error('the earlier image is not there');
    await registry.putManifest(repository, tag, other.bytes, other.mediaType);
    await expectRefused(trial, 'OR-REGISTRY-CONFLICT', [other.digest, wanted.state.names[`${image}:${tag}`] ?? '-']);
  });

  it('stops when its version is another chart already', async () => {
    const trial = await world.begin();
    const tgz = Buffer.from('another chart');
    const version = tag.slice(1);
    await pushChart(client().registry, {
      repository: `${world.registry}/${chart}`,
      version,
      tgz,
      chartYaml: { name: 'mini', version },
      annotations: {},
      created: 0,
    });
    const release = wanted.state.releases.find((each) => each.tag === tag);
    const ours = release?.assets.find(({ name }) => name.endsWith('.tgz'))?.digest ?? '-';
    const { names } = trial.state();
    const { result, writes } = await trial.run();
    expect(result.exitCode, result.log).toBe(1);
    for (const text of ['OR-REGISTRY-CONFLICT', digestOf(tgz), ours]) expect(result.log).toContain(text);
    // The image is the planned one: it got its exact name, and nothing that moves.
    expect(writes).toEqual([`PUT ${image}:${tag}`]);
    expect({ ...trial.state().names, [`${image}:${tag}`]: undefined }).toEqual({
      ...names,
      [`${image}:${tag}`]: undefined,
    });
  });

  it('stops when a published file is another one', async () => {
    const trial = await world.begin();
    await trial.run();
    const release = world.github.state.repositories[0]?.releases.find((each) => each.tag === tag);
    if (release === undefined) throw new Error('nothing was released');
    const file = release.assets.find(({ name }) => name === 'NOTICE.txt');
    const ours = file?.blob ?? '-';
    release.assets = release.assets.filter((each) => each !== file);
    world.github.seed.asset(release, 'NOTICE.txt', 'mini-operator, by somebody else\n');
    await expectRefused(trial, 'OR-RELEASE-CONFLICT', [release.assets.at(-1)?.blob ?? '-', ours]);
  });
});

describe.skipIf(lab.missing.length > 0)(`a release that is disturbed${lab.note}`, () => {
  it(`ends as one that is not, once it is run again (seed ${seed})`, async () => {
    const results = await runCases(2, ({ requests }) => {
      const cases = allCases(requests);
      const idle = faultKinds.filter((kind) => !cases.some(({ fault }) => fault === kind));
      expect(idle.map(({ row, what }) => `${row} ${what}`)).toEqual([]);
      return sample(cases, seed, { kills: 10, rows: 12 });
    });
    const bad = results.filter(({ wrong }) => wrong.length > 0);
    expect(bad.map((result) => [nameOfCase(result.case), ...result.wrong].join('\n  '))).toEqual([]);
    expect(results).toHaveLength(22);
  });
});
