import { describe, expect, it } from 'vitest';
import { problemsOf, runGraph } from '../../src/engine/graph.ts';
import type { GraphOptions, TaskEvent, TaskRunner } from '../../src/engine/graph.ts';
import { Problem, Problems } from '../../src/errors.ts';
import { taskOf } from './tasks.ts';

const options = (more: Partial<GraphOptions> = {}): GraphOptions => ({
  concurrency: 4,
  failFast: false,
  signal: new AbortController().signal,
  now: () => 0,
  ...more,
});
const quiet: TaskRunner = () => Promise.resolve();

describe('runGraph', () => {
  it('keeps what a task says with its outcome, and times it', async () => {
    let clock = 0;
    const events: TaskEvent[] = [];
    const [outcome] = await runGraph(
      [taskOf(1, 'unit')],
      (_, context) => {
        clock += 40;
        context.log.info('a line');
        context.log.warn('careful');
        context.progress('busy');
        context.note('first');
        context.note('214 tests');
        context.find({ level: 'error', message: 'wrong' });
        context.detail('| a |');
        return Promise.resolve();
      },
      options({ now: () => clock, onEvent: (event) => events.push(event) }),
    );
    expect(outcome).toEqual({
      id: 'o1/unit',
      operator: 'o1',
      stage: 'unit',
      startMs: 0,
      ms: 40,
      state: 'done',
      note: '214 tests',
      findings: [{ level: 'error', message: 'wrong' }],
      details: ['| a |'],
      log: ['a line', 'warning: careful'],
    });
    expect(events.map((event) => event.kind)).toEqual(['started', 'progress', 'ended']);
  });

  it('keeps the log, the findings and the details of a failed task', async () => {
    const [outcome] = await runGraph(
      [taskOf(1, 'lint')],
      (_, context) => {
        context.log.info('before');
        context.find({ level: 'warning', message: 'w' });
        return Promise.reject(new Problem('OR-X', 'broken'));
      },
      options(),
    );
    expect(outcome).toMatchObject({ state: 'failed', log: ['before'], findings: [{ message: 'w' }] });
  });

  it('starts what the longest path waits for first', async () => {
    const started: string[] = [];
    const stages = ['lint', 'verify', 'unit', 'image-build', 'cluster'] as const;
    await runGraph(
      stages.map((stage) => taskOf(1, stage)),
      (task) => {
        started.push(task.stage);
        return Promise.resolve();
      },
      options({ concurrency: 1 }),
    );
    expect(started).toEqual(['cluster', 'image-build', 'unit', 'verify', 'lint']);
  });

  it('runs nothing when it was cancelled before it began', async () => {
    const outcomes = await runGraph(
      [taskOf(1, 'unit'), taskOf(2, 'unit', ['o1/unit'])],
      () => Promise.reject(new Error('it ran')),
      options({ signal: AbortSignal.abort() }),
    );
    expect(outcomes.map((outcome) => outcome.state)).toEqual(['cancelled', 'cancelled']);
  });

  it('gives running tasks the signal on fail-fast, and calls them cancelled', async () => {
    const slow = taskOf(1, 'unit');
    const broken = taskOf(2, 'unit');
    const outcomes = await runGraph(
      [slow, broken],
      (task, { signal }) =>
        task === broken
          ? Promise.reject(new Problem('OR-X', 'broken'))
          : new Promise((_, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
            ),
      options({ failFast: true }),
    );
    expect(outcomes.map((outcome) => outcome.state)).toEqual(['cancelled', 'failed']);
  });

  it('takes a plan whose tasks wait for each other for a bug, instead of waiting for ever', async () => {
    const circle = [taskOf(1, 'unit', ['o2/unit']), taskOf(2, 'unit', ['o1/unit'])];
    await expect(runGraph(circle, quiet, options())).rejects.toThrow('wait for each other: o1/unit, o2/unit');
  });

  it('has no outcome for no task', async () => {
    expect(await runGraph([], quiet, options())).toEqual([]);
  });
});

describe('problemsOf', () => {
  it('keeps problems, and reports what nobody foresaw as our fault, with its stack', () => {
    const problem = new Problem('OR-A', 'a');
    expect(problemsOf(problem)).toEqual([problem]);
    expect(problemsOf(new Problems([problem, problem]))).toEqual([problem, problem]);
    const [bug] = problemsOf(new TypeError('x is undefined'));
    expect(bug).toMatchObject({ code: 'OR-BUG', message: 'unexpected: x is undefined' });
    expect(bug?.excerpt).toContain('graph.test.ts');
    expect(problemsOf('text')).toMatchObject([{ code: 'OR-BUG', message: 'unexpected: text' }]);
  });
});
