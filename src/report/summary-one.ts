import type { Outcome, Published, RunResult } from '../engine/outcome.ts';
import type { Plan } from '../plan/types.ts';
import { clock } from './duration.ts';
import { consequences } from './end-text.ts';
import { installLines } from './install.ts';
import { marks } from './log-groups.ts';
import { code, codeCell, fence, link, prose, table } from './markdown.ts';
import { docsOf, excerptLines, mostProblems, placeInWords } from './problem-text.ts';
import type { DocsPlace } from './problem-text.ts';
import type { Section } from './sections.ts';
import { list, many } from './text.ts';
import { outcomeOf } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** What failed, first of all: message, the lines that show the cause, what to do. */
export function failureSections(verdict: Verdict, plan: Plan, result: RunResult, docs: DocsPlace): Section[] {
  return verdict.failed.map((failed) => {
    const problems = failed.problems
      .slice(0, mostProblems)
      .flatMap((problem) => [
        `**✗ ${prose(failed.operator)} ${failed.stage}** after ${clock(failed.ms)}: ${problem.at === undefined ? '' : `${code(placeInWords(problem.at))} `}${prose(problem.message)}`,
        ...(excerptLines(problem, 40).length > 0 ? [fence(excerptLines(problem, 40))] : []),
        ...(problem.hint === undefined ? [] : [`→ ${prose(problem.hint)}`]),
      ]);
    const rest = failed.problems.length - mostProblems;
    const codes = [...new Set(failed.problems.map((problem) => problem.code))];
    return {
      name: `${prose(failed.operator)} ${failed.stage}`,
      markdown: [
        ...problems,
        ...(rest > 0 ? [`${many(rest, 'more problem')} in the log.`] : []),
        ...consequences(failed, verdict, plan, result).map(prose),
        codes.map((problemCode) => docsLink(problemCode, docs)).join(', '),
      ].join('\n\n'),
    };
  });
}

/** The code of a problem, leading to its section where the page has an address. */
export function docsLink(problemCode: string, docs: DocsPlace): string {
  const place = docsOf(problemCode, docs);
  return URL.canParse(place) ? link(problemCode, place) : `${code(problemCode)} · ${prose(place)}`;
}

/** What can be pulled now, by name and digest. */
export function publishedSection(verdict: Verdict): Section {
  const { operator, published } = verdict;
  const of = (kind: Published['kind']): Published[] => published.filter((item) => item.kind === kind);
  const [image, ...moreImages] = of('image');
  const [chart] = of('chart');
  const [release] = of('release');
  const alreadyThere = (item: Published): string[] => (item.written ? [] : ['already there']);
  const rows: string[][] = [];
  if (image !== undefined) {
    const also = [...moreImages, ...of('tag')].map((item) => codeCell(tagOf(item.name)));
    const parts = [
      codeCell(image.name),
      ...(also.length > 0 ? [`also ${also.join(' ')}`] : []),
      ...(operator.image === null ? [] : [prose(operator.image.platforms.join(', '))]),
      ...alreadyThere(image),
    ];
    rows.push(['image', parts.join(' · ')]);
    const e2e = outcomeOf(verdict, 'e2e');
    const tests = e2e?.note === undefined || e2e.note === '' ? '' : ` (${prose(e2e.note)})`;
    const tested = e2e?.state === 'done' ? `: the one that e2e ran${tests}` : '';
    if (image.digest !== null) rows.push(['digest', `${codeCell(image.digest)}${tested}`]);
  }
  if (chart !== undefined) {
    const digest = chart.digest === null ? [] : [codeCell(chart.digest)];
    rows.push(['chart', [codeCell(chart.name), ...digest, ...alreadyThere(chart)].join(' · ')]);
  }
  const signed = of('attestation');
  if (signed.length > 0) {
    const what = signed.map((item) => codeCell(item.name.replace(/@.*$/, ''))).join(', ');
    rows.push(['signed', `${what}: SLSA provenance, attached to the digest`]);
  }
  if (release !== undefined) {
    const assets = of('asset').length;
    const parts = [
      link(operator.release?.tag ?? release.name, release.name),
      ...(assets > 0 ? [many(assets, 'asset')] : []),
      ...alreadyThere(release),
    ];
    rows.push(['release', parts.join(' · ')]);
  }
  return { name: 'what is public', markdown: rows.length === 0 ? '' : table(['', ''], rows) };
}

/** The tag of a reference `host:port/path:tag`. */
export function tagOf(reference: string): string {
  return reference.slice(Math.max(reference.lastIndexOf('/'), reference.lastIndexOf(':')) + 1);
}

/** Lines to copy. */
export function installSection(verdict: Verdict): Section {
  const lines = installLines(verdict);
  return { name: 'install', markdown: lines.length === 0 ? '' : fence(lines, 'sh') };
}

/** Every stage with its outcome, time and a few words. */
export function stagesSection({ outcomes }: Verdict): Section {
  const rows = outcomes.map((outcome) => [
    outcome.stage,
    marks[outcome.state],
    outcome.ms > 0 ? clock(outcome.ms) : '',
    prose(noteOfOutcome(outcome)),
  ]);
  return { name: 'stages', markdown: rows.length === 0 ? '' : table(['stage', '', 'time', ''], rows) };
}

/** A few words on why an outcome is what it is. */
export function noteOfOutcome(outcome: Outcome): string {
  switch (outcome.state) {
    case 'done':
      return outcome.note;
    case 'failed':
      return outcome.note === '' ? (outcome.problems[0]?.message ?? '') : outcome.note;
    case 'blocked':
      return `blocked by ${list(outcome.by.map((id) => nameOf(id, outcome.operator)))}`;
    case 'skipped':
      return outcome.reason;
    case 'cancelled':
      return 'cancelled';
  }
}

function nameOf(id: string, operator: string): string {
  return id.startsWith(`${operator}/`) ? id.slice(operator.length + 1) : id.replace('/', ' ');
}
