import { isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';

/** Where a chart's values hold the manager's image. Dotted path of the mapping, and which keys it has. */
export interface ImageValues {
  readonly path: readonly string[];
  readonly keys: readonly string[];
}

/** Where charts of operators keep the manager's image: our own and kubebuilder's v2-alpha and v1-alpha plugins, helmify, hand-written. */
const knownPaths: readonly (readonly string[])[] = [
  ['manager', 'image'],
  ['controllerManager', 'manager', 'image'],
  ['controllerManager', 'container', 'image'],
  ['controllerManager', 'image'],
  ['operator', 'image'],
  ['controller', 'image'],
  ['image'],
];

/** The image's place in values.yaml: `configured` (dotted) when given, else the first known one. Null when there is none. */
export function findImageValues(valuesYaml: string, configured: string | null): ImageValues | null {
  const document = parseDocument(valuesYaml);
  const paths = configured === null ? knownPaths : [configured.split('.')];
  for (const path of paths) {
    const node = document.getIn(path, true);
    if (isMap(node) && node.has('repository')) {
      return { path, keys: node.items.flatMap((item) => (isScalar(item.key) ? [String(item.key.value)] : [])) };
    }
    if (isScalar(node) && typeof node.value === 'string' && configured !== null) return { path, keys: [] };
  }
  return null;
}

/**
 * values.yaml with the image set to `repository:tag@digest`, comments kept. A chart that knows no digest gets
 * `tag@digest` as its tag, which Kubernetes resolves by the digest.
 */
export function pinImage(
  valuesYaml: string,
  at: ImageValues,
  image: { readonly repository: string; readonly tag: string; readonly digest: string },
): string {
  const document: Document = parseDocument(valuesYaml);
  const set = (key: string, value: string): void => document.setIn([...at.path, key], value);
  if (at.keys.length === 0) {
    document.setIn(at.path, `${image.repository}:${image.tag}@${image.digest}`);
    return document.toString({ lineWidth: 0 });
  }
  if (at.keys.includes('registry')) {
    const slash = image.repository.indexOf('/');
    set('registry', image.repository.slice(0, slash));
    set('repository', image.repository.slice(slash + 1));
  } else {
    set('repository', image.repository);
  }
  if (at.keys.includes('digest')) {
    set('tag', image.tag);
    set('digest', image.digest);
  } else {
    set('tag', `${image.tag}@${image.digest}`);
  }
  return document.toString({ lineWidth: 0 });
}
