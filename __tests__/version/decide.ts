import { branchNames, releaseNames, type Names } from '../../src/version/names.ts';
import type { LatestPolicy } from '../../src/version/image-tags.ts';
import { publications } from '../../src/version/published.ts';
import { compileTagPatterns, defaultTagPatterns } from '../../src/version/tag-pattern.ts';
import { tagReader } from '../../src/version/tag-reader.ts';

/** One row of the table: an event on a repository with some tags, and everything that follows from it, in words. */
export interface Case {
  readonly why: string;
  readonly event: 'push' | 'workflow_dispatch';
  readonly ref: string;
  /** Git tags, separated by blanks; the event's own tag may be among them or not. */
  readonly existing: string;
  /** Those of them that have a published release, separated by blanks; left out where nobody asked GitHub. */
  readonly published?: string;
  /** Operators that make no GitHub Release. */
  readonly withoutReleases?: readonly string[];
  /** Default: the one operator `widget` in the root. */
  readonly operators?: readonly string[];
  readonly patterns?: readonly string[];
  readonly prefix?: string;
  readonly latest?: LatestPolicy;
  readonly expected: string;
}

const sha = 'c0ffee123456789abcdef0123456789abcdef012';

/**
 * What a case comes to, one line for each fact: the operator with its version, the chart, `+` for a tag that is set once,
 * `>` for one that moves, `=` for one withheld.
 */
export function decide(row: Omit<Case, 'expected'>): string {
  const { ref, existing, operators: names = ['widget'], prefix = 'v', latest = 'branch' } = row;
  const operators = names.map((name) => ({ name, path: names.length > 1 ? `operators/${name}` : '.' }));
  const reader = tagReader(compileTagPatterns(row.patterns ?? defaultTagPatterns(operators.length)), operators);
  const facts = { tags: existing.split(' '), releasedTags: row.published?.split(' ') ?? null };
  const releases = publications(facts, reader, new Set(row.withoutReleases));
  const policy = { prefix, latest };

  if (ref.startsWith('refs/heads/')) {
    const build = { branch: ref.slice('refs/heads/'.length), sha, defaultBranch: 'main', commits: 7 };
    return names.map((name) => lines(name, branchNames(build, releases.of(name, null).released, policy))).join('\n');
  }
  const parsed = reader.parse(ref.slice('refs/tags/'.length));
  if (parsed.kind === 'none') return `nothing: ${parsed.reason}`;
  if (parsed.kind === 'attempt')
    return `${parsed.problem.code} ${parsed.problem.message}\n${parsed.problem.hint ?? ''}`;
  const { version } = parsed;
  return parsed.operators
    .map((name) => lines(name, releaseNames(version, releases.of(name, version), policy)))
    .join('\n');
}

function lines(operator: string, names: Names): string {
  const { version, tags, skippedTags } = names;
  return [
    `${operator} ${version.kind} ${version.text} after ${version.previousTag ?? 'nothing'}`,
    `chart ${names.chartVersion} deploys ${names.appVersion}`,
    ...tags.map(({ tag, moving, reason }) => `${moving ? '>' : '+'} ${tag}: ${reason}`),
    ...skippedTags.map(({ tag, reason }) => `= ${tag}: ${reason}`),
  ].join('\n');
}
