import { Problem, Problems, raise } from './errors.ts';
import { probeContentsWrite } from './github/permission.ts';
import type { Git } from './facts/git.ts';
import { orNull } from './github/failure.ts';
import type { GitHub } from './github/client.ts';
import type { Log } from './log.ts';
import { publishing } from './plan/tasks.ts';
import type { ChartPlan, ImagePlan, Plan, ReleasePlan } from './plan/types.ts';
import { chartTag } from './registry/chart.ts';
import { hasIdentity, permissionHint } from './sign/identity.ts';
import type { Registry } from './registry/types.ts';
import { checkOrigin } from './release-branch.ts';
import type { World } from './release-branch.ts';
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
  const checks = plan.operators.flatMap((operator): Check[] => {
    const stages = new Set(operator.tasks.map((task) => task.stage));
    const { image, chart } = operator;
    return [
      ...(stages.has('publish-image') && image !== null
        ? [{ about: image.repository, run: () => checkImage(image, registry) }]
        : []),
      ...(stages.has('publish-chart') && chart !== null
        ? [{ about: chart.repository, run: () => checkChart(chart, registry) }]
        : []),
    ];
  });
  // Operators with a common tag have one release.
  for (const [tag, { release, isMade }] of releasesOf(plan)) {
    checks.push({ about: tag, run: () => checkRelease(plan, release, isMade, { git, github, env }, log) });
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

/** What is published already needs no right to publish it: the re-run of a finished release only reads. */
async function checkImage(image: ImagePlan, registry: Registry): Promise<void> {
  const exact = image.tags.filter((tag) => !tag.moving);
  const there = await Promise.all(exact.map(({ tag }) => registry.headManifest(image.repository, tag)));
  if (there.some((manifest) => manifest === null)) await registry.checkPush(image.repository);
}

async function checkChart(chart: ChartPlan, registry: Registry): Promise<void> {
  if ((await registry.headManifest(chart.repository, chartTag(chart.version))) === null)
    await registry.checkPush(chart.repository);
}

async function isReleased({ octokit, at }: GitHub, tag: string): Promise<boolean> {
  return (
    (await orNull(`look up the release ${tag}`, () => octokit.rest.repos.getReleaseByTag({ ...at, tag }))) !== null
  );
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

async function checkRelease(
  plan: Plan,
  release: ReleasePlan,
  isMade: boolean,
  { git, github, env }: Omit<World, 'github'> & { readonly github: GitHub | null },
  log: Log,
): Promise<void> {
  if (github === null) {
    if (!isMade) return;
    throw new Problem('OR-GITHUB-TOKEN', 'a GitHub Release needs a token', {
      hint: 'leave the input github-token at its default',
    });
  }
  const { tag } = release;
  // What was released was looked at then; its branch may be gone.
  if (await isReleased(github, tag)) return;
  const found = [
    ...(await attempt({ about: tag, run: () => checkOrigin(plan, release, { git, github, env }) })),
    ...(isMade ? await attempt({ about: tag, run: () => checkPermission(github, tag, log) }) : []),
  ];
  raise(found.map(({ problem }) => problem));
}

async function checkPermission(github: GitHub, tag: string, log: Log): Promise<void> {
  const permission = await probeContentsWrite(github, tag);
  if (permission.state === 'unknown')
    log.warn(`whether the token may write releases cannot be told: ${permission.reason}`);
  if (permission.state !== 'no') return;
  throw new Problem('OR-GITHUB-PERMISSION', `the release ${tag} cannot be made: ${permission.reason}`, {
    hint: 'add "permissions: contents: write" to the job',
  });
}
