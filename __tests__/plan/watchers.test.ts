import { matchesGlob } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexWatchers } from '../../src/plan/watchers.ts';
import type { Watched } from '../../src/plan/watchers.ts';

const watched = (name: string, inputs: readonly string[], watch: readonly string[]): Watched => ({
  name,
  path: name,
  inputs,
  watch,
});

function foldersOf(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return [...parts.map((_, index) => parts.slice(0, parts.length - index).join('/')), '.'];
}

function watchersOf(file: string, operators: readonly Watched[]): string[] {
  return [...new Set(indexWatchers(operators)(file, foldersOf(file)))].sort();
}

describe('indexWatchers', () => {
  const part = fc.constantFrom('a', 'b', 'hack', 'x.sh', 'ü');
  const file = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const globPart = fc.oneof(
    part,
    fc.constantFrom('*', '**', '*.sh', '{a,b}', '[ab]', 'h?ck', '.', '..', '', '+(a)', '!(a)'),
  );
  const glob = fc.array(globPart, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

  it('finds those that a test of every operator finds', () => {
    const operator = fc.record({ inputs: fc.array(file, { maxLength: 2 }), watch: fc.array(glob, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(operator, { maxLength: 6 }), file, (given, changed) => {
        const operators = given.map(({ inputs, watch }, index) => watched(`op${index}`, inputs, watch));
        const expected = operators.filter(
          ({ inputs, watch }) =>
            inputs.some((input) => changed === input || changed.startsWith(`${input}/`)) ||
            watch.some((pattern) => matchesGlob(changed, pattern)),
        );
        expect(watchersOf(changed, operators)).toEqual(expected.map(({ name }) => name));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['hack/**', 'hack//gen.sh', 'hack/../hack/gen.sh', '**/gen.sh', 'h*/gen.sh', 'hack/gen.sh'])(
    'knows %s',
    (pattern) => {
      expect(matchesGlob('hack/gen.sh', pattern)).toBe(true);
      expect(watchersOf('hack/gen.sh', [watched('one', [], [pattern]), watched('two', [], ['docs/**'])])).toEqual([
        'one',
      ]);
    },
  );

  it('takes the whole repository as an input for no reason', () => {
    expect(watchersOf('hack/gen.sh', [watched('one', ['.'], [])])).toEqual([]);
  });
});
