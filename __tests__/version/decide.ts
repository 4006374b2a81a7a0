import { readEvent } from '../../src/facts/event.ts';
import type { Facts, OperatorFacts } from '../../src/facts/types.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Problem } from '../../src/errors.ts';
import { readInputs } from '../../src/inputs.ts';
import { buildPlan } from '../../src/plan/build.ts';
import { readerOf } from '../../src/plan/subjects.ts';
import type { OperatorPlan } from '../../src/plan/types.ts';
import type { LatestPolicy } from '../../src/version/image-tags.ts';

/** One row of the table: an event on a repository with some tags, and everything that follows from it, in words. */
export interface Case {
  readonly why: string;
  readonly event: 'push' | 'workflow_dispatch';
  readonly ref: string;
  /** Git tags, separated by blanks; the event's own tag may be among them or not. */
  readonly existing: string;
  /** Those of them that have a published release, separated by blanks; left out where nobody asked GitHub. */
  readonly published?: string;
  /** Those of them that the branch does not come after, separated by blanks. */
  readonly elsewhere?: string;
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
const inputs = readInputs({});

/**
 * What a case comes to in the plan, one line for each fact: the operator with its version, the chart, `+` for a tag that is
 * set once, `>` for one that moves, `=` for one withheld.
 */
export async function decide(row: Omit<Case, 'expected'>): Promise<string> {
  const { ref, operators: names = ['widget'], patterns, prefix = 'v', latest = 'branch' } = row;
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null;
  // Every branch of the table publishes its builds, so that its names are seen.
  const branches = branch === null ? {} : { branches: [branch] };
  const tags = { ...(patterns === undefined ? {} : { pattern: patterns }), prefix, latest, ...branches };
  const config = { ...loadConfig(''), tags };
  const env = { GITHUB_EVENT_NAME: row.event, GITHUB_REF: ref, GITHUB_SHA: sha, GITHUB_REPOSITORY: 'acme/ops' };
  const event = { ...(await readEvent(env, false)), sha, commitTime: 1_767_225_600 };
  const facts = factsOf(row, event, names);
  try {
    const plan = buildPlan(inputs, config, facts);
    if (plan.event.publishes) {
      // As the row names them; the plan has the order of their folders.
      const ordered = plan.operators.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
      return ordered.map(lines).join('\n');
    }
    const parsed = readerOf(config, facts.operators).parse(event.refName);
    return parsed.kind === 'none' && plan.operators.every(({ image }) => image?.tags.length === 0)
      ? `nothing: ${parsed.reason}`
      : plan.event.publishReason;
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    return `${thrown.code} ${thrown.message}\n${thrown.hint ?? ''}`;
  }
}

function factsOf(
  { existing, published, elsewhere = '', withoutReleases = [] }: Omit<Case, 'expected'>,
  event: Facts['event'],
  names: readonly string[],
): Facts {
  const listed = (text: string): string[] => text.split(' ').filter((tag) => tag !== '');
  return {
    event,
    repository: 'acme/ops',
    defaultBranch: 'main',
    operators: names.map((name) => operatorOf(name, names.length > 1 ? `operators/${name}` : '.', withoutReleases)),
    modules: new Map(),
    workspace: [],
    changes: { everything: 'made up' },
    tags: listed(existing),
    elsewhere: new Set(listed(elsewhere)),
    immutableReleases: false,
    releasedTags: published === undefined ? null : listed(published),
    releaseYaml: null,
    histories: new Map(names.map((name) => [name, { commits: 7, promotable: null }])),
    host: { platform: 'linux/amd64', dockerMissing: null },
  };
}

function operatorOf(name: string, path: string, withoutReleases: readonly string[]): OperatorFacts {
  return {
    ...{ name, path, goModule: true, mainPackage: '.', dockerfile: null, ko: true, makefile: null, kustomize: null },
    ...{ crds: [], samples: [], chainsaw: [], goE2e: null, makeTargets: [], dockerfileStages: null },
    ...{ chartPath: `${path}/chart`, chartMetadata: { name }, e2eBuildsImage: false },
    settings: withoutReleases.includes(name) ? { release: { enabled: false } } : {},
  };
}

function lines({ name, version, image, chart }: OperatorPlan): string {
  return [
    `${name} ${version.kind} ${version.text} after ${version.previousTag ?? 'nothing'}`,
    `chart ${chart?.version ?? ''} deploys ${chart?.appVersion ?? ''}`,
    ...(image?.tags ?? []).map(({ tag, moving, reason }) => `${moving ? '>' : '+'} ${tag}: ${reason}`),
    ...(image?.skippedTags ?? []).map(({ tag, reason }) => `= ${tag}: ${reason}`),
  ].join('\n');
}
