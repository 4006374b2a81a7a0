import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bench, BenchOptions, RunOptions } from './bench.ts';
import type { ProcessResult } from './process.ts';
import type { Row } from './rows.ts';

/** Several jobs of one tag: in the form of a matrix that the subject asks for, else the same step in each job. */

interface Race extends Omit<BenchOptions, 'files' | 'legs' | 'completeAtOnce'> {
  readonly name: string;
  readonly legs: number;
  /** Milliseconds between the starts. */
  readonly apart: number;
}

const expected =
  'exit 0 of every job, one release with the files of all, no draft is left; the next run writes nothing';

function legs({ name, legs: count, apart, ...bench }: Race): Row {
  const names = Array.from({ length: count }, (_, at) => `leg-${at + 1}`);
  const fileOf = (leg: string): string => `out/${leg}.txt`;
  const files = names.map(fileOf);
  return {
    name,
    expected,
    bench: ({ matrix }) => ({ ...bench, files, legs: names, completeAtOnce: matrix !== undefined }),
    play: async (bench) => {
      const { matrix } = bench.subject;
      const runs = names.map((leg): RunOptions => ({ leg, files: [fileOf(leg)], inputs: matrix?.leg.inputs ?? {} }));
      succeed(bench, await together(bench, runs, apart));
      if (matrix === undefined) {
        bench.isReleased();
        await wait(bench.indexLagMs);
        await bench.runsAgain({ files: files.slice(0, 1) });
        return;
      }
      bench.expect(bench.repository.releases.length === 0, 'a job of the matrix made the release, not the last job');
      const { inputs } = matrix.finish;
      await bench.releases({ inputs });
      await wait(bench.indexLagMs);
      await bench.runsAgain({ inputs });
    },
  };
}

/** Starts them one after the other, waits for real, and gives how each ended. */
export async function together(bench: Bench, runs: readonly RunOptions[], apart: number): Promise<ProcessResult[]> {
  const run = `${randomInt(1e9, 1e10)}`;
  const prepared = runs.map((options) => bench.prepare({ ...options, together: run }));
  return Promise.all(
    prepared.map(async (start, at) => {
      await wait(at * apart);
      return bench.end(await start());
    }),
  );
}

export function succeed(bench: Bench, results: readonly ProcessResult[]): void {
  const codes = results.map(({ exitCode }) => exitCode ?? 'signal').join(',');
  bench.expect(
    results.every(({ exitCode }) => exitCode === 0),
    `exits ${codes}`,
  );
}

/** The same run several times at once: a re-run that somebody clicked twice. */
function same(name: string, count: number, indexLagMs: number): Row {
  return {
    name,
    expected: 'exit 0 of every run, one release, no draft is left; the next run writes nothing',
    bench: () => ({ indexLagMs }),
    play: async (bench) => {
      succeed(bench, await together(bench, Array<RunOptions>(count).fill({}), 0));
      bench.isReleased();
      await wait(bench.indexLagMs);
      await bench.runsAgain();
    },
  };
}

/** What a matrix looks like that nobody told about a last job. */
function alone(
  name: string,
  count: number,
  apart: number,
  options: Pick<BenchOptions, 'indexLagMs' | 'immutable'> = {},
): Row {
  const fileOf = (at: number): string => `out/job-${at + 1}.txt`;
  const files = Array.from({ length: count }, (_, at) => fileOf(at));
  return {
    name,
    expected:
      'one public release, no draft is left; a job that exits 0 has its file in it, and one whose file is not in it fails',
    bench: () => ({ ...options, files, completeAtOnce: false }),
    play: async (bench) => {
      const results = await together(
        bench,
        files.map((file) => ({ files: [file] })),
        apart,
      );
      const release = bench.onlyRelease('v1.2.3');
      if (release === null) return;
      for (const [at, { exitCode }] of results.entries()) {
        const there = release.assets.some((asset) => asset.name === `job-${at + 1}.txt` && asset.state === 'uploaded');
        bench.expect(
          (exitCode === 0) === there,
          `job ${at + 1}: exit ${exitCode ?? 'by a signal'}, its file is ${there ? '' : 'not '}in the release`,
        );
      }
    },
  };
}

const lag = 5000;

export const raceRows: readonly Row[] = [
  legs({ name: '4 jobs of one tag at once', legs: 4, apart: 0 }),
  legs({ name: '4 jobs of one tag, 0.7 s apart, indexes 5 s late', legs: 4, apart: 700, indexLagMs: lag }),
  legs({ name: '3 jobs of one tag, 0.7 s apart, immutable releases', legs: 3, apart: 700, immutable: true }),
];

/** Beyond the table. */
export const moreRaceRows: readonly Row[] = [
  legs({ name: '8 jobs of one tag at once', legs: 8, apart: 0 }),
  legs({ name: '8 jobs of one tag at once, indexes 5 s late', legs: 8, apart: 0, indexLagMs: lag }),
  alone('4 jobs of one tag at once, a file each and no last job', 4, 0),
  alone('4 jobs of one tag, 0.7 s apart, a file each and no last job, indexes 5 s late', 4, 700, { indexLagMs: lag }),
  same('the same run 4 times at once', 4, 0),
  same('the same run 4 times at once, indexes 5 s late', 4, lag),
];
