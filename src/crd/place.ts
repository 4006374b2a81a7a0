import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Place } from '../errors.ts';
import type { CrdChange } from './compare.ts';

type Step = string | ((node: Node) => Node | null);

/**
 * Where a change is in the definition as it is now: the field; for one that is gone, the fields it was among; for a whole
 * version or definition that is gone, the definition. Null when the text does not hold it. `file`: from the root.
 */
export function placeOfChange(text: string, file: string, change: CrdChange): Place | null {
  const lines = new LineCounter();
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    if (!('contents' in document) || document.getIn(['metadata', 'name']) !== change.crd) continue;
    return { file, line: lines.linePos(deepest(document, change)).line };
  }
  return null;
}

/** Offset of the last key on the way to the changed field that is there. */
function deepest(document: Document, { version, path }: CrdChange): number {
  let node: unknown = document.contents;
  let offset = 0;
  const steps: Step[] = [...(version === null ? path.split('.') : versionSteps(version, path))];
  if (steps[0] !== 'spec') steps.unshift('spec');
  for (const step of steps) {
    if (typeof step === 'function') {
      node = step(node as Node);
      if (node === null) break;
      offset = (node as Node).range?.[0] ?? offset;
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
    if (pair === undefined || !isScalar(pair.key)) break;
    offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

function versionSteps(version: string, path: string): Step[] {
  const named = (node: Node): Node | null =>
    isSeq(node)
      ? ((node.items.find((item) => isMap(item) && item.get('name') === version) as Node | undefined) ?? null)
      : null;
  const start: Step[] = ['spec', 'versions', named];
  if (path === '') return start;
  if (path.startsWith('subresources.')) return [...start, ...path.split('.')];
  const fields = path.split('.').flatMap((part): Step[] => {
    if (part === '*') return ['additionalProperties'];
    const name = part.replace(/(?:\[\])+$/, '');
    const items = (part.length - name.length) / 2;
    return [...(name === '' ? [] : ['properties', name]), ...Array<string>(items).fill('items')];
  });
  return [...start, 'schema', 'openAPIV3Schema', ...fields];
}
