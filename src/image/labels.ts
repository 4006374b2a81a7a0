import type { EventPlan, OperatorPlan } from '../plan/types.ts';

/**
 * OCI annotations of an image (image-spec, annotations.md), all of them properties of the commit. The version is not among
 * them: the digest that was tested on the branch is the one that a tag releases later.
 */
export function imageLabels(
  event: EventPlan,
  operator: OperatorPlan,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com';
  return {
    'org.opencontainers.image.title': operator.name,
    'org.opencontainers.image.revision': event.sha,
    'org.opencontainers.image.created': new Date(event.commitTime * 1000).toISOString().replace('.000Z', 'Z'),
    ...(event.repository === '' ? {} : { 'org.opencontainers.image.source': `${server}/${event.repository}` }),
  };
}
