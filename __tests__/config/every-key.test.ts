import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyConfig, loadConfig } from '../../src/config/load.ts';
import { settingsFor } from '../../src/config/settings.ts';
import type { Config } from '../../src/config/types.ts';
import { Problem } from '../../src/errors.ts';
import { collectFacts } from '../../src/facts/collect.ts';
import { readEvent } from '../../src/facts/event.ts';
import { openGit } from '../../src/facts/git.ts';
import type { Facts } from '../../src/facts/types.ts';
import { readInputs } from '../../src/inputs.ts';
import { buildPlan } from '../../src/plan/build.ts';
import type { Plan } from '../../src/plan/types.ts';
import type { Registry } from '../../src/registry/types.ts';
import { exec } from '../../src/tools/exec.ts';

/**
 * No key of the configuration is accepted and then ignored: each one, set to something else than its default, changes the
 * plan. The table below has to name every key of the published schema, so that a new key cannot be forgotten.
 */

type Event = 'tag' | 'push of documentation' | 'push';
interface Case {
  readonly value: unknown;
  readonly event?: Event;
  /** Read when the facts are collected, which is slower. */
  readonly facts?: true;
}

const stage = (name: string): Record<string, Case> => ({ ...around(name), [`${name}.run`]: { value: 'make mine' } });
const around = (name: string): Record<string, Case> => ({
  [`${name}.before`]: { value: 'make before' },
  [`${name}.after`]: { value: 'make after' },
  [`${name}.enabled`]: { value: false },
  [`${name}.timeout`]: { value: '7m' },
  [`${name}.env`]: { value: { A: 'b' } },
});
const goTest = (name: string): Record<string, Case> => ({
  [`${name}.packages`]: { value: './internal/...' },
  [`${name}.race`]: { value: true },
  [`${name}.buildTags`]: { value: 'slow' },
  [`${name}.minCoverage`]: { value: 80 },
  ...stage(name),
});

const ofTheFile: Readonly<Record<string, Case>> = {
  registry: { value: 'registry.example/acme' },
  charts: { value: 'registry.example/helm' },
  primary: { value: 'another' },
  'tags.pattern': { value: 'release-{version}' },
  'tags.prefix': { value: '' },
  'tags.latest': { value: 'release' },
  'tags.releaseBranches': { value: ['main'] },
  'tags.protected': { value: true },
  'tags.branches': { value: ['release/*'], event: 'push' },
  'sign.policy': { value: 'off' },
  'sign.sbom': { value: 'off' },
  'sign.fulcio': { value: 'https://fulcio.example.com' },
  'sign.rekor': { value: 'https://rekor.example.com' },
};

const ofAnOperator: Readonly<Record<string, Case>> = {
  'image.repository': { value: 'registry.example/acme/it' },
  'image.dockerfile': { value: 'other/Dockerfile', facts: true },
  'image.context': { value: 'other' },
  'image.target': { value: 'builder' },
  'image.platforms': { value: ['linux/s390x'] },
  'image.buildArgs': { value: { A: '{tag}' } },
  'image.builder': { value: 'ko' },
  'image.mainPackage': { value: './other' },
  ...around('image'),
  ...around('image.publish'),
  'chart.path': { value: 'other/chart', facts: true },
  'chart.repository': { value: 'registry.example/acme/helm' },
  'chart.imagePath': { value: 'a.b' },
  ...around('chart'),
  'chart.check.allowMissing': { value: ['workload'] },
  ...stage('chart.check'),
  ...around('chart.publish'),
  watch: { value: 'docs/**', event: 'push of documentation' },
  runner: { value: ['self-hosted', 'arm64'] },
  'lint.golangci': { value: false },
  'lint.golangciVersion': { value: '2.5.0' },
  'lint.vet': { value: false },
  'lint.chart': { value: false },
  'lint.dockerfile': { value: false },
  ...stage('lint'),
  ...goTest('test.unit'),
  ...goTest('test.integration'),
  'test.integration.envtestVersion': { value: '1.30' },
  'verify.generate': { value: 'go generate ./...' },
  'verify.checks': { value: ['tidy'] },
  ...stage('verify'),
  'e2e.runner': { value: 'smoke' },
  'e2e.tests': { value: './tests/one' },
  'e2e.namespace': { value: 'elsewhere' },
  'e2e.values': { value: { 'a.b': 'c' } },
  'e2e.cluster.config': { value: 'hack/kind.yaml' },
  'e2e.cluster.nodeImage': { value: 'kindest/node:v1.30.0' },
  ...around('e2e.cluster'),
  ...stage('e2e'),
  ...around('bundle'),
  'release.title': { value: 'Widget {version}' },
  'release.assets': { value: 'dist/*' },
  'release.notes.sections': { value: [{ title: 'New', types: 'feat', labels: ['new'] }] },
  'release.notes.exclude.labels': { value: 'skip' },
  'release.notes.exclude.authors': { value: ['octocat'] },
  'release.notes.exclude.types': { value: ['ci'] },
  ...around('release'),
};

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

