import { Bench } from './bench.ts';
import type { Row } from './rows.ts';
import type { Subject } from './subject.ts';

/** How a row ended. */
export interface Verdict {
  readonly row: Row;
  /** Empty: as it must be. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly seconds: number;
}

/** Plays one row in a world of its own. */
export async function playRow(subject: Subject, row: Row): Promise<Verdict> {
  const start = performance.now();
  const bench = await Bench.open(subject, row.bench?.(subject));
  try {
    await row.play(bench);
  } finally {
    await bench.close();
  }
  const unknown = bench.github.violations.map((violation) => `GitHub's description does not allow: ${violation}`);
  const findings = [...bench.findings, ...bench.invariants.broken.map((each) => `on the way: ${each}`), ...unknown];
  return { row, findings, notes: bench.notes, seconds: (performance.now() - start) / 1000 };
}
