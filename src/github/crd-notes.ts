import { parseManifests } from '../chart/rendered.ts';
import { compareCrds } from '../crd/compare.ts';
import type { CrdChange } from '../crd/compare.ts';
import { crdsOf } from '../crd/crd.ts';
import type { Crd } from '../crd/crd.ts';
import type { Git } from '../facts/git.ts';
import type { Log } from '../log.ts';
import type { OperatorPlan } from '../plan/types.ts';
import { code, plain } from './markdown.ts';

/**
 * How the APIs of an operator differ from those of its previous release, by the files of both commits. Empty where there is
 * no previous release, or its files are not in the clone.
 */
export async function crdChangesOf(
  git: Pick<Git, 'tryYamlAt'>,
  log: Log,
  { version, release }: OperatorPlan,
): Promise<readonly CrdChange[]> {
  if (version.previousTag === null || release === null) return [];
  const { crds } = release.notes;
  const [before, after] = await Promise.all([
    git.tryYamlAt(`refs/tags/${version.previousTag}`, crds),
    git.tryYamlAt('HEAD', crds),
  ]);
  if (before === null || after === null) {
    log.info(`the notes do not compare CRDs: the files of ${version.previousTag} are not in the clone`);
    return [];
  }
  return compareCrds(definitionsIn(before, crds, log), definitionsIn(after, crds, log));
}

/** Each definition once: the copies in a chart are those of config/crd. */
function definitionsIn(files: ReadonlyMap<string, string>, folders: readonly string[], log: Log): readonly Crd[] {
  const rank = (file: string): number => folders.findIndex((folder) => file.startsWith(`${folder}/`));
  const found = new Map<string, Crd>();
  for (const [file, text] of [...files].sort(([a], [b]) => rank(a) - rank(b))) {
    try {
      for (const crd of crdsOf(parseManifests(text, file))) if (!found.has(crd.name)) found.set(crd.name, crd);
    } catch (error) {
      // A template of Helm, or an old mistake; neither is the fault of this release.
      log.debug(`${file} is left out of the comparison of CRDs: ${String(error)}`);
    }
  }
  return [...found.values()];
}

/** More than these nobody reads; the files tell the rest. */
const mostLines = 40;

/** One line for each, breaking or not as asked for. */
export function crdLines(changes: readonly CrdChange[], breaking: boolean): string[] {
  const wanted = changes.filter((change) => change.breaking === breaking);
  const lines = wanted.slice(0, mostLines).map(({ crd, version, path, what }) => {
    const field = path === '' ? '' : ` ${code(path)}`;
    return `- ${code(version === null ? crd : `${crd}/${version}`)}${field}: ${plain(what)}`;
  });
  const rest = wanted.length - lines.length;
  return rest > 0 ? [...lines, `- and ${rest} more`] : lines;
}
