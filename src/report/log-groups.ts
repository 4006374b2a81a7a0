import type { Outcome } from '../engine/outcome.ts';
import type { Plan } from '../plan/types.ts';
import { clock } from './duration.ts';
import type { Paint } from './paint.ts';
import { count, cut, inert, oneLine, printable } from './text.ts';
import { command } from './commands.ts';

/** The log of one stage under its heading. */
export interface LogGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A stage's last lines that are shown; the runner's page gets slow with more. */
const mostLines = 5_000;
const mostColumns = 4_000;

export const marks: Readonly<Record<Outcome['state'], string>> = {
  done: '✓',
  failed: '✗',
  blocked: '–',
  skipped: '–',
  cancelled: '⋯',
};

/** One group for each stage that wrote something: in the order of the plan's tasks, the failed ones last. */
export function logGroups(plan: Plan, outcomes: readonly Outcome[]): LogGroup[] {
  const order = new Map(
    plan.operators.flatMap((operator) => operator.tasks).map((task, index) => [task.id, index] as const),
  );
  const place = (outcome: Outcome): number =>
    (order.get(outcome.id) ?? order.size) + (outcome.state === 'failed' ? order.size + 1 : 0);
  return outcomes
    .filter((outcome) => outcome.log.length > 0)
    .sort((a, b) => place(a) - place(b))
    .map((outcome) => ({ title: titleOf(outcome), lines: boundedLines(outcome.log) }));
}

function titleOf({ state, operator, stage, ms, note }: Outcome): string {
  const parts = [`${marks[state]} ${operator} ${stage}`, clock(ms), ...(note === '' ? [] : [note])];
  return oneLine(parts.join(' · '));
}

function boundedLines(log: readonly string[]): string[] {
  const left = log.length - mostLines;
  const lines = log.slice(-mostLines).map((line) => cut(printable(line), mostColumns));
  return left > 0 ? [`… ${count(left)} earlier lines are not shown`, ...lines] : lines;
}

/** Groups as the runner's log folds them. */
export function groupsForActions(groups: readonly LogGroup[]): string[] {
  return groups.flatMap(({ title, lines }) => [
    command('group', {}, title),
    ...lines.map(inert),
    command('endgroup', {}, ''),
  ]);
}

/** Groups under headings. */
export function groupsForTerminal(groups: readonly LogGroup[], paint: Paint): string[] {
  return groups.flatMap(({ title, lines }) => ['', paint.bold(`── ${title}`), ...lines.map((line) => `   ${line}`)]);
}
