import { findingsForTerminal, findingsOf } from './annotations.ts';
import { renderEnd } from './end-text.ts';
import { groupsForTerminal, logGroups } from './log-groups.ts';
import type { Mask } from './mask.ts';
import { maskAll } from './mask.ts';
import { colours, noPaint } from './paint.ts';
import { renderPlan } from './plan-text.ts';
import { renderProblems } from './problem-text.ts';
import type { DocsPlace } from './problem-text.ts';
import type { Reporter } from './reporter.ts';
import { LiveStatus } from './status.ts';
import { printable, printableLines } from './text.ts';

export interface TerminalReporterOptions {
  /** The stream that people read, usually standard error: standard output is for JSON. */
  readonly stream: {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the start of the run. */
  readonly now: () => number;
  readonly mask: Mask;
  readonly toolVersion: string;
  readonly docs: DocsPlace;
  readonly debug: boolean;
}

/** The report of a run on a terminal, or in a file when the output is not one. */
export function createTerminalReporter(options: TerminalReporterOptions): Reporter {
  const { stream, env, mask, docs } = options;
  const isTerminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  // https://no-color.org: set and not empty, whatever the value.
  const paint = isTerminal && !env['NO_COLOR'] ? colours : noPaint;
  const status = new LiveStatus({
    write: (text) => stream.write(mask(text)),
    now: options.now,
    columns: isTerminal ? () => stream.columns ?? 80 : undefined,
    mask,
  });
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) status.print(lines.join('\n'));
  };

  return {
    log: {
      info: (line) => print(printableLines(line)),
      warn: (line) => print([paint.yellow(printable(`warning: ${line}`))]),
      debug: (line) => {
        if (options.debug) print([paint.dim(printable(`debug: ${line}`))]);
      },
    },
    plan: (plan) =>
      print([...renderPlan(maskAll(plan, mask), { toolVersion: options.toolVersion, colour: paint === colours }), '']),
    event: (event) => status.handle(event),
    finish: (plan, result) => {
      status.stop();
      if (result === null) return Promise.resolve();
      const maskedPlan = maskAll(plan, mask);
      const masked = maskAll(result, mask);
      const findings = findingsForTerminal(findingsOf(masked.outcomes), paint);
      print([
        ...groupsForTerminal(logGroups(maskedPlan, masked.outcomes), paint),
        ...(findings.length > 0 ? ['', ...findings] : []),
        ...renderEnd(maskedPlan, masked, docs, paint),
      ]);
      return Promise.resolve();
    },
    fail: (problems) => {
      status.stop();
      print(renderProblems(maskAll(problems, mask), docs, paint));
      return Promise.resolve();
    },
  };
}
