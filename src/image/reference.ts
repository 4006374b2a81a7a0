import type { ImagePlan } from '../plan/types.ts';

/** How charts and manifests name the image: readable by its tag, resolved by its digest. */
export function pinnedReference(image: ImagePlan, digest: string): string {
  return `${image.repository}:${image.deployedTag}@${digest}`;
}

/** Whether a reference of a manifest means this very image. */
export function isPinnedTo(reference: string, image: ImagePlan, digest: string): boolean {
  return (
    reference === `${image.repository}@${digest}` ||
    (reference.startsWith(`${image.repository}:`) && reference.endsWith(`@${digest}`))
  );
}
