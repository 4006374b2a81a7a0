import { describe, expect, it } from 'vitest';
import { helpText, inputsFromArgs } from '../src/args.ts';
import { Problems } from '../src/errors.ts';
import type { Problem } from '../src/errors.ts';
import { inputNames, readInputs } from '../src/inputs.ts';

function problemsOf(argv: string[], env: Record<string, string> = {}): string[] {
  try {
    inputsFromArgs(argv, env);
  } catch (error) {
    const problems = error instanceof Problems ? error.problems : [error as Problem];
    return problems.map(({ code, message, hint }) => `${code} ${message}${hint === undefined ? '' : ` (${hint})`}`);
  }
  return [];
}

describe('inputsFromArgs', () => {
  it('reads the same inputs as the action does', () => {
    const { inputs, ...rest } = inputsFromArgs(
      [
        ...['plan', '--stages', 'lint,unit', '--operators', 'keystone', '--operators=glance', '--config', 'f.yaml'],
        ...['--dry-run', '--base', 'main', '--version', 'v1.2.3', '--registry', 'localhost:5000/x'],
        ...['--registry-username', 'me', '--platforms', 'linux/amd64', '--fail-fast=false', '--concurrency', '2'],
        ...['--working-directory', 'w', '--json', '--debug', '--event', 'e.json'],
      ],
      { GITHUB_TOKEN: 'token', REGISTRY_PASSWORD: 'password', INPUT_MODE: 'finish' },
    );
    expect(rest).toEqual({ command: 'plan', json: true, debug: true, event: 'e.json' });
    expect(inputs).toEqual(
      readInputs({
        INPUT_MODE: 'plan',
        INPUT_STAGES: 'lint,unit',
        INPUT_OPERATORS: 'keystone\nglance',
        INPUT_CONFIG: 'f.yaml',
        'INPUT_DRY-RUN': 'true',
        INPUT_BASE: 'main',
        INPUT_VERSION: '1.2.3',
        INPUT_REGISTRY: 'localhost:5000/x',
        'INPUT_REGISTRY-USERNAME': 'me',
        'INPUT_REGISTRY-PASSWORD': 'password',
        'INPUT_GITHUB-TOKEN': 'token',
        INPUT_PLATFORMS: 'linux/amd64',
        'INPUT_FAIL-FAST': 'false',
        INPUT_CONCURRENCY: '2',
        'INPUT_WORKING-DIRECTORY': 'w',
      }),
    );
  });

  it.each([[[]], [['help']], [['--help']], [['run', '-h']], [['run', '--help']]])('shows help for %j', (argv) => {
    expect(inputsFromArgs(argv).command).toBe('help');
  });

  it('explains every flag in lines that fit a terminal', () => {
    const help = helpText();
    for (const name of inputNames) expect(help).toContain(name === 'mode' ? 'Commands' : `--${name} `);
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('takes secrets from the environment only', () => {
    expect(inputsFromArgs(['run'], { GH_TOKEN: 'b' }).inputs.githubToken).toBe('b');
    expect(inputsFromArgs(['run'], { GITHUB_TOKEN: '', GH_TOKEN: 'b' }).inputs.githubToken).toBe('b');
    expect(inputsFromArgs(['run', '--github-token', 'env:MINE'], { MINE: 'c', GH_TOKEN: 'b' }).inputs.githubToken).toBe(
      'c',
    );
    expect(inputsFromArgs(['run']).inputs.githubToken).toBeUndefined();
    const [problem] = problemsOf(['run', '--github-token', 'hunter2']);
    expect(problem).toMatch(/^OR-INPUT-VALUE --github-token: a secret cannot be an argument.*GITHUB_TOKEN or GH_TOKEN/);
    expect(problem).not.toContain('hunter2');
    expect(problemsOf(['run', '--registry-password', 'env:NONE'])).toEqual([
      'OR-INPUT-VALUE --registry-password: there is no variable NONE',
    ]);
  });

  it.each([
    [['rnu'], /^OR-INPUT-UNKNOWN found "rnu", expected one command: run, .*\(did you mean "run"\?\)$/],
    [['run', 'keystone'], /^OR-INPUT-UNKNOWN found "keystone", expected one command/],
    [['run', '--dryrun'], /^OR-INPUT-UNKNOWN --dryrun: unknown; .*\(did you mean "--dry-run"\?\)$/],
    [['run', '--mode', 'plan'], /^OR-INPUT-UNKNOWN --mode: unknown/],
    [['run', '-x'], /^OR-INPUT-UNKNOWN -x: unknown/],
    [['run', '--stages'], /^OR-INPUT-VALUE --stages: found nothing/],
    [['run', '--base', 'a', '--base', 'b'], /^OR-INPUT-VALUE --base: found twice/],
    [['run', '--dry-run=maybe'], /^OR-INPUT-VALUE --dry-run: found "maybe", expected true or false/],
    [['run', '--concurrency', 'x'], /^OR-INPUT-VALUE --concurrency: found "x", expected a whole number/],
    [['run', '--operators', '--json'], /^OR-INPUT-VALUE --operators: found nothing/],
  ])('refuses %j', (argv, message) => {
    const found = problemsOf(argv);
    expect(found[0]).toMatch(message);
  });
});
