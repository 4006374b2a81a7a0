import type { ImagePlan } from '../plan/types.ts';
import { parseReference } from '../registry/reference.ts';
import type { Reference } from '../registry/reference.ts';

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

/**
 * What a node pulls for the image of a container: as Docker reads it, a name without a host is one of Docker Hub's, and
 * there one without a folder is in `library`; without tag and digest it is `latest`.
 * Errors: OR-REGISTRY-NAME.
 */
export function pulledReference(text: string): Reference {
  const first = text.split('/')[0] ?? '';
  const hasHost = text.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const named = hasHost ? text : `docker.io/${text.includes('/') ? '' : 'library/'}${text}`;
  const reference = parseReference(named);
  return reference.tag === null && reference.digest === null ? { ...reference, tag: 'latest' } : reference;
}
