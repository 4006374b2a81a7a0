import { describe, expect, it } from 'vitest';
import { createMask } from '../src/report/mask.ts';
import { secretsOfArgs, secretsOfStep, withhold } from '../src/secrets.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('secretsOfStep', () => {
  it('hides token and password with every user that they could be sent with', () => {
    const mask = createMask(
      secretsOfStep({
        'INPUT_GITHUB-TOKEN': ' ghs_1234567890 ',
        'INPUT_REGISTRY-PASSWORD': 'open-sesame',
        'INPUT_REGISTRY-USERNAME': 'robot',
        GITHUB_ACTOR: 'mona',
        OTHER: 'shown',
      }),
    );
    for (const secret of ['ghs_1234567890', 'open-sesame']) {
      for (const user of ['robot', 'mona', 'x-access-token']) {
        expect(mask(`a ${secret} b ${base64(`${user}:${secret}`)} c`)).toBe('a *** b *** c');
      }
    }
    expect(mask('shown robot mona')).toBe('shown robot mona');
    expect(secretsOfStep({ 'INPUT_GITHUB-TOKEN': ' ' })).toEqual([]);
  });
});

describe('secretsOfArgs', () => {
  const env = { GITHUB_TOKEN: 'from-github', GH_TOKEN: 'from-gh', MY_PAT: 'from-mine', ROBOT: 'from-robot' };
  const valuesOf = (...argv: readonly string[]): readonly string[] => [
    ...new Set(secretsOfArgs(argv, env).map(({ value }) => value)),
  ];

  it.each([
    [['plan'], []],
    [['plan', '--github-token', 'env:MY_PAT'], ['from-mine']],
    [
      ['--github-token=env:MY_PAT', 'run', '--registry-password', 'env:ROBOT'],
      ['from-robot', 'from-mine'],
    ],
    [['run', '--registry-password', 'env:NOT_THERE'], []],
    // Refused later, in a message that must not repeat it.
    [['run', '--registry-password=typed-in'], ['typed-in']],
    [['run', '--registry-password'], []],
  ])('%j', (argv, more) => {
    expect([...valuesOf(...argv)].sort()).toEqual([...more, 'from-github', 'from-gh'].sort());
  });

  it('knows the user of the flag', () => {
    const secrets = secretsOfArgs(['run', '--registry-username', 'robot', '--registry-password=env:ROBOT'], env);
    expect(createMask(secrets)(base64('robot:from-robot'))).toBe('***');
  });
});

describe('withhold', () => {
  it('takes away every variable that holds a secret, by whatever name, and gives the whole back', () => {
    const env = {
      'INPUT_GITHUB-TOKEN': 'ghs_1234567890',
      NETRC: 'machine github.com password ghs_1234567890',
      SHORT: 'test',
      COMMAND: 'make test',
      PATH: '/bin',
      NONE: undefined,
    };
    const before = { ...env };
    expect(withhold(env, [{ value: 'ghs_1234567890' }, { value: 'test' }])).toEqual(before);
    expect(env).toEqual({ COMMAND: 'make test', PATH: '/bin', NONE: undefined });
  });
});
