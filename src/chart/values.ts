import { isMap, isScalar, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';

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

export interface ImageName {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * values.yaml with the image set to `repository:tag@digest`. A chart that knows no digest gets `tag@digest` as its tag,
 * which Kubernetes resolves by the digest. Nothing else of the text changes: Helm reads YAML 1.1, where writing `0644`
 * or `yes` anew means something else.
 */
export function pinImage(valuesYaml: string, at: ImageValues, image: ImageName): string {
  const node = parseDocument(valuesYaml).getIn(at.path, true);
  if (isScalar(node)) {
    return applied(valuesYaml, [replacement(valuesYaml, node, `${image.repository}:${image.tag}@${image.digest}`)]);
  }
  if (!isMap(node)) throw new Error(`values.yaml has no mapping at ${at.path.join('.')}`);
  return applied(
    valuesYaml,
    wantedValues(at.keys, image).map(([key, value]) => edit(valuesYaml, node, key, value)),
  );
}

function wantedValues(keys: readonly string[], image: ImageName): readonly (readonly [key: string, value: string])[] {
  const { repository, tag, digest } = image;
  const slash = repository.indexOf('/');
  const names: Readonly<Record<string, string>> = keys.includes('registry')
    ? { registry: repository.slice(0, slash), repository: repository.slice(slash + 1) }
    : { repository };
  return Object.entries({ ...names, ...(keys.includes('digest') ? { tag, digest } : { tag: `${tag}@${digest}` }) });
}

/** A piece of the text, from `start` to `end`, and what takes its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function applied(text: string, edits: readonly Edit[]): string {
  const backwards = [...edits].sort((a, b) => b.start - a.start);
  return backwards.reduce((result, { start, end, text: by }) => result.slice(0, start) + by + result.slice(end), text);
}

function edit(text: string, map: YAMLMap, key: string, value: string): Edit {
  const pair = pairOf(map, key);
  if (pair === undefined) return addition(text, map, key, value);
  const { value: node } = pair;
  const isEmpty = node === null || (isScalar(node) && node.range?.[0] === node.range?.[1]);
  if (!isEmpty) return replacement(text, node as Node, value);
  const colon = text.indexOf(':', endOf(pair.key as Node)) + 1;
  return { start: colon, end: colon, text: ` ${JSON.stringify(value)}` };
}

function replacement(text: string, node: Node, value: string): Edit {
  const [start, end] = node.range ?? [0, 0];
  // A block scalar ends with its line.
  const lineEnd = /\r?\n$/.exec(text.slice(start, end))?.[0] ?? '';
  return { start, end, text: JSON.stringify(value) + lineEnd };
}

/** A key that the chart's templates know and its values leave out, beside the repository. */
function addition(text: string, map: YAMLMap, key: string, value: string): Edit {
  const pair = pairOf(map, 'repository');
  const name = pair?.key as Node;
  const after = isScalar(pair?.value) ? endOf(pair.value) : endOf(name) + 1;
  const entry = `${key}: ${JSON.stringify(value)}`;
  if (map.flow === true) return { start: after, end: after, text: `, ${entry}` };
  const start = name.range?.[0] ?? 0;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const lineEnd = after + text.slice(after).search(/\r?\n|$/);
  return { start: lineEnd, end: lineEnd, text: `\n${' '.repeat(indent)}${entry}` };
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

function endOf(node: Node): number {
  return node.range?.[1] ?? 0;
}