/** Paths of the keys that hold a value of their own. */
function leaves(node: Node | undefined, path = ''): string[] {
  return Object.entries(node?.properties ?? {}).flatMap(([name, each]) =>
    each.properties === undefined ? [`${path}${name}`] : leaves(each, `${path}${name}.`),
  );
}

const file = join(import.meta.dirname, '../../schema/operator-release.schema.json');
const { defaults, operators, ...top } = (JSON.parse(readFileSync(file, 'utf8')) as Required<Node>).properties;

let root: string;
let facts: Facts;
const inputs = readInputs({});

const files: Readonly<Record<string, string>> = {
  PROJECT: 'projectName: widget\n',
  'go.mod': 'module example.com/widget\n',
  'cmd/main.go': 'package main\n',
  Makefile: 'manifests:\ngenerate:\n',
  Dockerfile: 'FROM scratch AS builder\nFROM scratch AS manager\n',
  'other/Dockerfile': 'FROM scratch\n',
  'charts/widget/Chart.yaml': 'name: widget\nversion: 0.1.0\n',
  'other/chart/Chart.yaml': 'name: widget\nversion: 0.1.0\n',
  'tests/one/a/chainsaw-test.yaml': '',
  'tests/two/b/chainsaw-test.yaml': '',
};

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'every-key-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const git = (...args: string[]): unknown => execFileSync('git', ['-C', root, ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--message=begin');
  facts = await collect(emptyConfig);
});
afterAll(() => rmSync(root, { recursive: true }));

async function collect(config: Config): Promise<Facts> {
  const git = await openGit(exec, root);
  const event = await readEvent({}, false);
  const found = await collectFacts({ git, exec, event, registry: {} as Registry, github: null }, inputs, config);
  return { ...found, repository: 'acme/widget', host: { platform: 'linux/amd64', dockerMissing: null } };
}

/** The plan for an event, or the code of the problem that there is instead. */
async function planned(config: Config, event: Event = 'tag', again = false): Promise<Plan | string> {
  const base = again ? await collect(config) : facts;
  const found = base.operators.map((each) => ({ ...each, settings: settingsFor(config, each.name, each.path) }));
  const push = { ...base.event, kind: 'push' as const, ref: 'refs/heads/main', refName: 'main' };
  const changed = { 'push of documentation': ['docs/a.md'], push: ['cmd/main.go'] };
  const here: Facts = {
    ...base,
    operators: found,
    histories: new Map([['widget', { commits: 3, promotable: null }]]),
    ...(event === 'tag'
      ? { event: { ...push, kind: 'tag', ref: 'refs/tags/v1.2.3', refName: 'v1.2.3' }, tags: ['v1.2.3'] }
      : { event: push, changes: { files: changed[event] } }),
  };
  try {
    return buildPlan(inputs, config, here);
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.code;
    throw thrown;
  }
}

function nested(path: string, value: unknown): Record<string, unknown> {
  return path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}

describe('a key of the configuration', () => {
  it('is in the table below', () => {
    expect(leaves({ properties: top }).sort()).toEqual(Object.keys(ofTheFile).sort());
    expect(leaves(defaults).sort()).toEqual(Object.keys(ofAnOperator).sort());
    expect(leaves(operators?.items).sort()).toEqual([...Object.keys(ofAnOperator), 'name', 'path'].sort());
  });

  it.each([
    ...Object.entries(ofTheFile),
    ...Object.entries(ofAnOperator).map(([path, each]): [string, Case] => [`defaults.${path}`, each]),
  ])('%s changes the plan', async (path, { value, event, facts: again }) => {
    const config = loadConfig(stringify(nested(path, value)));
    const before = await planned(emptyConfig, event);
    expect(before).toBeTypeOf('object');
    expect(await planned(config, event, again)).not.toEqual(before);
  });

  it('names and places operators', async () => {
    const plan = await planned(loadConfig('operators: [{name: gadget, path: .}]'), 'tag', true);
    expect((plan as Plan).operators.map(({ name, path }) => [name, path])).toEqual([['gadget', '.']]);
  });
});

async function operatorOf(text: string): Promise<Plan['operators'][0]> {
  const plan = await planned(loadConfig(text));
  if (typeof plan === 'string') throw new Error(plan);
  return plan.operators[0] ?? expect.fail('no operator in the plan');
}

