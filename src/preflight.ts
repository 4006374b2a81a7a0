import { Problem, Problems, raise } from './errors.ts';
import type { Git } from './facts/git.ts';
import type { GitHub } from './github/client.ts';
import type { Log } from './log.ts';
import { publishing } from './plan/tasks.ts';
import type { ChartPlan, ImagePlan, OperatorPlan, Plan, ReleasePlan, TagPlan } from './plan/types.ts';
import { chartTag } from './registry/chart.ts';
import { hasIdentity, permissionHint } from './sign/identity.ts';
import type { Registry } from './registry/types.ts';
import { checkCommit, checkOrigin } from './release-branch.ts';
import type { World } from './release-branch.ts';
import { checkPermission, isFilled } from './release-right.ts';
import { groupBy, list } from './report/text.ts';

/**
 * What can be known before any work to stop a release later: may the run push, may it write releases. All problems
 * together. Changes nothing.
 */
export async function preflight(
  plan: Plan,
  registry: Registry,
  github: GitHub | null,
  log: Log,
  env: Env,
  git: Git,
): Promise<void> {
  const has = lookup(registry);
  const checks = plan.operators.flatMap((operator): Check[] => {
    const { image, chart } = namesOf(operator);
    return [
      ...(image === null ? [] : [{ about: image.repository, run: () => checkImage(image, registry, has) }]),
      ...(chart === null ? [] : [{ about: chart.repository, run: () => checkChart(chart, registry, has) }]),
    ];
  });
  // Operators with a common tag have one release.
  for (const [tag, { release, isMade }] of releasesOf(plan)) {
    checks.push({ about: tag, run: () => checkRelease(plan, release, isMade, { git, github, env, has, log }) });
  }
  const settled = await Promise.all(checks.map((check) => attempt(check)));
  raise([...once(settled.flat()), ...checkIdentity(plan, env)]);
}

type Env = Readonly<Record<string, string | undefined>>;

/** What may only be published signed needs somebody who signs. */
function checkIdentity({ operators, signing }: Plan, env: Env): readonly Problem[] {
  const signs = operators.some(({ tasks }) => tasks.some(({ stage }) => stage.startsWith('publish-')));
  if (!signs || !signing.sign || !signing.required || hasIdentity(env)) return [];
  return [
    new Problem('OR-SIGN-IDENTITY', 'sign.policy is "required", and the job has no identity to sign with', {
      hint: permissionHint,
    }),
  ];
}

interface Check {
  /** The repository or tag that it is about, as its messages name it. */
  readonly about: string;
  readonly run: () => Promise<void>;
}

interface Found {
  readonly about: string;
  readonly problem: Problem;
}

async function attempt({ about, run }: Check): Promise<readonly Found[]> {
  try {
    await run();
    return [];
  } catch (thrown) {
    if (thrown instanceof Problem) return [{ about, problem: thrown }];
    if (thrown instanceof Problems) return thrown.problems.map((problem) => ({ about, problem }));
    throw thrown;
  }
}

