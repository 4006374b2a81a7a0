import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { createMask } from '../../src/report/mask.ts';
import { createTerminalReporter } from '../../src/report/terminal-reporter.ts';
import type { Reporter } from '../../src/report/reporter.ts';
import { docs, failingResult, operatorSample, outcomeSample, planSample, resultSample } from './samples.ts';

interface Given {
  readonly isTTY?: boolean;
  readonly env?: Record<string, string>;
  readonly debug?: boolean;
}

function setUp({ isTTY = false, env = {}, debug = false }: Given = {}): { reporter: Reporter; text: () => string } {
  const written: string[] = [];
  const reporter = createTerminalReporter({
    stream: { write: (text: string) => written.push(text), isTTY, columns: 60 },
    env,
    now: () => 0,
    mask: createMask([{ value: 'hunter22' }]),
    toolVersion: '1.0.0',
    docs,
    debug,
  });
  return { reporter, text: () => written.join('') };
}

const plan = planSample([operatorSample('keystone')]);

describe('a terminal', () => {
  it('shows plan, logs, findings and the end, in this order', async () => {
    const { reporter, text } = setUp();
    reporter.plan(plan);
    const failing = failingResult();
    const finding = { level: 'warning' as const, message: 'unused', at: { file: 'a.go', line: 3 } };
    const lint = outcomeSample('keystone', 'lint', { state: 'done' }, { findings: [finding], log: ['lint hunter22'] });
    const outcomes = failing.outcomes.map((outcome) => (outcome.stage === 'lint' ? lint : outcome));
    await reporter.finish(plan, { ...failing, outcomes });
    const marks = [
      'operator-release 1.0.0',
      '── ✓ keystone lint',
      '   lint ***',
      '── ✗ keystone e2e',
      'a.go:3  warning  unused',
      '✗ keystone e2e failed after',
      '✗ 1 stage failed',
    ];
    const places = marks.map((mark) => text().indexOf(mark));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it.each([
    ['in colours', { isTTY: true }, true],
    ['without, where NO_COLOR is set', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['in colours, where NO_COLOR is empty', { isTTY: true, env: { NO_COLOR: '' } }, true],
    ['without, in a file', { isTTY: false }, false],
    ['without, on a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ])('%s', (_, given, coloured) => {
    const { reporter, text } = setUp(given);
    reporter.plan(plan);
    expect(text().includes('\u001b[1m')).toBe(coloured);
  });

  it('has the cursor back at the end, also after a fault', async () => {
    for (const end of [
      (reporter: Reporter): Promise<void> => reporter.finish(plan, resultSample()),
      (reporter: Reporter): Promise<void> => reporter.finish(plan, null),
      (reporter: Reporter): Promise<void> => reporter.fail([new Problem('OR-A', 'bad hunter22')]),
    ]) {
      const { reporter, text } = setUp({ isTTY: true });
      reporter.event({ kind: 'started', id: 'keystone/lint', atMs: 0 });
      reporter.event({
        kind: 'progress',
        id: 'keystone/lint',
        text: `reading ${'x'.repeat(20)} hunter22 ${'y'.repeat(40)}`,
      });
      reporter.log.info('a line \u001b[2Jbetween\nhunter22');
      await end(reporter);
      expect(text().lastIndexOf('\u001b[?25h')).toBeGreaterThan(text().lastIndexOf('\u001b[?25l'));
      expect(text()).not.toContain('hunter');
      expect(text()).not.toContain('\u001b[2J');
    }
  });

  it('shows debug lines on request', () => {
    const quiet = setUp();
    const loud = setUp({ debug: true });
    for (const { reporter } of [quiet, loud]) {
      reporter.log.debug('detail');
      reporter.log.warn('careful');
    }
    expect(quiet.text()).toBe('warning: careful\n');
    expect(loud.text()).toBe('debug: detail\nwarning: careful\n');
  });
});
