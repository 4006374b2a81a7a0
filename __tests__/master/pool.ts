import { openWorld } from './world.ts';
import type { Undisturbed } from './case.ts';
import { runCase, undisturbed } from './case.ts';
import type { Case, CaseResult } from './case.ts';

/**
 * Runs cases in several worlds side by side, each with its own registry, GitHub and checkout. `choose` gets what the first
 * undisturbed release has shown. Results come in the order of the cases.
 */
export async function runCases(
  workers: number,
  choose: (undisturbed: Undisturbed) => readonly Case[] | Promise<readonly Case[]>,
  onResult: (result: CaseResult, done: number, of: number) => Promise<void> = () => Promise.resolve(),
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  let chosen: Promise<readonly Case[]> | null = null;
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const world = await openWorld();
    try {
      const wanted = await undisturbed(world);
      chosen ??= Promise.resolve(choose(wanted));
      const cases = await chosen;
      for (let at = next++; at < cases.length; at = next++) {
        const each = cases[at];
        if (each === undefined) return;
        const result = await runCase(world, wanted.state, each);
        results[at] = result;
        await onResult(result, ++done, cases.length);
      }
    } finally {
      await world.stop();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return results;
}
