import type { Config } from '../config/types.ts';
import { Problem, Problems, raise } from '../errors.ts';
import type { Facts, OperatorFacts } from '../facts/types.ts';
import type { Inputs } from '../inputs.ts';
import { branchNames, releaseNames } from '../version/names.ts';
import type { NamePolicy, Names } from '../version/names.ts';
import type { Publications } from '../version/published.ts';
import { isPrerelease } from '../version/version.ts';
import { sharedRepositories } from './apart.ts';
import { planChart } from './chart.ts';
import { planEvent } from './event.ts';
import { planImage } from './image.ts';
import { inLockstep } from './lockstep.ts';
import { planNotes } from './notes.ts';
import { latestOf, releasesOf } from './releases.ts';
import { planSigning } from './signing.ts';
import { candidateOf, stagedImage } from './staging.ts';
import { selectSubjects } from './subjects.ts';
import type { Concerned, ReleaseSubject } from './subjects.ts';
import { planTasks } from './tasks.ts';
import type { Candidate, EventPlan, OperatorPlan, Plan, ReleasePlan } from './types.ts';

/**
 * Everything that a run decides. Pure: the same inputs, configuration and facts give the same plan.
 * Errors: problems of all operators together.
 */
export function buildPlan(inputs: Inputs, config: Config, given: Facts): Plan {
  const facts = inOrder(given);
  const { operators, unaffected, release, reader } = selectSubjects(inputs, config, facts);
  const { event, named } = planEvent(inputs, config, facts, release);
  const releases = releasesOf(facts.operators, facts, reader);
  const candidate = candidateOf(
    release,
    operators.map(({ facts: { name } }) => name),
    event.sha,
  );
  const problems = [...sharedRepositories(inputs, config, facts)];
  const plans: OperatorPlan[] = [];
  for (const concerned of operators) {
    try {
      plans.push(planOperator({ inputs, config, facts, event, named, release, releases, candidate }, concerned));
    } catch (thrown) {
      if (thrown instanceof Problem) problems.push(thrown);
      else if (thrown instanceof Problems) problems.push(...thrown.problems);
      else throw thrown;
    }
  }
  raise(distinct(problems));
  return {
    schema: 1,
    event,
    signing: planSigning(config, facts.event),
    operators: release?.lockstep === true && candidate === null ? inLockstep(plans) : plans,
    unaffected,
  };
}

/** The facts in one order, whatever order they were read in. */
function inOrder(facts: Facts): Facts {
  const key = ({ path, name }: OperatorFacts): string => `${path}\0${name}`;
  const operators = [...facts.operators].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const { changes } = facts;
  return { ...facts, operators, changes: 'files' in changes ? { files: [...changes.files].sort() } : changes };
}

/** What is wrong with the whole is found with every operator, and told once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}

interface Shared {
  readonly inputs: Inputs;
  readonly config: Config;
  readonly facts: Facts;
  readonly event: EventPlan;
  readonly named: boolean;
  readonly release: ReleaseSubject | null;
  readonly releases: Publications;
  /** See `candidateOf`. */
  readonly candidate: Candidate;
}

function planOperator(shared: Shared, { facts: operator, by, common }: Concerned): OperatorPlan {
  const { inputs, config, facts, event, candidate } = shared;
  const names = namesOf(shared, operator);
  const full = planImage(inputs, config, facts, operator, facts.histories.get(operator.name), names, shared.named);
  const image = candidate === null || full === null ? full : stagedImage(full, operator, event.sha);
  const chart = planChart(inputs, config, facts, operator, names, image);
  const release = shared.release === null ? null : planRelease(shared, shared.release, operator);
  const { tasks, skipped } = planTasks({
    inputs,
    facts,
    event,
    operator,
    common,
    image,
    chart,
    release,
    version: names.version,
    candidate,
  });
  requireE2e(event, operator, skipped, inputs);
  return {
    name: operator.name,
    path: operator.path,
    runner: operator.settings.runner ?? ['ubuntu-latest'],
    affected: { by },
    version: names.version,
    image,
    chart,
    release,
    tasks,
    skipped,
  };
}

function namesOf({ config, facts, named, release, releases }: Shared, operator: OperatorFacts): Names {
  const policy: NamePolicy = { prefix: config.tags.prefix ?? 'v', latest: config.tags.latest ?? 'branch' };
  const known = releases.of(operator.name, release?.version ?? null);
  if (release !== null) return releaseNames(release.version, known, policy);
  const commits = facts.histories.get(operator.name)?.commits ?? null;
  // Without a count a build would sort below the ones before it, whatever event it is made for.
  if (commits === null && (named || facts.event.kind === 'push')) {
    throw new Problem(
      'OR-GIT-SHALLOW',
      'the commits since the last release cannot be counted: the clone is too shallow',
      {
        hint: 'set fetch-depth: 0 in actions/checkout',
      },
    );
  }
  const { sha, refName } = facts.event;
  return branchNames(
    { branch: refName, sha, defaultBranch: facts.defaultBranch, commits: commits ?? 0 },
    known.released,
    policy,
  );
}

function planRelease(shared: Shared, release: ReleaseSubject, operator: OperatorFacts): ReleasePlan {
  const latest = latestOf(shared.config, shared.facts.operators, release, shared.releases);
  const title = operator.settings.release?.title ?? release.tag;
  const known: Readonly<Record<string, string>> = { version: release.version.text, tag: release.tag };
  return {
    tag: release.tag,
    title: title.replaceAll(/\{(version|tag)\}/g, (whole, name: string) => known[name] ?? whole),
    prerelease: isPrerelease(release.version),
    makeLatest: latest.makeLatest,
    latestReason: latest.reason,
    origin: {
      branches: shared.config.tags.releaseBranches ?? null,
      protected: shared.config.tags.protected ?? false,
    },
    notes: planNotes(shared.facts, operator),
  };
}

/** What is published was tested on a cluster, or somebody decided that it is not. */
function requireE2e(event: EventPlan, operator: OperatorFacts, skipped: OperatorPlan['skipped'], inputs: Inputs): void {
  const missing = skipped.find((skip) => skip.stage === 'e2e' && skip.reason.startsWith('no Docker engine'));
  if (!event.publishes || missing === undefined || inputs.stages !== 'auto') return;
  throw new Problem('OR-E2E-NO-DOCKER', `${operator.name} would be published without e2e: ${missing.reason}`, {
    hint: 'start Docker; or set operators[].e2e.enabled to false, if it is to be published untested on a cluster',
  });
}
