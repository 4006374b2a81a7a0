import { join } from 'node:path';
import { pullPlatform, readLayout } from '../registry/layout.ts';
import { hostPlatform } from '../image/platform.ts';
import type { BuiltImage, StageHost } from './types.ts';

/** The operator's image on this machine: what `image-build` made, or for a promoted digest what the registry holds. */
export async function imageOf(host: StageHost): Promise<BuiltImage> {
  const known = host.artifacts.image;
  if (known !== undefined) return known;
  const image = host.operator.image;
  if (image?.promote === undefined || image.promote === null) {
    throw new Error('a stage asks for an image that no stage before it makes');
  }
  host.artifacts.promoted ??= pull(host, image.repository, image.promote.digest);
  return host.artifacts.promoted;
}

/** Its digest alone: of a promoted image nothing is pulled for it. */
export async function digestOf(host: StageHost): Promise<string> {
  return host.operator.image?.promote?.digest ?? (await imageOf(host)).digest;
}

async function pull(host: StageHost, repository: string, digest: string): Promise<BuiltImage> {
  const layout = join(host.scratch, 'promoted');
  host.log.info(`pulling ${repository}@${digest} for ${hostPlatform()}`);
  await pullPlatform(host.registry, repository, digest, hostPlatform(), layout);
  const { platforms } = await readLayout(layout);
  return { digest, layout, platforms };
}
