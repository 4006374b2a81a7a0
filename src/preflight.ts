import { Problem, Problems, raise } from './errors.ts';
import { probeContentsWrite } from './github/permission.ts';
import { orNull } from './github/failure.ts';
import type { GitHub } from './github/client.ts';
import type { Log } from './log.ts';
import type { ChartPlan, ImagePlan, Plan } from './plan/types.ts';
import { chartTag } from './registry/chart.ts';
import type { Registry } from './registry/types.ts';

/**
 * What can be known before any work to stop a release later: may the run push, may it write releases. All problems
 * together. Changes nothing.
 */
export async function preflight(plan: Plan, registry: Registry, github: GitHub | null, log: Log): Promise<void> {
  const checks = plan.operators.flatMap((operator) => {
    const stages = new Set(operator.tasks.map((task) => task.stage));
    const { image, chart } = operator;
    return [
      ...(stages.has('publish-image') && image !== null ? [() => checkImage(image, registry)] : []),
      ...(stages.has('publish-chart') && chart !== null ? [() => checkChart(chart, registry)] : []),
      ...(stages.has('release') && operator.release !== null ? [checkRelease.bind(null, operator.release.tag, github, log)] : []),
    ];
  });
  const settled = await Promise.allSettled(checks.map((check) => check()));
  const problems: Problem[] = [];
  for (const result of settled) {
    if (result.status === 'fulfilled') continue;
    if (result.reason instanceof Problem) problems.push(result.reason);
    else if (result.reason instanceof Problems) problems.push(...result.reason.problems);
    else throw result.reason;
  }
  raise(once(problems));
}

/** One registry that is down gives one problem, not one for each repository in it. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem, index) => problems.findIndex((other) => other.message === problem.message) === index);
}

/** What is published already needs no right to publish it: the re-run of a finished release only reads. */
async function checkImage(image: ImagePlan, registry: Registry): Promise<void> {
  const exact = image.tags.filter((tag) => !tag.moving);
  const there = await Promise.all(exact.map(({ tag }) => registry.headManifest(image.repository, tag)));
  if (there.some((manifest) => manifest === null)) await registry.checkPush(image.repository);
}

async function checkChart(chart: ChartPlan, registry: Registry): Promise<void> {
  if ((await registry.headManifest(chart.repository, chartTag(chart.version))) === null) await registry.checkPush(chart.repository);
}

async function checkRelease(tag: string, github: GitHub | null, log: Log): Promise<void> {
  if (github === null) {
    throw new Problem('OR-GITHUB-TOKEN', 'a GitHub Release needs a token', { hint: 'leave the input github-token at its default' });
  }
  const { octokit, at } = github;
  if ((await orNull(`look up the release ${tag}`, () => octokit.rest.repos.getReleaseByTag({ ...at, tag }))) !== null) return;
  const permission = await probeContentsWrite(github, tag);
  if (permission.state === 'unknown') log.warn(`whether the token may write releases cannot be told: ${permission.reason}`);
  if (permission.state !== 'no') return;
  throw new Problem('OR-GITHUB-PERMISSION', `the release ${tag} cannot be made: ${permission.reason}`, {
    hint: 'add "permissions: contents: write" to the job',
  });
}
