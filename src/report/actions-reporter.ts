import { appendFileSync } from 'node:fs';
import type * as actionsCore from '@actions/core';
import type { Published } from '../engine/outcome.ts';
import { messageOf } from '../errors.ts';
import { annotationsForActions, findingsOf, selectAnnotations } from './annotations.ts';
import { artifactLines } from './artifacts-file.ts';
import { renderEnd } from './end-text.ts';
import { groupsForActions, logGroups } from './log-groups.ts';
import { bytes } from './markdown.ts';
import type { Mask } from './mask.ts';
import { maskAll } from './mask.ts';
import { emptyOutputs, renderOutputs } from './outputs.ts';
import type { Outputs } from './outputs.ts';
import { colours, noPaint } from './paint.ts';
import { renderPlan } from './plan-text.ts';
import { renderProblems } from './problem-text.ts';
import type { DocsPlace } from './problem-text.ts';
import type { Reporter } from './reporter.ts';
import { mostSummaryBytes } from './sections.ts';
import { LiveStatus } from './status.ts';
import { renderProblemsSummary, renderSummary } from './summary.ts';
import { inert, oneLine } from './text.ts';
import { failureInOneLine } from './verdict.ts';

/** What is used of `@actions/core`. */
export type Core = Pick<typeof actionsCore, 'setOutput' | 'setFailed' | 'isDebug' | 'summary'>;

export interface ActionsReporterOptions {
  readonly core: Core;
  /** Writes to the step's standard output, where core writes too. */
  readonly write: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the start of the run. */
  readonly now: () => number;
  readonly mask: Mask;
  readonly toolVersion: string;
  readonly docs: DocsPlace;
}

/** The report of a run as a step of GitHub Actions. Sets all outputs to what they are when nothing is known. */
export function createActionsReporter(options: ActionsReporterOptions): Reporter {
  const { core, env, mask, docs } = options;
  const paint = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '' ? colours : noPaint;

  /** Lines that are text and nothing else. */
  const text = (lines: readonly string[]): void => {
    for (const line of lines) options.write(`${inert(mask(line))}\n`);
  };
  /** Lines of which some are commands that were made here. */
  const raw = (lines: readonly string[]): void => {
    for (const line of lines) options.write(`${mask(line)}\n`);
  };
  const attempt = (what: string, action: () => void): void => {
    try {
      action();
    } catch (error) {
      text([`warning: ${what} could not be written: ${messageOf(error)}`]);
    }
  };
  const written = new Map<string, string>();
  const setOutputs = (outputs: Outputs): void => {
    // Without the file, core falls back to a command that the runner no longer takes.
    if (!env['GITHUB_OUTPUT']) return;
    attempt('the outputs', () => {
      for (const [name, value] of Object.entries(outputs)) {
        if (written.get(name) === value) continue;
        core.setOutput(name, mask(value));
        written.set(name, value);
      }
    });
  };
  const writeSummary = async (markdown: string): Promise<void> => {
    const masked = mask(markdown);
    if (!env['GITHUB_STEP_SUMMARY'] || bytes(masked) > mostSummaryBytes) return;
    try {
      await core.summary.addRaw(masked, true).write();
    } catch (error) {
      text([`warning: the summary could not be written: ${messageOf(error)}`]);
    }
  };
  const status = new LiveStatus({
    write: (line) => text([line.trimEnd()]),
    now: options.now,
    columns: undefined,
    mask,
  });

  /** Of all runs of this step: `mode: reconcile` has one for each tag, and a name must not get a second digest. */
  const published: Published[] = [];
  let declared = 0;

  setOutputs(emptyOutputs());
  return {
    log: {
      info: (line) => text([line]),
      warn: (line) => text([paint.yellow(`warning: ${line}`)]),
      debug: (line) => {
        if (core.isDebug()) text([paint.dim(`debug: ${line}`)]);
      },
    },
    plan: (plan) => {
      const masked = maskAll(plan, mask);
      text([...renderPlan(masked, { toolVersion: options.toolVersion, colour: paint === colours }), '']);
      setOutputs(renderOutputs(masked, null));
    },
    event: (event) => status.handle(event),
    finish: async (plan, result) => {
      status.stop();
      const maskedPlan = maskAll(plan, mask);
      const masked = maskAll(result, mask);
      await writeSummary(renderSummary(maskedPlan, masked, docs));
      setOutputs(renderOutputs(maskedPlan, masked));
      if (masked === null) return;
      const failure = failureInOneLine(masked);
      raw(groupsForActions(logGroups(maskedPlan, masked.outcomes)));
      raw(annotationsForActions(selectAnnotations(findingsOf(masked.outcomes), failure === null ? 0 : 1)));
      text(renderEnd(maskedPlan, masked, docs, paint));
      published.push(...masked.published);
      const artifacts = artifactLines(published);
      declareArtifacts(artifacts.slice(declared), env['GITHUB_ARTIFACTS'], attempt);
      declared = artifacts.length;
      if (failure !== null) core.setFailed(oneLine(failure));
    },
    fail: async (problems) => {
      status.stop();
      const masked = maskAll(problems, mask);
      text(renderProblems(masked, docs, paint));
      await writeSummary(renderProblemsSummary(masked, docs));
      const findings = masked.flatMap(({ at, message, code }) =>
        at === undefined ? [] : [{ level: 'error' as const, at, message, title: code }],
      );
      raw(annotationsForActions(selectAnnotations(findings, 1)));
      const [first, ...others] = masked;
      const hint = first?.hint === undefined ? '' : ` → ${first.hint}`;
      const more = others.length > 0 ? `; and ${others.length} more` : '';
      core.setFailed(oneLine(`${first?.message ?? 'failed'} (${first?.code ?? 'OR-BUG'})${hint}${more}`));
    },
  };
}

function declareArtifacts(
  lines: readonly string[],
  file: string | undefined,
  attempt: (what: string, action: () => void) => void,
): void {
  if (file === undefined || file === '' || lines.length === 0) return;
  attempt('the list of artifacts', () => appendFileSync(file, `${lines.join('\n')}\n`));
}
