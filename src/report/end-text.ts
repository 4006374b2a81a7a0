import type { Published, RunResult } from '../engine/outcome.ts';
import type { Plan } from '../plan/types.ts';
import { clock, inWords } from './duration.ts';
import { installLines } from './install.ts';
import type { Paint } from './paint.ts';
import { docsOf, mostProblems, placeInWords, underProblem } from './problem-text.ts';
import type { DocsPlace } from './problem-text.ts';
import { list, many, oneLine, pad } from './text.ts';
import { blockedBy, verdictsOf } from './verdict.ts';
import type { Failed, Verdict } from './verdict.ts';

/** The last lines of a run: each failure with what to do, then how it ended and what is public. */
export function renderEnd(plan: Plan, result: RunResult, docs: DocsPlace, paint: Paint): string[] {
  const verdicts = verdictsOf(plan, result);
  const failures = verdicts.flatMap((verdict) =>
    verdict.failed.flatMap((failed) => ['', ...renderFailure(failed, verdict, plan, result, docs, paint)]),
  );
  const good = verdicts
    .filter(({ state }) => state === 'released' || state === 'published' || state === 'checked')
    .flatMap((verdict) => renderGood(verdict, verdicts.length === 1, paint));
  return [...(good.length > 0 ? ['', ...good] : []), ...failures, '', closingLine(plan, result, verdicts, paint)];
}

function renderFailure(
  failed: Failed,
  verdict: Verdict,
  plan: Plan,
  result: RunResult,
  docs: DocsPlace,
  paint: Paint,
): string[] {
  const head = `✗ ${oneLine(failed.operator)} ${failed.stage} failed after ${clock(failed.ms)}`;
  const [only, ...others] = failed.problems;
  const messageOf = (problem: Failed['problems'][number]): string =>
    `${problem.at === undefined ? '' : `${oneLine(placeInWords(problem.at))}  `}${oneLine(problem.message)}`;
  const lines =
    only !== undefined && others.length === 0
      ? [paint.bold(paint.red(`${head}: ${messageOf(only)}`)), ...underProblem(only, paint)]
      : [
          paint.bold(paint.red(`${head}: ${many(failed.problems.length, 'problem')}`)),
          ...failed.problems
            .slice(0, mostProblems)
            .flatMap((problem) => [`  ${paint.red('✗')} ${messageOf(problem)}`, ...underProblem(problem, paint)]),
          ...(failed.problems.length > mostProblems ? [`  … ${failed.problems.length - mostProblems} more`] : []),
        ];
  const codes = [...new Set(failed.problems.map((problem) => problem.code))].slice(0, mostProblems);
  return [
    ...lines,
    ...consequences(failed, verdict, plan, result).map((line) => `  ${line}`),
    ...codes.map((code) => paint.dim(`  ${oneLine(`${code} · ${docsOf(code, docs)}`)}`)),
  ];
}

/** What a failure keeps from happening, what is public all the same, and that a re-run is safe (law 4 of the design). */
export function consequences(failed: Failed, verdict: Verdict, plan: Plan, result: RunResult): string[] {
  const blocked = blockedBy(failed, result.outcomes);
  const sentences = [
    ...(blocked.length > 0 ? [`Blocked by this: ${oneLine(list(blocked, 20))}.`] : []),
    ...(plan.event.publishes ? [stateOfPublication(verdict.published), 'Re-run is safe.'] : []),
  ];
  return sentences.length > 0 ? [sentences.join(' ')] : [];
}

function stateOfPublication(published: readonly Published[]): string {
  const written = published.filter((item) => item.written);
  if (written.length > 0) return `Public since this run: ${oneLine(list(written.map((item) => item.name)))}.`;
  return published.length > 0 ? 'Nothing new was published.' : 'Nothing was published.';
}

const labels: Readonly<Record<Published['kind'], string>> = {
  image: 'image',
  tag: 'tag',
  chart: 'chart',
  release: 'release',
  asset: 'asset',
  attestation: 'signed',
};

/** A line for an operator among many; alone also what is public, by digest, and how to install it. */
function renderGood({ operator, state, published }: Verdict, alone: boolean, paint: Paint): string[] {
  const name = oneLine(operator.name);
  if (state === 'checked') return [`${paint.green('✓')} ${paint.bold(name)} all checks passed`];
  if (isStaged(operator))
    return [
      `${paint.green('✓')} ${paint.bold(`${name} ${oneLine(operator.version.text)}`)} tested; waits for mode: finish`,
    ];
  const what = published.some((item) => item.written) ? state : `${state} already; nothing changed`;
  const head = `${paint.green('✓')} ${paint.bold(`${name} ${oneLine(operator.version.text)}`)} ${what}`;
  if (!alone) {
    const page =
      published.find((item) => item.kind === 'release') ?? published.find((item) => item.kind !== 'attestation');
    return [`${head}  ${oneLine(page?.name ?? '')}`];
  }
  return [
    head,
    ...published
      .filter((item) => item.kind !== 'asset')
      .map((item) => {
        const digest = item.digest === null ? '' : `  ${paint.dim(oneLine(item.digest))}`;
        const state = item.written ? (item.kind === 'tag' ? '  moved' : '') : '  there already';
        return `    ${paint.cyan(pad(labels[item.kind], 8))}${oneLine(item.name)}${digest}${state}`;
      }),
    ...installLines({ operator, published }).map((line) => `    $ ${line}`),
  ];
}

/** A leg of a common tag: it leaves what it tested for another job to publish. */
function isStaged({ tasks }: Verdict['operator']): boolean {
  return tasks.some((task) => 'candidate' in task && task.candidate !== null);
}

function closingLine(plan: Plan, result: RunResult, verdicts: readonly Verdict[], paint: Paint): string {
  const time = inWords(result.ms);
  const failed = result.outcomes.filter((outcome) => outcome.state === 'failed').length;
  if (failed > 0) return paint.red(`✗ ${many(failed, 'stage')} failed · ${time}`);
  if (result.cancelled) {
    const ended = result.outcomes.filter(({ state, ms }) => state === 'cancelled' && ms > 0);
    const names = oneLine(list(ended.map(({ operator, stage }) => `${operator} ${stage}`)));
    return paint.yellow(`⋯ cancelled after ${time}${names === '' ? '' : `, during ${names}`}. Re-run is safe.`);
  }
  if (verdicts.every(({ state }) => state === 'idle')) return `✓ nothing to do · ${time}`;
  const why = plan.event.publishes ? '' : ` · not published: ${oneLine(plan.event.publishReason)}`;
  return paint.green(`✓ ${time}${why}`);
}
