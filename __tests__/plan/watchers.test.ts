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
  return [...new Set(indexWatchers(operators)(file, foldersOf(file)).names)].sort();
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
            // No file is named "./a", but a glob may be.
            watch.some((pattern) => matchesGlob(changed, pattern.replace(/^(?:\.\/+)+/, ''))),
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

  it.each<[readonly string[], string, boolean]>([
    [['hack/**'], 'hack/gen.sh', true],
    [['hack/**'], 'hack/deep/er/gen.sh', true],
    [['hack/**'], 'hack', false],
    [['hack/**'], 'hacks/gen.sh', false],
    [['hack/*'], 'hack/deep/gen.sh', false],
    [['hack/*.sh'], 'hack/gen.sh', true],
    [['hack/*.sh'], 'hack/gen_sh', false],
    [['hack/gen.sh'], 'hack/gen-sh', false],
    [['./hack/**'], 'hack/gen.sh', true],
    [['hack/{1..3}.txt'], 'hack/2.txt', true],
    [['hack/{1..3}.txt'], 'hack/4.txt', false],
    [['hack/{gen.sh,.golangci.yml}'], 'hack/.golangci.yml', true],
    [['!(docs)/x.txt'], 'hack/x.txt', true],
    [['!(docs)/x.txt'], 'docs/x.txt', false],
    // Names that begin with a dot.
    [['hack/**'], 'hack/.golangci.yml', true],
    [['hack/**'], 'hack/.cache/deep/x', true],
    [['hack/*'], 'hack/.golangci.yml', true],
    [['hack/*.yml'], 'hack/.golangci.yml', true],
    [['**/*.yml'], '.golangci.yml', true],
    [['hack/.*'], 'hack/.golangci.yml', true],
    [['hack/.*'], 'hack/golangci.yml', false],
    [['.golangci.yml'], '.golangci.yml', true],
    [['**'], '.tool/.versions', true],
    // Taken out again; the last glob that matches decides.
    [['hack/**', '!hack/**/*.sh'], 'hack/x.sh', false],
    [['hack/**', '!hack/**/*.sh'], 'hack/deep/x.sh', false],
    [['hack/**', '!hack/**/*.sh'], 'hack/x.go', true],
    [['hack/**', '!hack/.*'], 'hack/.golangci.yml', false],
    [['hack/**', '!hack/*.sh', 'hack/gen.sh'], 'hack/gen.sh', true],
    [['hack/gen.sh', '!hack/*.sh'], 'hack/gen.sh', false],
    [['!hack/*.sh', 'hack/**'], 'hack/gen.sh', true],
    [['!hack/*.sh'], 'hack/x.go', false],
    [['!hack/*.sh'], 'docs/x.md', false],
    [['hack/**', '!hack/deep/**', '!docs/**'], 'hack/deep/er/x', false],
    [['hack/**', '!./hack/gen.sh'], 'hack/gen.sh', false],
  ])('%j and %s: %s', (watch, file, expected) => {
    const others = [watched('all', [], ['**']), watched('none', [], ['elsewhere/**'])];
    expect(watchersOf(file, [watched('one', [], watch), ...others])).toEqual(expected ? ['all', 'one'] : ['all']);
  });

  it('takes nothing out that an operator is made of, nor what another watches', () => {
    const operators = [
      watched('one', ['charts/one'], ['charts/**', '!charts/one/**']),
      watched('two', [], ['charts/**']),
    ];
    expect(watchersOf('charts/one/values.yaml', operators)).toEqual(['one', 'two']);
  });

  it('asks once for all what the defaults give 500 operators', () => {
    const watch = ['hack/**', '!hack/**/*.sh'];
    const operators = Array.from({ length: 500 }, (_, at) => watched(`op-${at}`, [], watch));
    const watchers = indexWatchers(operators);
    const start = performance.now();
    for (let at = 0; at < 500; at++) expect(watchers(`hack/gen-${at}.sh`, ['hack', '.']).names).toEqual([]);
    // About 50 ms on a quiet machine; asked for each operator it is twenty seconds.
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('takes the whole repository as an input for no reason', () => {
    expect(watchersOf('hack/gen.sh', [watched('one', ['.'], [])])).toEqual([]);
  });
});
