import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problemsOf } from '../../src/engine/graph.ts';
import type { Problem } from '../../src/errors.ts';
import type { BufferLog } from '../../src/log.ts';
import type { ImagePlan } from '../../src/plan/types.ts';
import { checkDeployed, checkPushed } from '../../src/stages/image-gate.ts';
import type { Artifacts, StageHost } from '../../src/stages/types.ts';
import { asJson, ociError, startProxy } from '../registry/fault-proxy.ts';
import type { Proxy } from '../registry/fault-proxy.ts';
import { client } from '../registry/helpers.ts';
import { freePort, startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { pushTested } from './monorepo.ts';

const sha = 'c'.repeat(40);
const absent = `sha256:${'0'.repeat(64)}`;

let real: RealRegistry;
let proxy: Proxy;
let digest: string;
beforeAll(async () => {
  real = await startRegistry({ memory: true });
  proxy = await startProxy(real.host);
  digest = await pushTested(`${real.host}/octo`, 'keystone', sha);
}, startTimeout);
afterAll(async () => {
  await proxy.stop();
  await real.stop();
});
beforeEach(() => proxy.reset());

/** A stage of an operator whose chart deploys the given images. */
function hostOf(images: readonly string[], commit = sha): { host: StageHost; log: BufferLog } {
  const { registry, log } = client();
  const image = { repository: `${proxy.host}/octo/keystone`, deployedTag: 'v1.2.3' };
  const operator = { name: 'keystone', image, chart: { path: 'charts/keystone' }, tasks: [{ stage: 'publish-image' }] };
  const chart = { file: '', sha256: '', metadata: {}, images, pullPolicyKey: null };
  const artifacts: Artifacts = { chart };
  const host = {
    ...{ registry, log, operator, artifacts, plan: { event: { sha: commit }, operators: [operator] } },
    progress: () => undefined,
  };
  return { host: host as unknown as StageHost, log };
}

async function problemsIn(
  host: StageHost,
  progress: 'packed' | 'pushed' | 'named' = 'pushed',
): Promise<readonly Problem[]> {
  return checkDeployed(host, progress).then(() => [], problemsOf);
}

describe('the images of a chart', () => {
  it('pass when they are in the registry by digest and by tag, each asked for once', async () => {
    const name = `${proxy.host}/octo/keystone`;
    const images = [`${name}:v1.2.3@${digest}`, `${name}@${digest}`, `${name}:sha-${sha.slice(0, 12)}`];
    const { host, log } = hostOf(images);
    expect(await problemsIn(host)).toEqual([]);
    expect(log.lines.join('\n')).toContain(`sha-${sha.slice(0, 12)} is in its registry, now as ${digest}`);
    expect(proxy.seen.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD']);
    expect(await problemsIn(host)).toEqual([]);
    expect(proxy.seen.length).toBe(3);
  });

  it('are named, all of them, when the registry says that they are not there', async () => {
    const images = ['octo/keystone:v9', 'octo/none:v1', `octo/keystone@${absent}`].map((it) => `${proxy.host}/${it}`);
    const problems = await problemsIn(hostOf(images).host);
    expect(problems.map(({ code }) => code)).toEqual(['OR-GATE-IMAGE', 'OR-GATE-IMAGE', 'OR-GATE-IMAGE']);
    expect(problems.map(({ message }) => message)).toEqual(
      images.map((image) => `the packaged chart deploys ${image}, which its registry does not have`),
    );
    expect(problems[0]?.at).toEqual({ file: 'charts/keystone/values.yaml' });
  });

  it('stop a release while their registry is down, without a word of them being absent', async () => {
    proxy.add({ when: () => true, times: Infinity, fault: { reply: { status: 503 } } });
    const problems = await problemsIn(hostOf([`${proxy.host}/octo/keystone@${digest}`]).host);
    expect(problems.map(({ code }) => code)).toEqual(['OR-REGISTRY-UNREACHABLE']);
    expect(problems[0]?.message).not.toContain('does not have');
  });

  it('are passed over with a warning where only a login, or only another network, could tell', async () => {
    const denied = { status: 403, headers: asJson, body: ociError('DENIED', 'requested access is denied') };
    proxy.add({ when: () => true, times: Infinity, fault: { reply: denied } });
    const nobody = `127.0.0.1:${await freePort()}`;
    const { host, log } = hostOf([`${proxy.host}/private/image:v1`, `${nobody}/inside/image:v1`]);
    expect(await problemsIn(host)).toEqual([]);
    const said = log.lines.filter((line) => line.includes('cannot be told'));
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/whether \S+\/private\/image:v1 exists cannot be told: .* requested access is denied/);
  });

  it('have names that a node can pull', async () => {
    const problems = await problemsIn(hostOf([`${proxy.host}/Octo/keystone:v1`, 'bad name']).host);
    expect(problems.map(({ code }) => code)).toEqual(['OR-REGISTRY-NAME', 'OR-REGISTRY-NAME']);
  });

  it('may be what this run is still to push and to name, until it is released', async () => {
    const named = `${proxy.host}/octo/keystone:v1.2.3`;
    const pushed = `${named}@${absent}`;
    const other = `${proxy.host}/octo/keystone-web:v1.2.3`;
    const lacking = async (progress: 'packed' | 'pushed' | 'named'): Promise<string[]> =>
      (await problemsIn(hostOf([named, pushed, other]).host, progress)).map(({ message }) => message);
    const says = (image: string): string => `the packaged chart deploys ${image}, which its registry does not have`;
    expect(await lacking('packed')).toEqual([says(other)]);
    expect(await lacking('pushed')).toEqual([says(pushed), says(other)]);
    expect(await lacking('named')).toEqual([says(named), says(pushed), says(other)]);
  });
});

describe('a pushed image', () => {
  const planned = (platforms: readonly string[]): ImagePlan =>
    ({ repository: `${real.host}/octo/keystone`, platforms }) as unknown as ImagePlan;

  it('passes with the commit and platforms of the plan', async () => {
    await checkPushed(hostOf([]).host, planned(['linux/amd64', 'linux/arm64']), digest);
  });

  it('is refused when a platform is missing', async () => {
    const check = checkPushed(hostOf([]).host, planned(['linux/amd64', 'linux/s390x']), digest);
    await expect(check).rejects.toMatchObject({
      code: 'OR-GATE-IMAGE',
      message: `${real.host}/octo/keystone@${digest} lacks linux/s390x`,
    });
  });

  it('is refused on each platform that was built from another commit', async () => {
    const problems = await checkPushed(hostOf([], 'd'.repeat(40)).host, planned(['linux/amd64']), digest).then(
      () => [],
      problemsOf,
    );
    expect(problems.map(({ message }) => message)).toEqual(
      ['linux/amd64', 'linux/arm64'].map(
        (platform) =>
          `${real.host}/octo/keystone@${digest} was not built from dddddddddddd: its ${platform} says ${sha}`,
      ),
    );
  });

  it('is refused when it is not in the registry', async () => {
    const check = checkPushed(hostOf([]).host, planned([]), absent);
    await expect(check).rejects.toMatchObject({ code: 'OR-REGISTRY-ABSENT' });
  });
});
