import type { RunResult } from '../engine/outcome.ts';
import type { Problem } from '../errors.ts';
import type { Plan } from '../plan/types.ts';
import { inWords } from './duration.ts';
import { gantt } from './gantt.ts';
import { code, codeCell, contained, fence, foldable, prose, table } from './markdown.ts';
import { eventInWords, versionInWords } from './plan-text.ts';
import { excerptLines, mostProblems, placeInWords } from './problem-text.ts';
import type { DocsPlace } from './problem-text.ts';
import { joinSections } from './sections.ts';
import type { Section } from './sections.ts';
import { docsLink, failureSections, installSection, publishedSection, stagesSection } from './summary-one.ts';
import { closingSentence, operatorsSection, publishedOfAll } from './summary-many.ts';
import { count, groupBy, list, many } from './text.ts';
import { verdictsOf } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** The job summary: GitHub-flavoured Markdown under 1 MiB. `result` is null when the run only planned. */
export function renderSummary(plan: Plan, result: RunResult | null, docs: DocsPlace): string {
  const sections = result === null ? planSections(plan) : runSections(plan, result, docs);
  return joinSections([...sections, tagsSection(plan), skippedSection(plan), ...detailSections(plan, result)]);
}

/** The summary of a run that ended before there was a plan. */
export function renderProblemsSummary(problems: readonly Problem[], docs: DocsPlace): string {
  const shown = problems.slice(0, mostProblems).map((problem): Section => ({
    name: problem.code,
    markdown: [
      `**✗ ${problem.at === undefined ? '' : `${code(placeInWords(problem.at))} `}${prose(problem.message)}**`,
      ...(excerptLines(problem, 40).length > 0 ? [fence(excerptLines(problem, 40))] : []),
      ...(problem.hint === undefined ? [] : [`→ ${prose(problem.hint)}`]),
      docsLink(problem.code, docs),
    ].join('\n\n'),
  }));
  const rest = problems.length - shown.length;
  return joinSections([
    { name: 'head', markdown: `### ✗ Nothing was started: ${many(problems.length, 'problem')}` },
    ...shown,
    { name: 'rest', markdown: rest > 0 ? `${many(rest, 'more problem')} in the log.` : '' },
  ]);
}

/** The event, the commit, and why this is published or not, unless that says no more than the event. */
function aboutLine({ event }: Plan): string {
  const { publishes, publishReason, refName } = event;
  const reason = publishReason.includes(refName) ? [] : [prose(publishReason)];
  const parts = publishes ? reason : [`not published: ${prose(publishReason)}`];
  return [prose(eventInWords(event)), code(event.sha.slice(0, 12)), ...parts].join(' · ');
}

function planSections(plan: Plan): Section[] {
  if (plan.operators.length === 0) return [{ name: 'head', markdown: `### Nothing to do\n\n${aboutLine(plan)}` }];
  const rows = plan.operators.map((operator) => [
    codeCell(operator.name),
    prose(versionInWords(operator)),
    prose(list(operator.affected.by, 3)),
    operator.tasks.map((task) => task.stage).join(' '),
  ]);
  const names = plan.operators.length === 1 ? prose(plan.operators[0]?.name ?? '') : many(rows.length, 'operator');
  return [
    { name: 'head', markdown: `### Plan for ${names}\n\n${aboutLine(plan)}` },
    { name: 'operators', markdown: table(['operator', 'version', 'because of', 'stages'], rows) },
  ];
}

function runSections(plan: Plan, result: RunResult, docs: DocsPlace): Section[] {
  const verdicts = verdictsOf(plan, result);
  const head = { name: 'head', markdown: `### ${headline(plan, result, verdicts)}\n\n${aboutLine(plan)}` };
  const failures = verdicts.flatMap((verdict) => failureSections(verdict, plan, result, docs));
  const [first, ...others] = verdicts;
  if (first === undefined) return [head];
  if (others.length === 0) {
    return [
      head,
      ...failures,
      publishedSection(first),
      installSection(first),
      stagesSection(first),
      ganttSection(verdicts),
    ];
  }
  return [
    head,
    operatorsSection(verdicts),
    { name: 'outlook', markdown: closingSentence(verdicts, plan) },
    ...failures,
    publishedOfAll(verdicts),
    ganttSection(verdicts),
  ];
}

