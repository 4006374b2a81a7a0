import { Problem } from '../errors.ts';
import type { ImagePlan } from '../plan/types.ts';
import { ensureTag } from '../registry/ensure.ts';
import type { Descriptor } from '../registry/types.ts';
import { pushLayout } from '../registry/layout.ts';
import { readPresent } from '../registry/present.ts';
import { checkTag } from './gate.ts';
import { checkPushed } from './image-gate.ts';
import { imageOf } from './image-of.ts';
import { attestProvenance, attestSbom, signingOf } from './provenance.ts';
import type { Stage, StageContext } from './types.ts';

/** The tested image gets its public names: first the content by digest, then its provenance, then the tags that never change. */
export const publishImage: Stage<'publish-image'> = {
  name: 'publish-image',
  run: async (context) => {
    const image = context.operator.image;
    if (image === null) throw new Error('the plan publishes an image for an operator without one');
    await checkTag(context);
    const digest = await push(context, image);
    const manifest = await readPresent(context.registry, image.repository, digest);
    if (manifest === null) throw notThere(image, digest);
    await checkPushed(context, image, digest);
    const signed = await sign(context, image, manifest);
    const tags = image.tags.filter((tag) => !tag.moving);
    let written = 0;
    for (const { tag } of tags) {
      context.progress(`tag ${tag}`);
      const ensured = await ensureTag(context.registry, image.repository, tag, manifest, { immutable: true });
      if (ensured.written) written++;
      context.log.info(`${image.repository}:${tag} ${ensured.written ? 'is now' : 'was already'} ${digest}`);
      context.publish({
        operator: context.operator.name,
        kind: 'image',
        name: `${image.repository}:${tag}`,
        digest,
        written: ensured.written,
      });
    }
    const candidate = context.task.candidate;
    if (candidate !== null) {
      await ensureTag(context.registry, image.repository, candidate, manifest, { immutable: false });
      context.log.info(`${image.repository}:${candidate} waits for mode: finish, which gives it ${image.deployedTag}`);
      context.note(`${image.deployedTag} waits for mode: finish`);
      return;
    }
    context.note(`${tags.map(({ tag }) => tag).join(', ')}${written === 0 ? ', there already' : ''}, ${signed}`);
  },
};

/** Provenance and SBOM, before there is a name. Returns a word for the note. */
async function sign(context: StageContext<'publish-image'>, image: ImagePlan, manifest: Descriptor): Promise<string> {
  const { plan, note } = signingOf(context);
  if (plan === null) return note;
  const unnamed = { repository: image.repository, manifest, promotedFrom: image.promote?.tag ?? null };
  await attestProvenance(context, plan, unnamed);
  return (await attestSbom(context, plan, unnamed)) ? `${note} with SBOM` : note;
}

/** Pushes what was built; a promoted image is in the registry, so that nothing moves. Returns the digest. */
async function push(context: StageContext<'publish-image'>, image: ImagePlan): Promise<string> {
  if (image.promote !== null) {
    context.log.info(
      `promoting ${image.promote.digest}, tested for this commit as ${image.promote.tag}; no layer moves`,
    );
    return image.promote.digest;
  }
  const built = await imageOf(context);
  context.progress(`pushing ${image.repository}@${built.digest}`);
  const pushed = await pushLayout(context.registry, built.layout, image.repository);
  context.log.info(
    `${image.repository}@${pushed.digest}: ${pushed.uploaded} blobs sent, ${pushed.there} there already`,
  );
  return pushed.digest;
}

function notThere(image: ImagePlan, digest: string): Problem {
  return new Problem('OR-PUBLISH-IMAGE', `${image.repository}@${digest} is not in the registry any more`, {
    hint: 'a cleanup of untagged images may have taken it; run the job again',
  });
}
