import type { Finding } from '../engine/outcome.ts';

/** One line of `go test -json` (go doc cmd/test2json). */
interface TestEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Output?: string;
  readonly Elapsed?: number;
}

export interface TestFailure {
  readonly package: string;
  /** Null when the package did not compile or ended outside a test. */
  readonly test: string | null;
  readonly output: string;
}

export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly TestFailure[];
  /** The slowest tests, longest first, seconds. */
  readonly slowest: readonly { readonly test: string; readonly seconds: number }[];
}

/** Collects `go test -json`, line by line. `log` gets what a person wants to see: a line per package, the output of failures. */
export class TestEvents {
  readonly #output = new Map<string, string[]>();
  readonly #failures: TestFailure[] = [];
  readonly #tests: { test: string; seconds: number }[] = [];
  readonly #failedIn = new Set<string>();
  readonly #log: (line: string) => void;
  #counts = { pass: 0, fail: 0, skip: 0 };

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  add(line: string): void {
    const event = parse(line);
    if (event === null) {
      if (line.trim() !== '') this.#log(line);
      return;
    }
    const name = event.Package ?? event.ImportPath?.replace(/ \[.*$/, '') ?? '';
    const key = `${name}\0${event.Test ?? ''}`;
    if (event.Output !== undefined) {
      const kept = this.#output.get(key) ?? [];
      if (kept.length < 2000) kept.push(event.Output);
      this.#output.set(key, kept);
      if (event.Test === undefined && /^(ok|FAIL|---|\?)\s/.test(event.Output)) this.#log(event.Output.trimEnd());
    }
    if (event.Action === 'build-fail') this.#fail(name, null, key);
    if (event.Action === 'pass' || event.Action === 'fail' || event.Action === 'skip') this.#end(event, name, key);
  }

  #end(event: TestEvent, name: string, key: string): void {
    if (event.Test === undefined) {
      if (event.Action === 'fail' && !this.#failedIn.has(name)) this.#fail(name, null, key);
      return;
    }
    // A parent fails with its subtests; the innermost failure is the one that tells something.
    const inner = this.#failures.some(
      (failure) => failure.package === name && failure.test?.startsWith(`${event.Test ?? ''}/`) === true,
    );
    this.#counts[event.Action as 'pass' | 'fail' | 'skip']++;
    this.#tests.push({ test: `${name}.${event.Test}`, seconds: event.Elapsed ?? 0 });
    if (event.Action === 'fail' && !inner) this.#fail(name, event.Test, key);
    this.#output.delete(key);
  }

  #fail(name: string, test: string | null, key: string): void {
    const output = (this.#output.get(key) ?? []).join('');
    this.#failedIn.add(name);
    this.#failures.push({ package: name, test, output });
    for (const line of output.trimEnd().split('\n')) this.#log(line);
  }

  report(): TestReport {
    const slowest = [...this.#tests].sort((a, b) => b.seconds - a.seconds).slice(0, 5);
    const { pass, fail, skip } = this.#counts;
    return { passed: pass, failed: fail, skipped: skip, failures: this.#failures, slowest };
  }
}

function parse(line: string): TestEvent | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as TestEvent;
  } catch {
    return null;
  }
}

/** First place in a Go file that an output names: `x_test.go:12:`, or Ginkgo's absolute one. */
const place = /(?:^|[\s(])((?:\/|\.\/|\w)[\w./-]*\.go):(\d+)/m;

/** An annotation for a failure. `fileOf` turns a file named by a package's test into one from the repository's root, null if outside. */
export function findingOf(failure: TestFailure, fileOf: (packageName: string, file: string) => string | null): Finding {
  const match = place.exec(preferred(failure.output));
  const file = match?.[1] === undefined ? null : fileOf(failure.package, match[1]);
  return {
    level: 'error',
    title: failure.test === null ? `${failure.package} does not pass` : `${failure.test} failed`,
    message: failure.output.trim().slice(0, 4000),
    ...(file === null ? {} : { at: { file, line: Number(match?.[2]) } }),
  };
}

/** Ginkgo names the failing line after "[FAILED]"; what stands before is the log of the run. */
function preferred(output: string): string {
  const failed = output.search(/\[FAILED\]/);
  return failed === -1 ? output : output.slice(failed);
}
