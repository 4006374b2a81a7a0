import { parseManifests } from '../chart/rendered.ts';
import { crdsOf } from '../crd/crd.ts';

/**
 * The documents of a stream of manifests that define CRDs, as they stand there; null for none. Nothing is written anew: the
 * same manifests give the same bytes, and a default or an example of a schema stays what it is.
 */
export function crdDocuments(text: string, source: string): string | null {
  // A line that begins so ends a document in any case, within a block of text, too (YAML 1.2, 9.1.2).
  const documents = text
    .split(/^---(?:[ \t].*)?\r?$/m)
    .filter((document) => crdsOf(parseManifests(document, source)).length > 0);
  return documents.length === 0 ? null : documents.map((document) => `---\n${document.trim()}\n`).join('');
}
