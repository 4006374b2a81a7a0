import { describe, expect, it } from 'vitest';
import { Problem, Problems } from '../src/errors.ts';
import { inputNames, readInputs } from '../src/inputs.ts';

const defaults = {
  mode: 'run',
  operators: [],
  stages: 'auto',
  config: '.github/operator-release.yaml',
  configGiven: false,
  dryRun: false,
  base: undefined,
  version: undefined,
  registry: undefined,
  registryUsername: undefined,
  registryPassword: undefined,
  githubToken: undefined,
  platforms: [],
  failFast: false,
  concurrency: undefined,
  workingDirectory: '.',
};

function problemsOf(env: Record<string, string>): readonly Problem[] {
  try {
    readInputs(env);
  } catch (error) {
    if (error instanceof Problems) return error.problems;
    if (error instanceof Problem) return [error];
    throw error;
  }
  return [];
}

describe('readInputs', () => {
  it('has a default for everything', () => {
    expect(readInputs({})).toEqual(defaults);
  });

  it('takes an empty text for an input that was not given', () => {
    const empty = Object.fromEntries(inputNames.map((name) => [`INPUT_${name.toUpperCase()}`, ' \n']));
    expect(readInputs(empty)).toEqual(defaults);
  });

  it('reads every input', () => {
    const inputs = readInputs({
      PATH: '/usr/bin',
      INPUT_MODE: 'finish',
      INPUT_OPERATORS: 'keystone\n\n  glance \nkeystone\n',
      INPUT_STAGES: 'lint, unit\ne2e',
      INPUT_CONFIG: 'ci/release.yaml',
      'INPUT_DRY-RUN': 'True',
      INPUT_BASE: 'origin/release/1.x~2',
      INPUT_VERSION: 'v1.2.3-rc.1+b.5',
      INPUT_REGISTRY: 'LocalHost:5000/Acme',
      'INPUT_REGISTRY-USERNAME': 'me',
      'INPUT_REGISTRY-PASSWORD': 'secret',
      'INPUT_GITHUB-TOKEN': 'token',
      INPUT_PLATFORMS: 'linux/amd64,linux/arm/v7',
      'INPUT_FAIL-FAST': 'TRUE',
      INPUT_CONCURRENCY: ' 4 ',
      'INPUT_WORKING-DIRECTORY': 'sub',
    });
    expect(inputs).toEqual({
      mode: 'finish',
      operators: ['keystone', 'glance'],
      stages: ['lint', 'unit', 'e2e'],
      config: 'ci/release.yaml',
      configGiven: true,
      dryRun: true,
      base: 'origin/release/1.x~2',
      version: '1.2.3-rc.1+b.5',
      registry: 'localhost:5000/acme',
      registryUsername: 'me',
      registryPassword: 'secret',
      githubToken: 'token',
      platforms: ['linux/amd64', 'linux/arm/v7'],
      failFast: true,
      concurrency: 4,
      workingDirectory: 'sub',
    });
  });

  it('gives a value that nobody can change', () => {
    const inputs = readInputs({ INPUT_OPERATORS: 'a' });
    expect(() => Object.assign(inputs, { dryRun: true })).toThrow(TypeError);
    expect(() => (inputs.operators as string[]).push('b')).toThrow(TypeError);
  });

  it('orders stages as reports do, whatever the order of the input', () => {
    expect(readInputs({ INPUT_STAGES: 'release,lint' }).stages).toEqual(['lint', 'release']);
    expect(readInputs({ INPUT_STAGES: 'auto' }).stages).toBe('auto');
  });

  it.each([
    ['INPUT_DRY_RUN', 'true', /^input "dry_run": unknown; there are mode, operators, /, 'did you mean "dry-run"?'],
    ['INPUT_OPERATOR', 'a', /unknown/, 'did you mean "operators"?'],
    ['INPUT_FOO', '', /unknown/, undefined],
  ])('refuses the unknown %s', (name, value, message, hint) => {
    const [problem, ...more] = problemsOf({ [name]: value });
    expect(problem).toMatchObject({ code: 'OR-INPUT-UNKNOWN', hint, at: undefined });
    expect(problem?.message).toMatch(message);
    expect(more).toEqual([]);
  });

  it.each([
    ['MODE', 'plann', /found "plann", expected one of run, plan, finish, reconcile/, 'did you mean "plan"?'],
    ['DRY-RUN', 'yes', /found "yes", expected true or false/, undefined],
    ['FAIL-FAST', '1', /expected true or false/, undefined],
    [
      'STAGES',
      'lint\nunits',
      /found "units", expected auto or names of stages: verify, lint, /,
      'did you mean "unit"?',
    ],
    ['STAGES', 'auto,lint', /found "auto"/, 'auto stands alone'],
    ['OPERATORS', '../etc', /expected lower-case letters/, undefined],
    ['OPERATORS', '--help', /expected lower-case letters/, undefined],
    ['BASE', '--upload-pack=evil', /expected a branch, tag or commit/, undefined],
    ['BASE', 'a b', /expected a branch, tag or commit/, undefined],
    ['VERSION', '1.2', /expected a semantic version/, undefined],
    ['VERSION', 'v01.2.3', /expected a semantic version/, undefined],
    ['VERSION', 'V1.2.3', /expected a semantic version/, undefined],
    ['VERSION', 'vv1.2.3', /expected a semantic version/, undefined],
    ['VERSION', '1.2.3-01', /expected a semantic version/, undefined],
    ['REGISTRY', 'oci://ghcr.io/acme', /expected a registry and path/, 'write "ghcr.io/acme"'],
    ['REGISTRY', 'https://ghcr.io/acme/', /without a scheme/, 'write "ghcr.io/acme"'],
    ['REGISTRY', 'acme', /expected a registry/, 'name the registry too: "ghcr.io/acme"'],
    ['REGISTRY', 'ghcr.io/acme/op:v1', /without a scheme, tag or digest/, undefined],
    ['PLATFORMS', 'linux/x86_64', /expected os\/arch/, 'write "linux/amd64"'],
    ['PLATFORMS', 'arm64', /expected os\/arch/, 'write "linux/arm64"'],
    ['PLATFORMS', 'plan9/amd64', /expected os\/arch/, 'write "linux/amd64"'],
    ['CONCURRENCY', '0', /expected a whole number/, undefined],
    ['CONCURRENCY', '1.5', /expected a whole number/, undefined],
    ['CONCURRENCY', '1e3', /expected a whole number/, undefined],
  ])('refuses %s %j', (name, value, message, hint) => {
    const [problem, ...more] = problemsOf({ [`INPUT_${name}`]: value });
    expect(problem).toMatchObject({ code: 'OR-INPUT-VALUE', hint, at: undefined });
    expect(problem?.message).toMatch(message);
    expect(problem?.message).toContain(`input "${name.toLowerCase()}"`);
    expect(more).toEqual([]);
  });

  it('reports several at once', () => {
    const problems = problemsOf({
      INPUT_MODE: 'x',
      INPUT_CONCURRENCY: 'many',
      INPUT_PLATFORMS: 'a,b',
      INPUT_NOPE: '1',
    });
    expect(problems.map((problem) => problem.code)).toEqual([
      'OR-INPUT-UNKNOWN',
      'OR-INPUT-VALUE',
      'OR-INPUT-VALUE',
      'OR-INPUT-VALUE',
      'OR-INPUT-VALUE',
    ]);
  });

  it('never shows a secret', () => {
    const problems = problemsOf({
      'INPUT_GITHUB-TOKEN': 'hunter2',
      'INPUT_REGISTRY-PASSWORD': 'hunter2',
      INPUT_REGISTRY: 'https://me:hunter2@ghcr.io/acme',
    });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems.map((problem) => [problem.message, problem.hint]))).not.toContain('hunter2');
  });
});
