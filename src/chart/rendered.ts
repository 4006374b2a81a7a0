import { loadAll } from 'js-yaml';
import { messageOf, Problem } from '../errors.ts';

/** A Kubernetes object as it stands in a manifest; nothing of it is trusted. */
export type Manifest = Readonly<Record<string, unknown>>;

/** All objects of a stream of YAML documents. Errors: OR-CHART-YAML. */
export function parseManifests(text: string, source: string): readonly Manifest[] {
  const found: Manifest[] = [];
  try {
    for (const document of loadAll(text)) {
      if (isRecord(document)) found.push(...(document['kind'] === 'List' ? itemsOf(document) : [document]));
    }
  } catch (cause) {
    throw new Problem('OR-CHART-YAML', `${source} is not valid YAML: ${messageOf(cause).split('\n')[0] ?? ''}`, {
      hint: 'render the chart with "helm template" and look at the named line; descriptions of CRDs with "{{" are a common cause',
      excerpt: messageOf(cause),
      cause,
    });
  }
  return found;
}

function itemsOf(list: Manifest): Manifest[] {
  return Array.isArray(list['items']) ? list['items'].filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Every image that the objects name, in order, without repeats: those of containers, and those that an operator is told to
 * deploy by `RELATED_IMAGE_…` variables (the convention of OLM for disconnected clusters).
 */
export function imagesOf(manifests: readonly Manifest[]): readonly string[] {
  const images = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (isRecord(value)) {
      for (const [key, inner] of Object.entries(value)) {
        if (/^(containers|initContainers|ephemeralContainers)$/.test(key) && Array.isArray(inner)) {
          for (const image of inner.flatMap(imagesOfContainer)) images.add(image);
        }
        visit(inner);
      }
    }
  };
  for (const manifest of manifests) if (manifest['kind'] !== 'CustomResourceDefinition') visit(manifest);
  return [...images];
}

function imagesOfContainer(container: unknown): string[] {
  if (!isRecord(container)) return [];
  const variables = Array.isArray(container['env']) ? container['env'].filter(isRecord) : [];
  const related = variables.filter(({ name }) => typeof name === 'string' && name.startsWith('RELATED_IMAGE_'));
  return [container['image'], ...related.map(({ value }) => value)].filter(
    (image): image is string => typeof image === 'string' && image !== '',
  );
}

/** `kind/namespace/name` of the objects of the given kinds. */
export function objectsOfKind(
  manifests: readonly Manifest[],
  kind: string,
): readonly { name: string; spec: unknown }[] {
  return manifests.flatMap((manifest) => {
    const metadata = manifest['metadata'];
    const name = isRecord(metadata) ? metadata['name'] : undefined;
    return manifest['kind'] === kind && typeof name === 'string' ? [{ name, spec: manifest['spec'] }] : [];
  });
}
