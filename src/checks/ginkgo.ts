import { leftOut } from './kept-output.ts';

/** A spec of Ginkgo that failed. */
export interface FailedSpec {
  /** All its containers and its own text: `Thing Controller When reconciling [It] should succeed`. */
  readonly name: string;
  readonly output: string;
}

const failed =
  /^\S* ?\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] \[[\d.]+ seconds?\]$|^\[\w+\] \[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\]/;
/** Between specs; with -ginkgo.v there is none between what a spec logged and how it failed. */
const border = new RegExp(`^-{30,}$|(?=${failed.source})`, 'm');

/** The failed specs of a suite, which is a single test for Go, from what it printed; none for a test without Ginkgo. */
export function failedSpecs(output: string): readonly FailedSpec[] {
  const told = toldSpecs(output);
  const listed = listedSpecs(output);
  if (listed.length <= told.length) return told;
  return [...told, ...listed.filter(({ name }) => !told.some((spec) => spec.name.startsWith(name)))];
}

/** By the list at the end, which has all of them where an output is too long to be kept. */
function listedSpecs(output: string): readonly FailedSpec[] {
  const [, list = ''] = /^Summarizing \d+ Failures?:\n((?:  .*\n)*)/m.exec(output) ?? [];
  return [...list.matchAll(/^ {2}\[[A-Z]+!?\] (.*)\n {2}(\S.*:\d+)$/gm)].map(([, name = '', at = '']) => ({
    name: name.trim(),
    output: `[FAILED] at ${at}`,
  }));
}

/** By what Ginkgo says of each when it fails. */
function toldSpecs(output: string): readonly FailedSpec[] {
  return output.split(border).flatMap((block): FailedSpec[] => {
    const [head = '', name = '', ...rest] = block.trim().split('\n');
    if (!failed.test(head) || name === '') return [];
    const text = rest.join('\n');
    // The timeline above it tells the steps; what went wrong stands below.
    const end = text.indexOf('<< Timeline');
    const said = end === -1 ? text.replace(/^\/\S+:\d+\n/, '') : text.slice(end + '<< Timeline'.length);
    // After a gap another spec may speak.
    return [{ name: name.trim(), output: withoutIndent(said.split(leftOut)[0] ?? '') }];
  });
}

function withoutIndent(text: string): string {
  return text.replace(/^ {2}/gm, '').trim();
}

export interface SpecCounts {
  readonly pass: number;
  readonly fail: number;
  readonly skip: number;
}

/** How many specs a suite ran, by its last line; null for a test without Ginkgo. */
export function countSpecs(output: string): SpecCounts | null {
  const match = /^(?:SUCCESS|FAIL)! .*?(\d+) Passed \| (\d+) Failed \| (\d+) Pending \| (\d+) Skipped/m.exec(output);
  if (match === null) return null;
  const [passed = 0, failing = 0, pending = 0, skipped = 0] = match.slice(1).map(Number);
  return { pass: passed, fail: failing, skip: pending + skipped };
}
