/** A spec of Ginkgo that failed. */
export interface FailedSpec {
  /** All its containers and its own text: `Thing Controller When reconciling [It] should succeed`. */
  readonly name: string;
  readonly output: string;
}

const ruler = /^-{30,}$/m;
const failed =
  /^\S* ?\[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\] \[[\d.]+ seconds?\]$|^\[\w+\] \[(?:FAILED|PANICKED|TIMEDOUT|INTERRUPTED|ABORTED)\]/;

/** The failed specs of a suite, which is a single test for Go, from what it printed; none for a test without Ginkgo. */
export function failedSpecs(output: string): readonly FailedSpec[] {
  return output.split(ruler).flatMap((block): FailedSpec[] => {
    const [head = '', name = '', ...rest] = block.trim().split('\n');
    if (!failed.test(head) || name === '') return [];
    const text = rest.join('\n');
    // The timeline above it tells the steps; what went wrong stands below.
    const end = text.lastIndexOf('<< Timeline');
    const told = end === -1 ? text.replace(/^\/\S+:\d+\n/, '') : text.slice(end + '<< Timeline'.length);
    return [{ name: name.trim(), output: withoutIndent(told) }];
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
