import { posix } from 'node:path';
import type { Facts, OperatorFacts } from '../facts/types.ts';
import { reachable } from '../facts/modules.ts';
import { parseReleaseYaml } from './release-yaml.ts';
import type { NotesPlan, NotesSection } from './types.ts';

/** Which changes the notes of an operator's release list, and how. Errors: OR-RELEASE-YAML. */
export function planNotes(facts: Facts, operator: OperatorFacts): NotesPlan {
  const own = operator.settings.release?.notes;
  const github = facts.releaseYaml === null ? null : parseReleaseYaml(facts.releaseYaml.text, facts.releaseYaml.file);
  const configured = (own?.sections ?? []).map(({ title, labels = [], types = [] }): NotesSection => ({
    title,
    labels,
    types: types.map((type) => type.toLowerCase()),
    exclude: { labels: [], authors: [] },
  }));
  const by = configured.length > 0 ? 'release.notes' : (github?.sections.length ?? 0) > 0 ? github?.file : null;
  return {
    ...placesOf(facts, operator),
    crds: crdFolders(operator),
    by: by ?? null,
    sections: configured.length > 0 ? configured : (github?.sections ?? []),
    exclude: {
      labels: [...(own?.exclude?.labels ?? []), ...(github?.exclude.labels ?? [])],
      authors: [...(own?.exclude?.authors ?? []), ...(github?.exclude.authors ?? [])],
      types: (own?.exclude?.types ?? []).map((type) => type.toLowerCase()),
    },
  };
}

/**
 * The operator's folder, the Go modules that it needs, and what its image and chart are made of. An operator that is part of
 * the module in the root has a part in everything but the folders of the others.
 */
function placesOf({ operators, modules }: Facts, operator: OperatorFacts): Pick<NotesPlan, 'paths' | 'without'> {
  const needed = reachable(modules, operator.path);
  const inputs = [operator.dockerfile, operator.chartPath].filter((path) => path !== null);
  const watched = (operator.settings.watch ?? []).filter((glob) => !glob.startsWith('!'));
  const all = [operator.path, ...needed, ...inputs, ...watched];
  const paths = all.includes('.')
    ? ['.']
    : [...new Set(all)].filter((path) => !all.some((over) => isBelow(path, over)));
  const without = operators
    .map(({ path }) => path)
    .filter((path) => path !== operator.path && !isBelow(operator.path, path) && !needed.has(path))
    .filter((path) => path !== '.' && paths.some((over) => isBelow(path, over)));
  return { paths: paths.sort(), without: [...new Set(without)].sort() };
}

/** Those of kubebuilder, and those of a chart, which may be copies of them. */
function crdFolders({ path, chartPath }: OperatorFacts): readonly string[] {
  const ofChart = chartPath === null ? [] : ['crds', 'files/crds'].map((folder) => posix.join(chartPath, folder));
  return [posix.join(path, 'config/crd/bases'), ...ofChart];
}

function isBelow(path: string, folder: string): boolean {
  return path !== folder && (folder === '.' || path.startsWith(`${folder}/`));
}
