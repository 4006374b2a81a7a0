import { Problem } from '../errors.ts';
import { countCommits, listTags } from '../github/refs.ts';
import type { ImagePlan, TagPlan } from '../plan/types.ts';
import { moveTag } from '../registry/ensure.ts';
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
    const manifest = await context.registry.getManifest(image.repository, digest);
    if (manifest === null) throw new Error('the plan moves tags before the image is published');
    const ours: string[] = [];
    let written = 0;
    for (const tag of await stillOurs(context, image)) {
      context.progress(`tag ${tag.tag}`);
      const result = await moveTag(context.registry, image.repository, tag.tag, manifest, (current) =>
        isNewer(context, current),
      );
      if (!result.ours) {
        context.log.info(`${tag.tag} stays on ${result.digest}: a newer build holds it`);
        continue;
      }
      ours.push(tag.tag);
      if (result.written) written++;
      const now = result.previous === null ? 'is new' : `moved from ${result.previous}`;
      context.log.info(`${tag.tag} ${result.written ? now : 'was already there'}: ${tag.reason}`);
      const name = `${image.repository}:${tag.tag}`;
      context.publish({ operator: context.operator.name, kind: 'tag', name, digest, written: result.written });
    }
    const there = written === 0 ? ', there already' : '';
    context.note(ours.length === 0 ? 'none moved' : `${ours.join(', ')}${there}`);
  },
};

/** The plan's moving tags that are still ours by the versions that GitHub knows right now. */
async function stillOurs(context: Tags, image: ImagePlan): Promise<readonly TagPlan[]> {
  const planned = image.tags.filter((tag) => tag.moving);
  if (context.operator.release === null || context.github === null) return planned;
  const now = (await listTags(context.github)).map((tag) => tag.name);
  const movable = context.ports.movingTags(context.operator.name, now);
  for (const tag of planned.filter(({ tag: name }) => !movable.has(name))) {
    context.log.info(`${tag.tag} stays: a higher version was tagged in the meantime`);
  }
  return planned.filter(({ tag }) => movable.has(tag));
}

/**
 * Whether ours may replace what a tag points to. A release decides by versions, which `stillOurs` has just read. A branch
 * build must not replace a build of a later commit, whichever run finishes first.
 */
async function isNewer(context: Tags, current: Manifest): Promise<boolean> {
  if (context.operator.release !== null) return true;
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

function cannotCompare(theirs: string): Problem {
  return new Problem(
    'OR-GIT-SHALLOW',
    `whether ${theirs.slice(0, 12)} is newer cannot be told: the clone is too shallow`,
    {
      hint: 'set fetch-depth: 0 in actions/checkout',
    },
  );
}
