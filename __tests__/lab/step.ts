import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../conformance/process.ts';
import type { ProcessOptions, ProcessResult, RunningProcess } from '../conformance/process.ts';

/** What the workflow and the event say. */
export interface StepOptions extends Omit<ProcessOptions, 'main' | 'post'> {
  /** Folder with main.js and post.js. */
  readonly dist: string;
  /** The machine goes down with main: nothing tidies up. */
  readonly withoutPost?: boolean;
}

/** A step on its way; `end` is to be awaited, however it ends. */
export interface RunningStep extends RunningProcess {
  /** A file that the checkout's own commands can write through `$LAB_E2E_BEGUN`. */
  readonly begun: string;
}

export type StepResult = ProcessResult;

/** A copy of dist/, so that a build that others start in between changes nothing for a test. */
export async function copyDist(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-dist-'));
  await cp(join(import.meta.dirname, '../../dist'), join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
  return join(folder, 'dist');
}

/** Starts main.js as the runner does. */
export async function startStep({
  dist,
  variables,
  withoutPost = false,
  ...options
}: StepOptions): Promise<RunningStep> {
  const scratch = await mkdtemp(join(tmpdir(), 'lab-step-'));
  const begun = join(scratch, 'e2e-begun');
  const running = await startProcess({
    ...options,
    variables: { LAB_E2E_BEGUN: begun, ...variables },
    main: join(dist, 'main.js'),
    post: withoutPost ? null : join(dist, 'post.js'),
  });
  return {
    ...running,
    begun,
    end: async () => {
      const result = await running.end();
      await rm(scratch, { recursive: true, force: true });
      return result;
    },
  };
}

export async function runStep(options: StepOptions): Promise<StepResult> {
  return (await startStep(options)).end();
}
