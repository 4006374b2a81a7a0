import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsForActions, groupsForTerminal, logGroups } from '../../src/report/log-groups.ts';
import { noPaint } from '../../src/report/paint.ts';
import { commandsIn } from './runner.ts';
import { failingResult, goodOutcomes, operatorSample, outcomeSample, planSample, rolloutProblem } from './samples.ts';

const plan = planSample([operatorSample('keystone'), operatorSample('nova')]);

describe('groups', () => {
  it('stand in the order of the plan, failed ones last, empty ones not at all', () => {
    const outcomes = [...failingResult('nova').outcomes, ...goodOutcomes('keystone')].reverse();
    const titles = logGroups(plan, outcomes).map(({ title }) => title);
    expect(titles.slice(0, 2)).toEqual([
      '✓ keystone verify · 0:12 · go.mod tidy, generated files fresh',
      '✓ keystone lint · 0:41 · 0 findings',
    ]);
    expect(titles.at(-1)).toBe('✗ nova e2e · 1:52');
    expect(titles.filter((title) => title.includes('nova'))).toHaveLength(8);
  });

  it('keep the last 5,000 lines and say how many are left out', () => {
    const log = Array.from({ length: 6_234 }, (_, index) => `line ${index}`);
    const [group] = logGroups(plan, [outcomeSample('keystone', 'unit', { state: 'done' }, { log })]);
    expect(group?.lines).toHaveLength(5_001);
    expect(group?.lines.slice(0, 2)).toEqual(['… 1,234 earlier lines are not shown', 'line 1234']);
  });

  it('cut lines that no one reads', () => {
    const log = ['x'.repeat(1_000_000)];
    const [group] = logGroups(plan, [outcomeSample('keystone', 'unit', { state: 'done' }, { log })]);
    expect(group?.lines[0]).toHaveLength(4_000);
  });

  it('fold on the runner and have headings on a terminal', () => {
    const problems = [rolloutProblem];
    const outcome = outcomeSample(
      'keystone',
      'unit',
      { state: 'failed', problems },
      { note: '50 %', log: ['ok', '::warning::x'] },
    );
    const groups = logGroups(plan, [outcome]);
    expect(groupsForActions(groups)).toEqual([
      '::group::✗ keystone unit · 0:01 · 50 %25',
      'ok',
      ': :warning::x',
      '::endgroup::',
    ]);
    expect(groupsForTerminal(groups, noPaint)).toEqual([
      '',
      '── ✗ keystone unit · 0:01 · 50 %',
      '   ok',
      '   ::warning::x',
    ]);
  });

  it('hold no command but their own, whatever a tool writes', () => {
    const piece = fc.constantFrom(
      '::',
      '##[',
      'endgroup',
      'error',
      'stop-commands',
      ']',
      ' ',
      '\r',
      '\n',
      '\u001b[1m',
      '\u0000',
    );
    const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), line, (log, note) => {
        const groups = logGroups(plan, [outcomeSample('keystone', 'unit', { state: 'done' }, { log, note })]);
        const names = commandsIn(groupsForActions(groups).join('\n')).map(({ name }) => name);
        expect(names).toEqual(['group', 'endgroup']);
      }),
      { numRuns: 300 },
    );
  });
});
