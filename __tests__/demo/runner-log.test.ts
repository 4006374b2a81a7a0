import { expect, test } from 'vitest';
import { RunnerLog } from '../../examples/demo/runner-log.ts';

function shown(unfold: boolean, ...lines: readonly string[]): string[] {
  const written: string[] = [];
  const log = new RunnerLog((line) => written.push(line), unfold);
  for (const line of lines) log.line(line);
  log.end();
  return written;
}

test('a group is folded to its title, a failed one is not', () => {
  const output = [
    'before',
    '::group::✓ lint',
    'a',
    'b',
    '::endgroup::',
    '::group::✗ e2e',
    'c',
    '::endgroup::',
    'after',
  ];
  expect(shown(false, ...output)).toEqual(['before', '▸ ✓ lint (2 lines)', '▾ ✗ e2e', '  c', 'after']);
});

test('every group is shown when asked for', () => {
  expect(shown(true, '::group::✓ lint', 'a', '::endgroup::')).toEqual(['▾ ✓ lint', '  a']);
});

test('a group that was never closed is shown, also when the next one begins', () => {
  expect(shown(true, '::group::one', 'a', '::group::two', 'b')).toEqual(['▾ one', '  a', '▾ two', '  b']);
});

test('annotations are words, masks and debug lines are nobody’s business', () => {
  expect(
    shown(
      false,
      '::add-mask::secret',
      '::debug::detail',
      '::error file=a.go,line=3,title=x%3Ay::50%25 wrong%0Anext',
      '::warning::old',
      '::not a command',
      'a ::error:: in a line',
    ),
  ).toEqual(['error: 50% wrong', 'next', 'warning: old', '::not a command', 'a ::error:: in a line']);
});
