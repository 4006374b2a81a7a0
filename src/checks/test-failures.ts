import type { Finding } from '../engine/outcome.ts';
import type { Place } from '../errors.ts';
import { compileErrors } from './compile-errors.ts';
import type { TestFailure } from './test-events.ts';

/** Turns a file that a package's test names into one from the repository's root; null for one of others: Go's, a module's. */
export type FileOf = (packageName: string, file: string) => string | null;

/** A failure for people: what the test says, without Go's own lines, and the place in the repository's code. */
interface Essence {
  readonly text: string;
  readonly at: Place | null;
}

/** Marks of `go test -v` that say nothing on a failure. */
const noise = /^\s*=== (?:RUN|PAUSE|CONT|NAME)\b|^coverage: |^={18}$/;
/** Where a stack begins: of a panic, Go's or Ginkgo's, or of a race. */
const stackBegins = /^\s*(?:goroutine \d+ .*\[|Full Stack Trace$|(?:Read|Write) at 0x)/;
const place = /(?:^|[\s(])((?:\/|\.\/|\w)[\w./@+~-]*\.go):(\d+)/g;
/** Frames of a stack that are of use. */
const mostFrames = 8;
/** Characters of an annotation. */
const mostMessage = 4000;

/** Annotations for a failure: one for each error of the compiler, one for each test. */
export function findingsOf(failure: TestFailure, fileOf: FileOf): readonly Finding[] {
  const errors = failure.kind === 'compile' ? compileErrors(failure.output) : [];
  if (errors.length > 0) {
    return errors.map(({ at, ...error }) => {
      const file = at === undefined ? null : fileOf(failure.package, at.file);
      return file === null ? error : { ...error, at: { ...at, file } };
    });
  }
  const { text, at } = essenceOf(failure, fileOf);
  const title = failure.test === null ? nameOf(failure) : `${failure.test} failed`;
  return [{ level: 'error', title, message: messageFrom(text), ...(at === null ? {} : { at }) }];
}

/** Of a long text the lines that tell what went wrong, as far as an annotation holds them. */
function messageFrom(text: string): string {
  if (text.length <= mostMessage) return text;
  return beginTells(text.slice(0, mostMessage)) ? text.slice(0, mostMessage) : text.slice(-mostMessage);
}

/** A failure in a few words, for a list of them. */
export function nameOf({ package: name, test, kind, output }: TestFailure): string {
  if (kind === 'compile') return `${name} does not compile`;
  if (test === null) return `${name} does not pass`;
  const limit = /^panic: test timed out after (\S+)/m.exec(output)?.[1];
  if (limit !== undefined) return `${test} (timed out after ${limit})`;
  return /^panic: |^\[PANICKED\]/m.test(output) ? `${test} (panic)` : test;
}

/** The lines that tell of failures, `most` in all; each gets its share. */
export function excerptOf(failures: readonly TestFailure[], fileOf: FileOf, most: number): string {
  const shown = failures.slice(0, 5);
  const share = Math.max(4, Math.floor(most / Math.max(1, shown.length)) - 1);
  return shown
    .map((failure) => {
      const { text, at } = essenceOf(failure, fileOf);
      const lines = shortened(text.split('\n'), share);
      if (shown.length === 1) return lines.join('\n');
      const where = at === null ? '' : `${at.file}:${at.line ?? 1}: `;
      return [`${where}${nameOf(failure)}`, ...lines.map((line) => `  ${line}`)].join('\n');
    })
    .join('\n');
}

function shortened(lines: readonly string[], most: number): readonly string[] {
  return beginTells(lines.slice(0, most).join('\n')) ? lines.slice(0, most) : lines.slice(-most);
}

/** What went wrong comes first in a panic and in a spec of Ginkgo, and last in what a test logged. */
function beginTells(text: string): boolean {
  return /^(?:panic: |fatal error: |WARNING: DATA RACE|\[[A-Z]+\] )/m.test(text);
}

function essenceOf({ package: name, output }: TestFailure, fileOf: FileOf): Essence {
  const lines = output.split('\n').filter((line) => !noise.test(line));
  const start = lines.findIndex((line) => stackBegins.test(line));
  if (start === -1) return { text: lines.join('\n').trim(), at: firstPlace(lines, name, fileOf) };
  const frames = lines.slice(start).flatMap((line, index, stack) => {
    const [, file = '', row = ''] = /^\s+(\S+\.go):(\d+)(?: \+0x[0-9a-f]+)?$/.exec(line) ?? [];
    const own = file === '' ? null : fileOf(name, file);
    const called = (stack[index - 1] ?? '').trim().replace(/\([^()]*\)$/, '');
    return own === null ? [] : [{ text: `  at ${own}:${row} (${called})`, at: { file: own, line: Number(row) } }];
  });
  const head = lines.slice(0, start).filter((line) => !/^\s*In \[.*\] at: /.test(line));
  const stack = [...new Set(frames.map(({ text }) => text))].slice(0, mostFrames);
  return { text: [head.join('\n').trim(), ...stack].join('\n'), at: frames[0]?.at ?? firstPlace(lines, name, fileOf) };
}

/** The first place in a file of the repository. Ginkgo's "In [It] at:" is better than a place in what a test logged. */
function firstPlace(lines: readonly string[], name: string, fileOf: FileOf): Place | null {
  const named = lines.filter((line) => /^\s*In \[.*\] at: /.test(line));
  for (const line of [...named, ...lines]) {
    for (const [, file = '', row] of line.matchAll(place)) {
      const own = fileOf(name, file);
      if (own !== null) return { file: own, line: Number(row) };
    }
  }
  return null;
}
