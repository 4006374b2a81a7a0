import type { Outcome } from '../engine/outcome.ts';
import type { Plan, StageName } from '../plan/types.ts';
import { clock } from './duration.ts';
import { marks } from './log-groups.ts';
import { codeCell, link, prose, table } from './markdown.ts';
import type { Section } from './sections.ts';
import { noteOfOutcome, tagOf } from './summary-one.ts';
import { cut, list, many } from './text.ts';
import type { Verdict } from './verdict.ts';

const columns: readonly { readonly title: string; readonly stages: readonly StageName[] }[] = [
  {
    title: 'checks',
    stages: ['verify', 'lint', 'unit', 'integration', 'chart-check', 'image-build', 'chart-package', 'bundle'],
  },
  { title: 'e2e', stages: ['cluster', 'e2e'] },
  { title: 'image', stages: ['publish-image', 'tags'] },
  { title: 'chart', stages: ['publish-chart'] },
  { title: 'release', stages: ['release'] },
];

/** One row for each operator. Those that need attention come first: with dozens nobody looks for them. */
export function operatorsSection(verdicts: readonly Verdict[]): Section {
  const urgency: readonly Verdict['state'][] = ['failed', 'blocked', 'cancelled'];
  const rank = ({ state }: Verdict): number => (urgency.includes(state) ? urgency.indexOf(state) : urgency.length);
  const used = columns.filter(({ stages }) =>
    verdicts.some(({ outcomes }) => outcomes.some(({ stage }) => stages.includes(stage))),
  );
  const rows = [...verdicts]
    .sort((a, b) => rank(a) - rank(b))
    .map(({ operator, outcomes }) => [
      codeCell(operator.name),
      codeCell(operator.version.text),
      ...used.map(({ title, stages }) =>
        cell(
          title,
          outcomes.filter(({ stage }) => stages.includes(stage)),
        ),
      ),
    ]);
  return { name: 'operators', markdown: table(['operator', 'version', ...used.map(({ title }) => title)], rows) };
}

/** Several stages in one cell: the worst of them speaks; when all are well, the time from the first to the last. */
function cell(title: string, outcomes: readonly Outcome[]): string {
  for (const state of ['failed', 'cancelled', 'blocked'] as const) {
    const found = outcomes.filter((outcome) => outcome.state === state);
    const [first] = found;
    if (first === undefined) continue;
    if (state === 'blocked') return 'blocked';
    const name = first.stage === title ? [] : [first.stage];
    const note = state === 'failed' ? [prose(cut(noteOfOutcome(first), 60))] : [];
    const more = found.length > 1 ? ` +${found.length - 1}` : '';
    return `${marks[state]} ${[...name, ...note].join(': ')}${more}`;
  }
  const done = outcomes.filter((outcome) => outcome.state === 'done');
  if (done.length === 0) return '–';
  // The cluster starts with the run and waits for e2e, the tags come after the release: the time between is not theirs.
  const timed = done.filter(({ stage }) => (stage !== 'cluster' && stage !== 'tags') || done.length === 1);
  const start = Math.min(...timed.map(({ startMs }) => startMs));
  const end = Math.max(...timed.map(({ startMs, ms }) => startMs + ms));
  return end - start >= 1000 ? `${marks.done} ${clock(end - start)}` : marks.done;
}

/** What the operators' different ends mean for what is public. Empty when there is nothing to say. */
export function closingSentence(verdicts: readonly Verdict[], plan: Plan): string {
  const bad = verdicts.filter(({ state }) => state === 'failed' || state === 'blocked' || state === 'cancelled');
  if (bad.length === 0 || !plan.event.publishes) return '';
  const out = verdicts.filter(({ state }) => state === 'released' || state === 'published');
  const names = prose(list(bad.map(({ operator }) => operator.name)));
  if (verdicts.every(({ published }) => published.length === 0)) {
    return `Nothing is public yet: ${names} must be green first. A re-run is safe.`;
  }
  const rerun = 'A re-run leaves what is out alone and does the rest.';
  // An image may be out whose release is not.
  if (out.length === 0)
    return `Some names are public, as listed below; ${names} must be green before the rest is. ${rerun}`;
  return `${many(out.length, 'operator')} ${out.length === 1 ? 'is' : 'are'} out; ${names} ${bad.length === 1 ? 'is' : 'are'} not finished. ${rerun}`;
}

/** What can be pulled now, of all operators, by name and digest. */
export function publishedOfAll(verdicts: readonly Verdict[]): Section {
  const rows = verdicts.flatMap(({ operator, published }) => {
    const moving = published.filter(({ kind }) => kind === 'tag').map(({ name }) => codeCell(tagOf(name)));
    return published
      .filter(({ kind }) => kind === 'image' || kind === 'chart' || kind === 'release')
      .map(({ kind, name, digest }) => [
        codeCell(operator.name),
        kind,
        kind === 'release'
          ? link(operator.release?.tag ?? name, name)
          : [codeCell(name), ...(kind === 'image' ? moving : [])].join(' '),
        codeCell(digest ?? ''),
      ]);
  });
  const markdown = rows.length === 0 ? '' : table(['operator', '', 'name', 'digest'], rows);
  return { name: 'what is public', markdown };
}
