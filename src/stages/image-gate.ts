import { Problem, Problems, raise } from '../errors.ts';
import { pulledReference } from '../image/reference.ts';
import type { ImagePlan, Plan } from '../plan/types.ts';
import { inspectImage } from '../registry/inspect.ts';
import type { StageHost } from './types.ts';

/**
 * The image in the registry is the one of this commit, for all platforms: read back from there before it gets a name.
 * Errors: OR-GATE-IMAGE, all findings together; OR-REGISTRY-ABSENT.
 */
export async function checkPushed(host: StageHost, image: ImagePlan, digest: string): Promise<void> {
  const { sha } = host.plan.event;
  const name = `${image.repository}@${digest}`;
  const { platforms } = await inspectImage(host.registry, image.repository, digest);
  const found = platforms.map(({ platform }) => platform);
  const missing = image.platforms.filter((platform) => !found.includes(platform));
  const foreign = platforms.filter(({ labels }) => labels[revisionLabel] !== sha);
  raise([
    ...(missing.length === 0
      ? []
      : [
          problem(
            `${name} lacks ${missing.join(', ')}`,
            `it was pushed for ${found.join(', ')}; push the branch again with all platforms, or name those in the input platforms`,
          ),
        ]),
    ...foreign.map(({ platform, labels }) =>
      problem(
        `${name} was not built from ${sha.slice(0, 12)}: its ${platform} says ${labels[revisionLabel] ?? 'nothing of its commit'}`,
        `a build must not set the label ${revisionLabel} itself`,
      ),
    ),
  ]);
}

const revisionLabel = 'org.opencontainers.image.revision';

/** How far the run is: what it has only packed is not in a registry yet, what it has pushed may still wait for its name. */
type Progress = 'packed' | 'pushed' | 'named';

/**
 * Every image that the packaged chart deploys can be pulled, so that nothing is published that cannot start: asked when the
 * chart is packed, which is before any name of any operator, and again for the rest when that is there. What was seen once is
 * not asked for again.
 *
 * Only a registry's own word that an image is not there, or a registry that is down, stops a release. Where it wants a
 * login that this run does not have, or cannot be reached from this machine at all (as one inside a company's network),
 * nothing is known: a warning.
 * Errors: OR-GATE-IMAGE, OR-REGISTRY-NAME, OR-REGISTRY-UNREACHABLE, all findings together.
 */
export async function checkDeployed(host: StageHost, progress: Progress): Promise<void> {
  const { chart } = host.artifacts;
  if (chart === undefined) return;
  host.progress('looking up the images of the chart');
  const resolved = (host.artifacts.resolved ??= new Set());
  const images = chart.images.filter((image) => !resolved.has(image) && !isToCome(host.plan, image, progress));
  const settled = await Promise.all(images.map((image) => resolve(host, image)));
  raise(settled.flatMap(({ problems }) => problems));
  for (const { image, known } of settled) if (known) resolved.add(image);
}

/** An image that this run itself makes, and has not come to. */
function isToCome(plan: Plan, reference: string, progress: Progress): boolean {
  if (progress === 'named') return false;
  return plan.operators.some(({ image, tasks }) => {
    if (image === null || !tasks.some(({ stage }) => stage === 'publish-image')) return false;
    if (reference === `${image.repository}:${image.deployedTag}`) return true;
    return progress === 'packed' && /^[:@]/.test(reference.replace(image.repository, ''));
  });
}

interface Resolved {
  readonly image: string;
  readonly known: boolean;
  readonly problems: readonly Problem[];
}

async function resolve(host: StageHost, image: string): Promise<Resolved> {
  try {
    const { registry, path, tag, digest } = pulledReference(image);
    const there = await host.registry.headManifest(`${registry}/${path}`, digest ?? tag ?? 'latest');
    if (there === null) return { image, known: false, problems: [absent(host, image)] };
    host.log.info(`${image} is in its registry${digest === null ? `, now as ${there.digest}` : ''}`);
    return { image, known: true, problems: [] };
  } catch (thrown) {
    if (thrown instanceof Problems) return { image, known: false, problems: thrown.problems };
    if (!(thrown instanceof Problem)) throw thrown;
    if (!isUnknowable(thrown)) return { image, known: false, problems: [thrown] };
    host.log.warn(`whether ${image} exists cannot be told: ${thrown.message}`);
    return { image, known: true, problems: [] };
  }
}

/** No login, or no way there from this machine: says nothing of the image. */
function isUnknowable({ code, cause }: Problem): boolean {
  if (code === 'OR-REGISTRY-DENIED' || code === 'OR-REGISTRY-AUTH') return true;
  return code === 'OR-REGISTRY-UNREACHABLE' && cause instanceof Problem;
}

function absent(host: StageHost, image: string): Problem {
  const chart = host.operator.chart?.path ?? '';
  return new Problem('OR-GATE-IMAGE', `the packaged chart deploys ${image}, which its registry does not have`, {
    hint: 'correct the image in the values of the chart, or publish it first; nothing has got a name yet',
    at: { file: `${chart}/values.yaml` },
  });
}

function problem(message: string, hint: string): Problem {
  return new Problem('OR-GATE-IMAGE', message, { hint });
}