/** One registry that is down, or one right that is missing, gives one problem, whatever number of repositories it concerns. */
function once(found: readonly Found[]): readonly Problem[] {
  const groups = groupBy(found, ({ about, problem }) => `${problem.code} ${problem.message.replaceAll(about, '')}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const abouts = [...new Set(group.map(({ about }) => about))];
    if (first === undefined || abouts.length === 1) return first?.problem ?? [];
    const { code, message, hint } = first.problem;
    return new Problem(
      code,
      message.replaceAll(first.about, () => list(abouts, 5)),
      hint === undefined ? {} : { hint },
    );
  });
}

/** What of an operator gets a name in the registry. */
function namesOf({ tasks, image, chart }: OperatorPlan): Pick<OperatorPlan, 'image' | 'chart'> {
  const stages = new Set(tasks.map(({ stage }) => stage));
  return { image: stages.has('publish-image') ? image : null, chart: stages.has('publish-chart') ? chart : null };
}

/** What is published already needs no right to publish it: the re-run of a finished release only reads. */
async function checkImage(image: ImagePlan, registry: Registry, has: Has): Promise<void> {
  if (!(await hasTags(image, has))) await registry.checkPush(image.repository);
}

async function checkChart(chart: ChartPlan, registry: Registry, has: Has): Promise<void> {
  if (!(await hasChart(chart, has))) await registry.checkPush(chart.repository);
}

/** Whether the registry has a tag. */
type Has = (repository: string, tag: string) => Promise<boolean>;

/** Asks for each tag once: it concerns its operator and its release. */
function lookup(registry: Registry): Has {
  const known = new Map<string, Promise<boolean>>();
  return (repository, tag) => {
    const key = `${repository}:${tag}`;
    const found = known.get(key) ?? registry.headManifest(repository, tag).then((manifest) => manifest !== null);
    known.set(key, found);
    return found;
  };
}

async function hasTags({ repository, tags }: ImagePlan, has: Has): Promise<boolean> {
  return (await Promise.all(tags.filter(isExact).map(({ tag }) => has(repository, tag)))).every(Boolean);
}

const isExact = ({ moving }: TagPlan): boolean => !moving;

function hasChart({ repository, version }: ChartPlan, has: Has): Promise<boolean> {
  return has(repository, chartTag(version));
}

/** Whether the registry has everything that the plan names of a release; false where that is nothing. */
async function hasNames({ operators }: Plan, tag: string, has: Has): Promise<boolean> {
  const names = operators.filter(({ release }) => release?.tag === tag).map(namesOf);
  if (names.some(({ image }) => image?.tags.some(isExact) === false)) return false;
  const there = await Promise.all(
    names.flatMap(({ image, chart }) => [
      ...(image === null ? [] : [hasTags(image, has)]),
      ...(chart === null ? [] : [hasChart(chart, has)]),
    ]),
  );
  return there.length > 0 && there.every(Boolean);
}

/** The releases that the plan publishes something of; `isMade`: their GitHub Release, too. */
function releasesOf({ operators }: Plan): ReadonlyMap<string, { release: ReleasePlan; isMade: boolean }> {
  const found = new Map<string, { release: ReleasePlan; isMade: boolean }>();
  for (const { release, tasks } of operators) {
    if (release === null || !tasks.some(({ stage }) => publishing.has(stage))) continue;
    const isMade = found.get(release.tag)?.isMade === true || tasks.some(({ stage }) => stage === 'release');
    found.set(release.tag, { release, isMade });
  }
  return found;
}

interface ReleaseWorld extends Omit<World, 'github'> {
  readonly github: GitHub | null;
  readonly has: Has;
  readonly log: Log;
}

/**
 * A public release alone says nothing: whoever makes one on a new tag pushes that tag, and this run is of it. Nor does its
 * receipt, as anybody may upload a file of that name. But where the registry has all the names, too, none is given here.
 */
async function checkRelease(
  plan: Plan,
  release: ReleasePlan,
  isMade: boolean,
  { git, github, env, has, log }: ReleaseWorld,
): Promise<void> {
  if (github === null) {
    if (!isMade) return;
    throw new Problem('OR-GITHUB-TOKEN', 'a GitHub Release needs a token', {
      hint: 'leave the input github-token at its default',
    });
  }
  const { tag } = release;
  await checkCommit(plan, tag, github);
  const isDone = await isFilled(github, tag, isMade);
  // What was released was looked at then; its branch may be gone.
  if (isDone && (await hasNames(plan, tag, has))) return;
  const found = [
    ...(await attempt({ about: tag, run: () => checkOrigin(plan, release, { git, github, env }) })),
    ...(isMade && !isDone ? await attempt({ about: tag, run: () => checkPermission(github, tag, log) }) : []),
  ];
  raise(found.map(({ problem }) => problem));
}
