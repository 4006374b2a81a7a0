import pLimit from 'p-limit';
import { Problem } from '../errors.ts';
import { readPublications } from '../facts/publications.ts';
import { countCommits } from '../github/refs.ts';
import type { Holding } from '../plan/moving.ts';
import type { ImagePlan } from '../plan/types.ts';
import { moveTag } from '../registry/ensure.ts';
import { need } from '../registry/present.ts';
import { manifestAnnotations } from '../registry/layout.ts';
import type { Manifest } from '../registry/types.ts';
import { digestOf } from './image-of.ts';
import type { Stage, StageContext } from './types.ts';

type Tags = StageContext<'tags'>;

/** The names that move, last of all: each one read, compared, written and read back, and never moved backwards. */
export const tags: Stage<'tags'> = {
  name: 'tags',
  run: async (context) => {
    const image = context.operator.image;
    if (image === null) throw new Error('the plan moves tags of an operator without an image');
    const digest = await digestOf(context);
    const manifest = await need(context.registry, image.repository, digest);
    const now = await holdingsNow(context);
    const ours: string[] = [];
    let written = 0;
    for (const { tag, reason } of image.tags.filter((each) => each.moving)) {
      const holding = now.get(tag);
      if (holding?.isOurs === false) {
        context.log.info(`${tag} stays: ${holding.holder} was released in the meantime`);
        continue;
      }
      context.progress(`tag ${tag}`);
      const result = await moveTag(context.registry, image.repository, tag, manifest, (current) =>
        isNewer(context, image, current, holding),
      );
      if (!result.ours) {
        context.log.info(`${tag} stays on ${result.digest}: a newer build holds it`);
        continue;
      }
      ours.push(tag);
      if (result.written) written++;
      const before = result.previous === null ? 'is new' : `moved from ${result.previous}`;
      context.log.info(`${tag} ${result.written ? before : 'was already there'}: ${reason}`);
      const name = `${image.repository}:${tag}`;
      context.publish({ operator: context.operator.name, kind: 'tag', name, digest, written: result.written });
    }
    const contested = ours.filter((tag) => (now.get(tag)?.rivals.length ?? 0) > 0);
    await handOver(context, image, manifest, [...contested, ...(await leftBehind(context, image, digest, now))]);
    const there = written === 0 ? ', there already' : '';
    context.note(ours.length === 0 ? 'none moved' : `${ours.join(', ')}${there}`);
  },
};

/** Who holds the moving tags by what GitHub knows right now; of a branch build nobody else does. */
async function holdingsNow({ operator, github, ports }: Tags): Promise<ReadonlyMap<string, Holding>> {
  if (operator.release === null || github === null) return new Map();
  const now = await readPublications(github, (seen) => ports.standing.isDecided(seen));
  return new Map(ports.standing.holdings(operator.name, now).map((holding) => [holding.tag, holding]));
}

/**
 * Tags of higher versions that stand for our image all the same: an earlier run of this release took them in the moment after
 * the higher one did, and was killed before it handed them over.
 */
async function leftBehind(
  { registry }: Tags,
  { repository }: ImagePlan,
  digest: string,
  now: ReadonlyMap<string, Holding>,
): Promise<readonly string[]> {
  const theirs = [...now.values()].filter(({ isOurs }) => !isOurs);
  const heads = await Promise.all(theirs.map(({ tag }) => registry.headManifest(repository, tag)));
  return theirs.flatMap(({ tag }, at) => (heads[at]?.digest === digest ? [tag] : []));
}

/**
 * Of two releases at the same time the lower one may have moved a tag in the moment after the higher one did. It has
 * published before it moves, so that looking once more afterwards finds it; and what was moved on is looked after as well.
 */
async function handOver(context: Tags, image: ImagePlan, ours: Manifest, tags: readonly string[]): Promise<void> {
  const put = new Set([ours.digest]);
  let open = tags;
  while (open.length > 0) {
    const now = await holdingsNow(context);
    const moved: string[] = [];
    for (const holding of open.map((tag) => now.get(tag))) {
      if (holding === undefined || holding.isOurs) continue;
      const theirs = await context.registry.getManifest(image.repository, holding.holder);
      if (theirs === null) continue;
      const isOfUs = (current: Manifest): boolean => put.has(current.digest);
      const result = await moveTag(context.registry, image.repository, holding.tag, theirs, isOfUs);
      if (!result.written) continue;
      put.add(theirs.digest);
      moved.push(holding.tag);
      context.log.info(`${holding.tag} goes to ${holding.holder}, which was released in the meantime`);
    }
    open = moved;
  }
}

/**
 * Whether ours may replace what a tag points to. A release decides by versions: the highest that is released, and a higher
 * one that holds the tag although it is not, or not yet. A branch build must not replace a build of a later commit,
 * whichever run finishes first.
 */
async function isNewer(
  context: Tags,
  image: ImagePlan,
  current: Manifest,
  holding: Holding | undefined,
): Promise<boolean> {
  if (context.operator.release !== null) return !(await isOneOf(context, image, current, holding?.rivals ?? []));
  const theirs = manifestAnnotations(current)['org.opencontainers.image.revision'];
  const ours = context.plan.event.sha;
  if (theirs === undefined || theirs === ours) return true;
  const isOlder = await context.ports.git.tryIsAncestor(ours, theirs);
  if (isOlder !== null) return !isOlder;
  if (context.github === null) throw cannotCompare(theirs);
  const ahead = await countCommits(context.github, ours, theirs);
  const behind = await countCommits(context.github, theirs, ours);
  // A commit that GitHub does not know any more was rewritten away.
  return ahead === null || behind === null || ahead === 0 || behind > 0;
}

/** More tags than these above the highest release are no work in progress. */
const mostRivals = 50;
const atOnce = 8;

/** Whether a manifest is that of one of these tags, which never move. */
async function isOneOf(
  { registry }: Tags,
  image: ImagePlan,
  { digest }: Manifest,
  tags: readonly string[],
): Promise<boolean> {
  const limit = pLimit(atOnce);
  const heads = tags.slice(0, mostRivals).map((tag) => limit(() => registry.headManifest(image.repository, tag)));
  return (await Promise.all(heads)).some((head) => head?.digest === digest);
}

function cannotCompare(theirs: string): Problem {
  return new Problem(
    'OR-GIT-SHALLOW',
    `whether ${theirs.slice(0, 12)} is newer cannot be told: the clone is too shallow`,
    {
      hint: 'set fetch-depth: 0 in actions/checkout',
    },
  );
}
