import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../errors.ts';
import { buildWithBuildx } from '../image/buildx.ts';
import { buildWithKo } from '../image/ko.ts';
import { imageLabels } from '../image/labels.ts';
import { readLayout } from '../registry/layout.ts';
import { megabytes } from '../report/size.ts';
import type { Stage } from './types.ts';

/** The image for all platforms, on this machine. It gets its public names only after every check. */
export const imageBuild: Stage<'image-build'> = {
  name: 'image-build',
  run: async (context) => {
    const image = context.operator.image;
    if (image === null) throw new Error('the plan builds an image for an operator without one');
    const target = join(context.scratch, 'image');
    await rm(target, { recursive: true, force: true });
    const request = {
      context: image.context,
      target: image.target,
      platforms: image.platforms,
      buildArgs: image.buildArgs,
      labels: imageLabels(context.plan.event, context.operator, context.ports.env),
      seconds: context.plan.event.commitTime,
    };
    if (image.builder === 'ko') await buildWithKo(context, request, image.mainPackage, target);
    else await buildWithBuildx(context, request, image.dockerfile ?? 'Dockerfile', target);
    const built = await readLayout(target);
    const missing = image.platforms.filter((platform) => !built.platforms.some((found) => found.platform === platform));
    if (missing.length > 0) {
      throw new Problem('OR-IMAGE-PLATFORM', `the built image lacks ${missing.join(', ')}`, {
        hint: 'the Dockerfile pins a platform in its last FROM; the base image may also lack it',
      });
    }
    context.artifacts.image = { digest: built.digest, layout: target, platforms: built.platforms };
    const largest = Math.max(...built.platforms.map((platform) => platform.size));
    context.log.info(`${image.repository}@${built.digest}`);
    context.note(`${built.digest.slice(0, 19)}…, ${image.platforms.join(', ')}, ${megabytes(largest)}`);
  },
};