/** `keystone 1.2.3 released · 6 min 31 s`; `7 operators · 6 released, 1 failed · 14 min`. */
function headline(plan: Plan, result: RunResult, verdicts: readonly Verdict[]): string {
  const time = inWords(result.ms);
  const [first, ...others] = verdicts;
  if (first === undefined || verdicts.every(({ state }) => state === 'idle')) return `Nothing to do · ${time}`;
  if (others.length === 0) return `${headlineOfOne(first, plan)} · ${time}`;
  const states = [...groupBy(verdicts, stateInWords)].map(([state, group]) => `${count(group.length)} ${state}`);
  const mark = verdicts.some(({ state }) => state === 'failed') ? '✗ ' : '';
  return `${mark}${many(verdicts.length, 'operator')} · ${states.join(', ')} · ${time}`;
}

function headlineOfOne(verdict: Verdict, plan: Plan): string {
  const { operator, state, failed } = verdict;
  const name = prose(operator.name);
  const version = prose(operator.version.text);
  switch (state) {
    case 'failed':
      return `✗ ${name} ${failed.map((outcome) => outcome.stage).join(', ')} failed`;
    case 'cancelled':
      return `⋯ ${name} cancelled`;
    case 'released':
    case 'published':
      return `${name} ${version} ${state}${hasChanged(verdict) ? '' : ' already, nothing changed'}`;
    case 'blocked':
      return `– ${name} blocked`;
    case 'checked':
    case 'idle':
      return plan.event.publishes ? `✓ ${name} checked` : `✓ ${name} checked, nothing published`;
  }
}

function stateInWords(verdict: Verdict): string {
  const { state } = verdict;
  if (state === 'idle') return 'without work';
  return (state === 'released' || state === 'published') && !hasChanged(verdict) ? `${state} already` : state;
}

/** False where a re-run found everything as it should be. */
function hasChanged({ published }: Verdict): boolean {
  return published.some((item) => item.written);
}

function ganttSection(verdicts: readonly Verdict[]): Section {
  const picture = gantt(verdicts);
  const note = picture === null || picture.note === '' ? '' : `\n\n${picture.note}`;
  return { name: 'time line', markdown: picture === null ? '' : fence(picture.lines, 'mermaid') + note };
}

function tagsSection({ operators }: Plan): Section {
  const several = operators.length > 1;
  const rows = operators.flatMap(({ name, image }) =>
    image === null
      ? []
      : [
          ...image.tags.map(({ tag, reason, moving }) => [name, tag, moving ? 'moves' : 'fixed', reason] as const),
          ...image.skippedTags.map(({ tag, reason }) => [name, tag, '–', reason] as const),
        ],
  );
  if (rows.length === 0) return { name: 'tags', markdown: '' };
  const cells = rows.map(([name, tag, kind, reason]) => [
    ...(several ? [codeCell(name)] : []),
    codeCell(tag),
    kind,
    prose(reason),
  ]);
  const body = table([...(several ? ['operator'] : []), 'tag', '', 'why'], cells);
  return {
    name: 'why these tags',
    markdown: several ? foldable('Why these tags', body) : `**Why these tags**\n\n${body}`,
  };
}

function skippedSection({ operators, unaffected }: Plan): Section {
  const skipped = operators.flatMap(({ name, skipped: stages }) => {
    return [...groupBy(stages, ({ reason }) => reason)].map(([reason, group]) => ({
      name,
      what: `${group.map(({ stage }) => stage).join(', ')}: ${prose(reason)}`,
    }));
  });
  const lines = [
    ...[...groupBy(skipped, ({ what }) => what)].map(([what, group]) => {
      const names = group.map(({ name }) => name);
      return names.length === operators.length ? `- ${what}` : `- ${what} (${prose(list(names))})`;
    }),
    ...[...groupBy(unaffected, ({ reason }) => reason)].map(
      ([reason, group]) =>
        `- ${prose(
          list(
            group.map(({ name }) => name),
            20,
          ),
        )}: ${prose(reason)}`,
    ),
  ];
  return {
    name: 'what was left out',
    markdown: lines.length === 0 ? '' : foldable('What was left out, and why', lines.join('\n')),
  };
}

function detailSections(plan: Plan, result: RunResult | null): Section[] {
  if (result === null) return [];
  return verdictsOf(plan, result).flatMap(({ operator, outcomes }) =>
    outcomes
      .filter(({ details }) => details.length > 0)
      .map(({ stage, details }): Section => {
        const title = plan.operators.length > 1 ? `${operator.name} ${stage}` : stage;
        return { name: `details of ${prose(title)}`, markdown: foldable(title, contained(details)) };
      }),
  );
}
