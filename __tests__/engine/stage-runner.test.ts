import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../src/engine/graph.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { createStageRunner } from '../../src/engine/stage-runner.ts';
import type { RunnerOptions } from '../../src/engine/stage-runner.ts';
import type { Plan, TaskPlan } from '../../src/plan/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { taskOf } from './tasks.ts';

const root = mkdtempSync(join(tmpdir(), 'runner-'));
mkdirSync(join(root, 'ops/o1'), { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'scratch-'));

type Commands = Partial<TaskPlan['commands']>;

/** Runs the stage unit of an operator, which its commands replace. */
async function run(commands: Commands, timeoutMs = 20_000, signal = new AbortController().signal): Promise<Outcome> {
  const base = taskOf(1, 'unit');
  const task = { ...base, timeoutMs, commands: { ...base.commands, run: ['true'], ...commands } } as TaskPlan;
  const plan = { operators: [{ name: 'o1', path: 'ops/o1', tasks: [task] }] } as unknown as Plan;
  const runner = createStageRunner({
    plan,
    scratch,
    ports: { exec, git: { root }, env: {} },
    onPublished: () => undefined,
    http: () => ({}),
    registry: () => ({}),
    github: () => null,
  } as unknown as RunnerOptions);
  const [outcome] = await runGraph([task], runner, { concurrency: 1, failFast: false, signal, now: () => 0 });
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

describe('createStageRunner', () => {
  it("runs the project's commands before, instead of and after a stage, in the operator's folder", async () => {
    const outcome = await run({
      before: ['echo before'],
      run: ['pwd', 'echo $WORD'],
      after: ['echo after'],
      env: { WORD: 'hello' },
    });
    expect(outcome.state).toBe('done');
    expect(outcome.log).toEqual([
      '$ echo before',
      'before',
      '$ pwd',
      join(root, 'ops/o1'),
      '$ echo $WORD',
      'hello',
      '$ echo after',
      'after',
    ]);
    expect(existsSync(join(scratch, 'o1'))).toBe(true);
  });

  it.each<[string, Commands, string]>([
    ['before', { before: ['exit 4'] }, 'unit.before ended with exit code 4: exit 4'],
    ['in place of it', { run: ['true', 'false | true'] }, 'unit.run ended with exit code 1: false | true'],
    ['after', { after: ['echo $UNSET'] }, 'unit.after ended with exit code'],
  ])('fails with the command that fails %s, and runs no further one', async (_, commands, message) => {
    const outcome = await run({ after: ['echo never'], ...commands });
    expect(outcome).toMatchObject({
      state: 'failed',
      problems: [{ code: 'OR-STAGE-COMMAND', message: expect.stringContaining(message) as string }],
    });
    expect(outcome.log).not.toContain('never');
  });

  it('ends a stage that takes too long, and says how long that was', async () => {
    const outcome = await run({ run: ['sleep 60'] }, 400);
    expect(outcome).toMatchObject({
      state: 'failed',
      problems: [{ code: 'OR-STAGE-TIMEOUT', message: 'unit did not end within 0.4 s' }],
    });
  });

  it('is cancelled, and not failed, when the run is', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error('SIGTERM')), 300);
    expect((await run({ run: ['sleep 60'] }, 20_000, cancel.signal)).state).toBe('cancelled');
  });
});
