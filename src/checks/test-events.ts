import { stripVTControlCharacters } from 'node:util';
import { countSpecs, failedSpecs } from './ginkgo.ts';
import { KeptOutput } from './kept-output.ts';

/** One line of `go test -json` (go doc cmd/test2json). */
interface TestEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Output?: string;
  readonly Elapsed?: number;
  /** Package that does not compile, which made another one fail. */
  readonly FailedBuild?: string;
}

export interface TestFailure {
  readonly package: string;
  /** A test, or a spec of Ginkgo; null when the package did not compile or ended outside of a test. */
  readonly test: string | null;
  readonly kind: 'test' | 'compile' | 'package';
  readonly output: string;
}

export interface TestReport {
  /** Tests, and in place of a suite of Ginkgo its specs. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly TestFailure[];
  /** The slowest tests, longest first, seconds. */
  readonly slowest: readonly { readonly test: string; readonly seconds: number }[];
}

/** Collects `go test -json`, line by line. `log` gets what a person wants to see: a line per package, the output of failures. */
export class TestEvents {
  readonly #output = new Map<string, KeptOutput>();
  readonly #failures: TestFailure[] = [];
  readonly #tests: { test: string; seconds: number }[] = [];
  readonly #failedIn = new Set<string>();
  /** Lines that are no events: what the compiler said, before Go 1.24. */
  readonly #plain: string[] = [];
  /** Tests that have begun and not ended, with the time at which they did, by package and name. */
  readonly #running = new Map<string, { readonly package: string; readonly test: string; readonly since: number }>();
  readonly #log: (line: string) => void;
  #counts = { pass: 0, fail: 0, skip: 0 };

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  add(line: string): void {
    const event = parse(line);
    if (event === null) {
      if (line.trim() === '') return;
      this.#plain.push(line);
      this.#log(line);
      return;
    }
    const name = event.Package ?? event.ImportPath?.replace(/ \[.*$/, '') ?? '';
    const key = keyOf(name, event.Test);
    if (event.Output !== undefined) {
      const kept = this.#output.get(key) ?? new KeptOutput();
      // Ginkgo paints, whatever it writes to.
      kept.add(stripVTControlCharacters(event.Output));
      this.#output.set(key, kept);
      if (event.Test === undefined && /^(ok|FAIL|---|\?)\s/.test(event.Output)) this.#log(event.Output.trimEnd());
    }
    if (event.Action === 'run' && event.Test !== undefined) {
      this.#running.set(key, { package: name, test: event.Test, since: Date.now() });
    }
    if (event.Action === 'build-fail') this.#fail(name, null, 'compile');
    if (event.Action === 'pass' || event.Action === 'fail' || event.Action === 'skip') this.#end(event, name, key);
  }

  /** Tests that have begun and not ended, longest first, with the seconds they have run. */
  running(): readonly { readonly test: string; readonly seconds: number }[] {
    return this.#leaves()
      .map(({ package: name, test, since }) => ({ test: `${name}.${test}`, seconds: (Date.now() - since) / 1000 }))
      .sort((a, b) => b.seconds - a.seconds);
  }

  /** Running tests without running subtests. */
  #leaves(): { readonly package: string; readonly test: string; readonly since: number }[] {
    const all = [...this.#running.values()];
    return all.filter(
      (each) => !all.some((other) => other.package === each.package && other.test.startsWith(`${each.test}/`)),
    );
  }

  #end(event: TestEvent, name: string, key: string): void {
    if (event.Test === undefined) {
      if (event.Action === 'fail') this.#endPackage(name, event.FailedBuild);
      return;
    }
    // A parent fails with its subtests; the innermost failure is the one that tells something.
    const inner = this.#failures.some(
      (failure) => failure.package === name && failure.test?.startsWith(`${event.Test ?? ''}/`) === true,
    );
    this.#running.delete(key);
    const output = this.#output.get(key)?.text() ?? '';
    const specs = countSpecs(output);
    for (const outcome of ['pass', 'fail', 'skip'] as const) {
      this.#counts[outcome] += specs === null ? Number(event.Action === outcome) : specs[outcome];
    }
    this.#tests.push({ test: `${name}.${event.Test}`, seconds: event.Elapsed ?? 0 });
    if (event.Action === 'fail' && !inner) this.#fail(name, event.Test, 'test');
    this.#output.delete(key);
  }

  /** A test that panics or runs out of time takes the whole package with it, and may never end itself. */
  #endPackage(name: string, failedBuild: string | undefined): void {
    const open = this.#leaves().filter((each) => each.package === name);
    for (const { test } of open) this.#running.delete(keyOf(name, test));
    const broken = open.filter(({ test }) => {
      const output = this.#output.get(keyOf(name, test))?.text() ?? '';
      return /^(?:panic|fatal error): /m.test(output);
    });
    for (const { test } of broken.length > 0 ? broken : open) {
      this.#counts.fail++;
      this.#fail(name, test, 'test');
    }
    // Told already, of the package that does not compile.
    if (failedBuild !== undefined || this.#failedIn.has(name)) return;
    const output = this.#output.get(keyOf(name, undefined))?.text() ?? '';
    if (output.includes('[build failed]') && this.#plain.length > 0) {
      this.#failedIn.add(name);
      this.#failures.push({ package: name, test: null, kind: 'compile', output: this.#plain.join('\n') });
    } else {
      this.#fail(name, null, 'package');
    }
  }

  #fail(name: string, test: string | null, kind: TestFailure['kind']): void {
    const output = this.#output.get(keyOf(name, test ?? undefined))?.text() ?? '';
    this.#failedIn.add(name);
    const specs = failedSpecs(output);
    if (specs.length === 0) this.#failures.push({ package: name, test, kind, output });
    else this.#failures.push(...specs.map((spec) => ({ package: name, test: spec.name, kind, output: spec.output })));
    for (const line of output.trimEnd().split('\n')) this.#log(line);
  }

  report(): TestReport {
    const slowest = [...this.#tests].sort((a, b) => b.seconds - a.seconds).slice(0, 5);
    const { pass, fail, skip } = this.#counts;
    return { passed: pass, failed: fail, skipped: skip, failures: this.#failures, slowest };
  }
}

function keyOf(name: string, test: string | undefined): string {
  return `${name}\0${test ?? ''}`;
}

function parse(line: string): TestEvent | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as TestEvent;
  } catch {
    return null;
  }
}
