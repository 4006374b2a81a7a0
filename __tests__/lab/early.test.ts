import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requires } from '../helpers/lab.ts';
import { asJson, ociError } from '../registry/fault-proxy.ts';
import { freePort } from '../registry/real-registry.ts';
import { faults } from './mini-operator.ts';
import type { StepResult } from './step.ts';
import { branch, openWorld, repository } from './world.ts';
import type { World } from './world.ts';

/** Programs that do a stage's work; a run that is refused starts none of them. */
const workers = ['go', 'golangci-lint', 'helm', 'kind', 'kubectl', 'setup-envtest'];
/** Seconds. For a crowded machine, and for the tries that a registry gets; else it is one. */
const shortly = 90;

const lab = requires('docker', 'go', 'kind');

describe.skipIf(lab.missing.length > 0)(`what is wrong is said before anything is done${lab.note}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
    world.commit('all is well', {}, 'v0.1.0');
  });
  afterAll(async () => world.stop());
  beforeEach(() => world.startCounting());

  /** One error, and no trace anywhere. */
  async function expectRefused(result: StepResult, message: string, ...more: readonly string[]): Promise<void> {
    expect(result.exitCode, result.log).toBe(1);
    expect(result.postCode).toBe(0);
    // Those with a place are annotations in a file; this one is the step's.
    const errors = result.log.split('\n').filter((line) => line.startsWith('::error::'));
    expect(errors, result.log).toHaveLength(1);
    const rest = result.log.replace(errors[0] ?? '', '');
    for (const text of [message, ...more]) {
      expect(errors[0]).toContain(text);
      expect(rest).toContain(text);
    }
    expect(result.log.match(/^✗/gm), result.log).toHaveLength(1);
    expect(result.summary).toContain('Nothing was started: 1 problem');
    expect(result.summary).toContain(`errors.md#or-`);
    expect(workers.filter((name) => result.programs.has(name))).toEqual([]);
    expect(result.programs).toContain('node');
    expect(world.writes()).toEqual([]);
    expect(await world.names()).toEqual([]);
    expect(world.github.state.repositories[0]?.releases).toEqual([]);
    expect(result.seconds).toBeLessThan(shortly);
  }

  it('an unknown input', async () => {
    const result = await world.run({ ref: branch, inputs: { 'dry-rnu': 'true' } });
    await expectRefused(result, 'input "dry-rnu": unknown', 'did you mean "dry-run"?', 'OR-INPUT-UNKNOWN');
  });

  it('a boolean that is none', async () => {
    const result = await world.run({ ref: branch, inputs: { 'dry-run': 'yes' } });
    await expectRefused(result, 'input "dry-run": found "yes", expected true or false', 'OR-INPUT-VALUE');
  });

  it.each([
    ['v01.2.3', '"01.2.3" is no semver 2.0 version', 'v1.2.3'],
    ['v1.2', '"1.2" is no semver 2.0 version', 'v1.2.0'],
  ])('the tag %s', async (tag, message, proposal) => {
    world.origin.git('tag', tag);
    const result = await world.run({ ref: tag });
    await expectRefused(result, message, `Did you mean ${proposal}?`, 'v{version}', 'OR-TAG-INVALID');
  });

  it('no Dockerfile', async () => {
    world.commit('without a Dockerfile', faults.noDockerfile, 'v0.5.0');
    const result = await world.run({ ref: 'v0.5.0' });
    await expectRefused(result, 'mini has no Dockerfile', 'operators[].image.dockerfile', 'OR-IMAGE-DOCKERFILE');
  });

  it('a chart without a name', async () => {
    world.commit('a chart without a name', faults.chartWithoutName, 'v0.2.0');
    const result = await world.run({ ref: 'v0.2.0' });
    await expectRefused(result, 'the chart charts/mini has no name', 'OR-CHART-NAME');
    expect(result.log).toContain('::error file=charts/mini/Chart.yaml,');
  });

  it('a key that the configuration does not have', async () => {
    const config = 'defaults:\n  test:\n    unti:\n      race: true\n';
    world.commit('a typing error', { '.github/operator-release.yaml': config }, 'v0.3.0');
    const result = await world.run({ ref: 'v0.3.0' });
    await expectRefused(result, 'unti', 'did you mean "unit"?', 'OR-CONFIG');
    expect(result.log).toContain('.github/operator-release.yaml:3:5');
    expect(result.log).toContain('::error file=.github/operator-release.yaml,line=3,col=5,');
  });

  it('a token without packages: write', async () => {
    world.proxy.add({
      when: ({ method }) => method === 'POST',
      times: Infinity,
      fault: { reply: { status: 403, headers: asJson, body: ociError('DENIED', 'permission_denied: write_package') } },
    });
    const result = await world.run({ ref: 'v0.1.0' });
    const { registryPath } = world;
    const both = `upload to ${registryPath}/mini, ${registryPath}/charts/mini: 403 DENIED: permission_denied: write_package`;
    await expectRefused(result, both, 'packages: write', 'OR-REGISTRY-DENIED');
  });

  it('a token without contents: write', async () => {
    const result = await world.run({ ref: 'v0.1.0', readOnlyToken: true });
    await expectRefused(result, 'the release v0.1.0 cannot be made', 'contents: write', 'OR-GITHUB-PERMISSION');
  });

  it('a commit on no branch, whose release is public before the run', async () => {
    const { origin, github } = world;
    origin.git('checkout', '--quiet', '--detach');
    world.commit('not reviewed', {}, 'v0.6.0');
    origin.git('checkout', '--quiet', branch);
    const releases = github.state.repositories[0]?.releases ?? [];
    github.seed.release(github.seed.repository(repository), 'v0.6.0');
    const result = await world.run({ ref: 'v0.6.0' });
    expect(releases.splice(0)).toMatchObject([{ tag: 'v0.6.0', assets: [] }]);
    await expectRefused(result, 'which is on no branch of acme/mini-operator', 'merge it first', 'OR-RELEASE-BRANCH');
  });

  it('a registry that does not answer', async () => {
    const nowhere = `127.0.0.1:${await freePort()}`;
    const result = await world.run({ ref: 'v0.1.0', inputs: { registry: `${nowhere}/acme` } });
    const message = `${nowhere} cannot be reached`;
    await expectRefused(result, message, 'ECONNREFUSED', 'check host and port', 'OR-REGISTRY-UNREACHABLE');
  });
});
