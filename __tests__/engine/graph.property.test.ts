import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../src/engine/graph.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { Problem } from '../../src/errors.ts';
import { stageNames } from '../../src/plan/types.ts';
import type { TaskId, TaskPlan } from '../../src/plan/types.ts';
import { taskOf } from './tasks.ts';

interface World {
  readonly tasks: readonly TaskPlan[];
  readonly failing: ReadonlySet<TaskId>;
  readonly concurrency: number;
}

/** Random acyclic graphs, their tasks in any order, some of which fail. */
const worlds: fc.Arbitrary<World> = fc
  .array(
    fc.record({ needs: fc.infiniteStream(fc.boolean()), stage: fc.constantFrom(...stageNames), fails: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 9,
    },
  )
  .chain((nodes) => {
    const tasks: TaskPlan[] = [];
    const failing = new Set<TaskId>();
    for (const [index, node] of nodes.entries()) {
      const needs = tasks.filter(() => node.needs.next().value).map((task) => task.id);
      const task = taskOf(index, node.stage, needs);
      tasks.push(task);
      if (node.fails && index % 2 === 0) failing.add(task.id);
    }
    return fc.record({
      tasks: fc.shuffledSubarray(tasks, { minLength: tasks.length }),
      failing: fc.constant(failing),
      concurrency: fc.integer({ min: 1, max: 4 }),
    });
  });

interface Seen {
  readonly outcomes: readonly Outcome[];
  readonly started: readonly TaskId[];
  /** Tasks that had not ended in `done` when one that needs them started. */
  readonly early: readonly TaskId[];
  readonly most: number;
  readonly startedAfterStop: readonly TaskId[];
}

/** Runs a world under fast-check's scheduler, which ends the tasks in any order; `stopAfter` cancels after so many ends. */
async function play(
  world: World,
  s: fc.Scheduler,
  options: { failFast?: boolean; stopAfter?: number } = {},
): Promise<Seen> {
  const cancel = new AbortController();
  const done = new Set<TaskId>();
  const started: TaskId[] = [];
  const early: TaskId[] = [];
  const startedAfterStop: TaskId[] = [];
  let [running, most, ended, failed] = [0, 0, 0, false];
  const stopped = (): boolean => cancel.signal.aborted || (options.failFast === true && failed);
  const outcomes = await s.waitFor(
    runGraph(
      world.tasks,
      async (task, { signal }) => {
        started.push(task.id);
        if (stopped()) startedAfterStop.push(task.id);
        early.push(...task.needs.filter((id) => !done.has(id)));
        most = Math.max(most, ++running);
        await s.schedule(Promise.resolve(), task.id);
        running--;
        signal.throwIfAborted();
        if (world.failing.has(task.id)) throw new Problem('OR-TEST', task.id);
        done.add(task.id);
      },
      {
        concurrency: world.concurrency,
        failFast: options.failFast ?? false,
        signal: cancel.signal,
        now: () => ended,
        onEvent: (event) => {
          if (event.kind !== 'ended') return;
          failed ||= event.outcome.state === 'failed';
          if (++ended === options.stopAfter) cancel.abort(new Error('cancel'));
        },
      },
    ),
  );
  return { outcomes, started, early, most, startedAfterStop };
}

/** The failed tasks below one, by a definition that knows no order of events. */
function failedBelow(world: World, id: TaskId): ReadonlySet<TaskId> {
  const task = world.tasks.find((candidate) => candidate.id === id);
  const below = (task?.needs ?? []).map((need) => [need, failedBelow(world, need)] as const);
  return new Set(
    below.flatMap(([need, deeper]) => (deeper.size > 0 ? [...deeper] : world.failing.has(need) ? [need] : [])),
  );
}

describe('runGraph, for every graph and every order of events', () => {
  it('ends each task once, in the order of the tasks, as its needs allow', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.scheduler(), async (world, s) => {
        const { outcomes, started, early, most } = await play(world, s);
        expect(outcomes.map((outcome) => outcome.id)).toEqual(world.tasks.map((task) => task.id));
        expect(new Set(started).size).toBe(started.length);
        expect(early).toEqual([]);
        expect(most).toBeLessThanOrEqual(world.concurrency);
        for (const outcome of outcomes) {
          const roots = failedBelow(world, outcome.id);
          const expected = roots.size > 0 ? 'blocked' : world.failing.has(outcome.id) ? 'failed' : 'done';
          expect(outcome.state, outcome.id).toBe(expected);
          expect(started.includes(outcome.id)).toBe(expected !== 'blocked');
          if (outcome.state !== 'blocked') continue;
          expect([...outcome.by].sort(), outcome.id).toEqual([...roots].sort());
        }
      }),
      { numRuns: 150 },
    );
  });

  it('starts nothing after the first failure when it is to fail fast, and still ends every task', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.scheduler(), async (world, s) => {
        const { outcomes, startedAfterStop } = await play(world, s, { failFast: true });
        expect(startedAfterStop).toEqual([]);
        expect(outcomes.map((outcome) => outcome.id)).toEqual(world.tasks.map((task) => task.id));
        const failed = outcomes.filter((outcome) => outcome.state === 'failed');
        expect(failed.length).toBeLessThanOrEqual(1);
        if (failed.length === 0) expect(outcomes.every((outcome) => outcome.state === 'done')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('starts nothing after a cancel, and still ends every task', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.scheduler(), fc.integer({ min: 1, max: 6 }), async (world, s, stopAfter) => {
        const { outcomes, started, startedAfterStop } = await play(world, s, { stopAfter });
        expect(startedAfterStop).toEqual([]);
        expect(outcomes.map((outcome) => outcome.id)).toEqual(world.tasks.map((task) => task.id));
        for (const outcome of outcomes) {
          if (!started.includes(outcome.id)) expect(['cancelled', 'blocked']).toContain(outcome.state);
          else expect(outcome.state).not.toBe('blocked');
        }
      }),
      { numRuns: 100 },
    );
  });
});