describe('what the configuration asks for', () => {
  it('is where the stages read it', async () => {
    const { tasks, image } = await operatorOf(`
defaults:
  image: { target: Builder }
  chart: { imagePath: a.b, check: { allowMissing: [crds] } }
  lint: { golangciVersion: v2.5.0, vet: false }
  test:
    unit: { packages: ./a, race: true, buildTags: [x, y], minCoverage: 12.5 }
    integration: { envtestVersion: 1.30.x }
  verify: { generate: [make a, make b], checks: [generated] }
  e2e: { run: make soak }
`);
    const of = (name: string): unknown => tasks.find((task) => task.stage === name);
    expect(image?.target).toBe('Builder');
    expect(of('chart-package')).toMatchObject({ imageValues: 'a.b' });
    expect(of('chart-check')).toMatchObject({ allowMissing: ['crds'] });
    expect(of('lint')).toMatchObject({ golangci: true, golangciVersion: 'v2.5.0', vet: false, chart: 'charts/widget' });
    const unit = { packages: ['./a'], race: true, buildTags: ['x', 'y'], minCoverage: 12.5 };
    expect(of('unit')).toMatchObject(unit);
    const plain = { packages: null, race: false, buildTags: [], minCoverage: null };
    expect(of('integration')).toMatchObject({ ...plain, envtestVersion: '1.30.x' });
    expect(of('verify')).toMatchObject({ tidy: false, generate: ['make a', 'make b'] });
    expect(of('e2e')).toMatchObject({ commands: { run: ['make soak'] }, testsReason: 'then the commands of e2e.run' });
  });

  it('is what kubebuilder has, where nothing is asked for', async () => {
    const { tasks } = await operatorOf('{}');
    expect(tasks.find((task) => task.stage === 'verify')).toMatchObject({
      tidy: true,
      generate: ['make manifests generate'],
    });
    expect(tasks.find((task) => task.stage === 'e2e')).toMatchObject({ tests: { kind: 'chainsaw', folder: 'tests' } });
  });

  it.each([
    ['image: { target: mangaer }', 'OR-IMAGE-TARGET'],
    ['image: { target: "2" }', 'OR-IMAGE-TARGET'],
    ['e2e: { tests: nothing/here }', 'OR-E2E-RUNNER'],
    ['e2e: { runner: go }', 'OR-E2E-RUNNER'],
  ])('%s cannot be had: %s', async (text, code) => {
    expect(await planned(loadConfig(`defaults: { ${text} }`))).toBe(code);
  });

  it.each([
    ['tests', './tests/...'],
    ['.', './...'],
  ])('tests %s with go in %s', async (tests, found) => {
    const { tasks } = await operatorOf(`defaults: { e2e: { runner: go, tests: ${tests} } }`);
    expect(tasks.find((task) => task.stage === 'e2e')).toMatchObject({ tests: { kind: 'go', package: found } });
  });

  it('is a folder of chainsaw tests, however it is spelt', async () => {
    const { tasks } = await operatorOf('defaults: { e2e: { tests: ./tests//two/ } }');
    expect(tasks.find((task) => task.stage === 'e2e')).toMatchObject({ tests: { folder: 'tests/two' } });
  });

  it.each([
    [
      'lint: { golangci: false, vet: false, chart: false, dockerfile: false }',
      'lint',
      'all of it is off in the configuration',
    ],
    ['verify: { checks: [generated] }, chart: {}', 'verify', null],
    ['image: { publish: { enabled: false } }', 'tags', 'the image is not published'],
    ['e2e: { cluster: { enabled: false } }', 'e2e', 'disabled in the configuration'],
    ['e2e: { enabled: false }', 'cluster', 'disabled in the configuration'],
  ])('%s: %s is left out because %s', async (text, name, reason) => {
    const { skipped } = await operatorOf(`defaults: { ${text} }`);
    expect(skipped.find((skip) => skip.stage === name)?.reason ?? null).toBe(reason);
  });
});

describe('an operator that is not made of Go', () => {
  const withoutGo = async (text: string): Promise<Plan['operators'][0] | undefined> => {
    const before = facts;
    facts = { ...facts, operators: facts.operators.map((operator) => ({ ...operator, goModule: false })) };
    try {
      return await operatorOf(text);
    } finally {
      facts = before;
    }
  };

  it('is checked by commands and generators of its own only', async () => {
    const plain = await withoutGo('{}');
    const skipped = plain?.skipped.map(({ stage: name, reason }) => `${name}: ${reason}`);
    expect(skipped).toEqual(expect.arrayContaining(['verify: no go.mod in .', 'unit: no go.mod in .']));
    expect(plain?.tasks.find((task) => task.stage === 'lint')).toMatchObject({ golangci: false, vet: false });

    const own = await withoutGo('defaults: { verify: { generate: ./gen }, test: { unit: { run: molecule test } } }');
    expect(own?.tasks.find((task) => task.stage === 'verify')).toMatchObject({ tidy: false, generate: ['./gen'] });
    expect(own?.tasks.find((task) => task.stage === 'unit')).toMatchObject({ commands: { run: ['molecule test'] } });
  });
});
