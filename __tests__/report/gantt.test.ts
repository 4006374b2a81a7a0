import { describe, expect, it } from 'vitest';
import { gantt } from '../../src/report/gantt.ts';
import { verdictsOf } from '../../src/report/verdict.ts';
import type { Verdict } from '../../src/report/verdict.ts';
import { goodOutcomes, operatorSample, outcomeSample, planSample } from './samples.ts';
import type { Outcome } from '../../src/engine/outcome.ts';

function verdicts(names: readonly string[], outcomes: readonly Outcome[]): Verdict[] {
  const plan = planSample(names.map((name) => operatorSample(name)));
  return verdictsOf(plan, { outcomes, published: [], ms: 0, cancelled: false });
}

describe('gantt', () => {
  it('shows what ran when', () => {
    const outcomes = [
      outcomeSample('a', 'lint', { state: 'done' }, { startMs: 0, ms: 20 }),
      outcomeSample('a', 'unit', { state: 'failed', problems: [] }, { startMs: 61_000, ms: 90_400 }),
      outcomeSample('a', 'integration', { state: 'cancelled' }, { startMs: 5_000, ms: 7_000 }),
      outcomeSample('a', 'release', { state: 'blocked', by: ['a/unit'] }, { startMs: 5_000, ms: 0 }),
    ];
    expect(gantt(verdicts(['a'], outcomes))).toEqual({
      lines: [
        'gantt',
        '  dateFormat HH:mm:ss',
        '  axisFormat %M:%S',
        '  todayMarker off',
        '  section a',
        '  lint :done, 00:00:00, 1s',
        '  unit :crit, 00:01:01, 90s',
        '  integration :active, 00:00:05, 7s',
      ],
      note: '',
    });
  });

  it('holds nothing of a name that Mermaid could read', () => {
    const name = 'a:b;c#d\n%%{init}%% "e" <f> `g` é';
    const outcomes = [outcomeSample(name, 'lint'), outcomeSample(name, 'unit')];
    expect(gantt(verdicts([name], outcomes))?.lines[4]).toBe('  section a b c d init e f g é');
    const nameless = [outcomeSample('::', 'lint'), outcomeSample('::', 'unit')];
    expect(gantt(verdicts(['::'], nameless))?.lines[4]).toBe('  section unnamed');
  });

  it('leaves out short bars among several operators, and operators above 120 bars', () => {
    const names = Array.from({ length: 20 }, (_, index) => `op-${index}`);
    const picture = gantt(
      verdicts(
        names,
        names.flatMap((name) => goodOutcomes(name)),
      ),
    );
    const bars = picture?.lines.filter((line) => line.includes(' :done')) ?? [];
    expect(bars.length).toBeLessThanOrEqual(120);
    expect(bars.some((line) => line.includes('chart-package'))).toBe(false);
    expect(picture?.note).toBe('without 7 more operators');
  });

  it('is not drawn for one bar, or for a run of a day', () => {
    expect(gantt(verdicts(['a'], [outcomeSample('a', 'lint')]))).toBeNull();
    const long = [outcomeSample('a', 'lint'), outcomeSample('a', 'unit', { state: 'done' }, { ms: 24 * 3_600_000 })];
    expect(gantt(verdicts(['a'], long))).toBeNull();
  });

  it('has hours on its axis when there are any', () => {
    const outcomes = [outcomeSample('a', 'lint'), outcomeSample('a', 'unit', { state: 'done' }, { ms: 3_700_000 })];
    expect(gantt(verdicts(['a'], outcomes))?.lines[2]).toBe('  axisFormat %H:%M');
  });
});
