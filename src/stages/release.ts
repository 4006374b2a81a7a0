import { Problem } from '../errors.ts';
import { readPublications } from '../facts/publications.ts';
import { releaseMarker } from '../github/body.ts';
import type { GitHub } from '../github/client.ts';
import { releaseNotes } from '../github/notes.ts';
import type { NotesPart } from '../github/notes.ts';
import { ensureRelease } from '../github/release.ts';
import { giveLatestTo, isLatest } from '../github/release-latest.ts';
import type { LatestHolding } from '../plan/releases.ts';
import type { ImagePlan } from '../plan/types.ts';
import { need } from '../registry/present.ts';
import { publishedPlatforms } from '../release/receipt.ts';
import type { ReceiptPart } from '../release/receipt.ts';
import { checkTag } from './gate.ts';
import { checkDeployed } from './image-gate.ts';
import { digestOf } from './image-of.ts';
import { crdsOfParts, gather } from './release-files.ts';
import type { Crds } from './release-files.ts';
import type { Stage, StageContext } from './types.ts';

type Releasing = StageContext<'release'>;

/** The GitHub Release: draft, assets, verification, publication; what is published already is only compared. */
export const release: Stage<'release'> = {
  name: 'release',
  run: async (context) => {
    const plan = context.operator.release;
    const github = context.github;
    if (plan === null) throw new Error('the plan releases an operator without a release');
    if (github === null) {
      throw new Problem('OR-GITHUB-TOKEN', 'a GitHub Release needs a token', {
        hint: 'leave the input github-token at its default',
      });
    }
    await checkTag(context);
    const parts = await partsOf(context, plan.tag);
    for (const { operator, artifacts } of parts) await checkDeployed({ ...context, operator, artifacts }, 'named');
    const crds = await crdsOfParts(context, parts);
    const assets = await gather(context, plan.tag, parts, crds);
    context.progress('writing the notes');
    const body = await releaseNotes({
      github,
      git: context.ports.git,
      plan: context.plan,
      parts: parts.map((part) => noteOf(part, crds.get(part.operator.name) ?? null)),
    });
    context.progress(`release ${plan.tag}`);
    const { server, repository } = placeOf(context);
    const previous = context.operator.version.previousTag;
    let asked: LatestHolding | null = null;
    const result = await ensureRelease(github, {
      tag: plan.tag,
      title: plan.title,
      body,
      prerelease: plan.prerelease,
      makeLatest: plan.makeLatest,
      isStillLatest: async () => {
        asked = await latestNow(context, github);
        return asked.makeLatest;
      },
      assets,
      marker: releaseMarker(context.operator.name, plan.tag),
      moreUrl: `${server}/${repository}/${previous === null ? 'commits' : 'compare'}/${previous === null ? '' : `${previous}...`}${plan.tag}`,
      commit: context.plan.event.sha,
    });
    if (await mayBeWrong(context, github, asked, result.id)) await checkLatest(context, github);
    const operator = context.operator.name;
    context.publish({
      operator,
      kind: 'release',
      name: result.url,
      digest: null,
      written: result.written,
      id: result.id,
    });
    for (const each of result.assets) {
      const file = assets.find((wish) => wish.name === each.name)?.path;
      const name = `${server}/${repository}/releases/download/${encodeURIComponent(plan.tag)}/${each.name}`;
      context.publish({ operator, kind: 'asset', ...each, name, ...(file === undefined ? {} : { file }) });
    }
    context.log.info(`${result.url}: ${result.assets.length} assets verified`);
    context.note(`${plan.tag}, ${result.assets.length} assets verified${result.written ? '' : ', there already'}`);
  },
};

/** Who is GitHub's "Latest" by what is published right now. */
async function latestNow({ ports }: Releasing, github: GitHub): Promise<LatestHolding> {
  return ports.standing.latest(await readPublications(github, (seen) => ports.standing.isDecided(seen)));
}

/**
 * Whether Latest may be on this release while it is a higher one's: where somebody higher was about to publish when this run
 * took it, or where an earlier run of this release took it so, and was killed before it looked again.
 */
async function mayBeWrong(
  { operator, ports }: Releasing,
  github: GitHub,
  asked: LatestHolding | null,
  id: number,
): Promise<boolean> {
  if (asked !== null) return asked.makeLatest && asked.isContested;
  // Only for a higher release the plan does not give Latest to one that would have it if it were alone.
  const isTheirs = operator.release?.makeLatest === false && ports.standing.latest(nothing).makeLatest;
  return isTheirs && (await isLatest(github, id));
}

const nothing = { tags: [], releasedTags: [] };

/** A higher release may have been published between the question and our own publication: then Latest is its own. */
async function checkLatest(context: Releasing, github: GitHub): Promise<void> {
  const { holder } = await latestNow(context, github);
  if (holder !== null) await giveLatestTo(github, holder);
}

function placeOf(context: Releasing): { server: string; repository: string } {
  return {
    server: context.ports.env['GITHUB_SERVER_URL'] ?? 'https://github.com',
    repository: context.plan.event.repository,
  };
}

/** All operators of this run that the tag releases: one, or with a common tag all of them. */
async function partsOf(context: Releasing, tag: string): Promise<readonly ReceiptPart[]> {
  const operators = context.plan.operators.filter((operator) => operator.release?.tag === tag);
  return Promise.all(
    operators.map(async (operator) => {
      const artifacts = context.artifactsOf(operator.name);
      if (operator.image === null) return { operator, artifacts, image: null };
      const digest = await digestOf({ ...context, operator, artifacts });
      const { repository } = operator.image;
      const isPublished = operator.tasks.some(({ stage }) => stage === 'publish-image');
      const manifest = isPublished
        ? await need(context.registry, repository, digest)
        : await context.registry.getManifest(repository, digest);
      if (manifest === null) return { operator, artifacts, image: null };
      const platforms = await publishedPlatforms(context.registry, repository, manifest);
      const tags = await tagsOf(context, operator.image, digest, isPublished);
      return { operator, artifacts, image: { digest, platforms, tags } };
    }),
  );
}

/** The names of the image that never move. Where no stage of this run gives them, whether they are there is asked. */
async function tagsOf(
  { registry }: Releasing,
  { repository, tags }: ImagePlan,
  digest: string,
  isPublished: boolean,
): Promise<readonly string[]> {
  const names = tags.filter((each) => !each.moving).map((each) => each.tag);
  if (isPublished) return names;
  const heads = await Promise.all(names.map((tag) => registry.headManifest(repository, tag)));
  return names.filter((_, at) => heads[at]?.digest === digest);
}

function noteOf(part: ReceiptPart, crds: Crds | null): NotesPart {
  return {
    operator: part.operator,
    image: part.image,
    chartDigest: part.artifacts.chartDigest ?? null,
    installAsset: part.artifacts.installYaml !== undefined,
    crdsAsset: crds?.beside === true,
  };
}
