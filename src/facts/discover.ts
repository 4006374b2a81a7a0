import { basename, posix } from 'node:path';
import { load } from 'js-yaml';
import type { FileSet } from './files.ts';
import { readText } from './read.ts';

/** What a folder of the repository tells of an operator, before configuration. Paths count from the repository's root. */
export interface OperatorFolder {
  readonly name: string;
  readonly path: string;
  /** Whether there is Go code to check: in a module of its own, or in one that begins further up. */
  readonly goModule: boolean;
  /** Packages with a main function that can be the manager, from the operator's folder: `./cmd`. */
  readonly mainPackage: string | null;
  readonly dockerfile: string | null;
  /** True when the project builds with ko on purpose. */
  readonly ko: boolean;
  readonly makefile: string | null;
  readonly chartPath: string | null;
  readonly kustomize: string | null;
  readonly crds: readonly string[];
  readonly samples: readonly string[];
  readonly chainsaw: readonly string[];
  readonly goE2e: string | null;
}

/** Places of a chart, most telling first; `%` is the operator's name. */
const chartPlaces = [
  'dist/chart',
  'charts/%',
  'helm/%',
  'helm/%-operator',
  'deploy/helm/%',
  'deploy/charts/%',
  'chart/%',
  'chart',
  'helm/chart',
  'deploy/chart',
  'helm',
  'charts',
  'deploy/helm',
  'deploy/charts',
];
/** Places in the root of the repository for the chart of an operator in a folder of its own. */
const commonChartPlaces = [
  'charts/%',
  'charts/%-operator',
  'helm/%',
  'helm/%-operator',
  'deploy/helm/%',
  'deploy/charts/%',
];
/** Folders whose only chart is the operator's whatever its name. */
const chartParents = ['charts', 'helm', 'deploy/helm', 'deploy/charts', 'chart'];

/** What go passes over, and node: fixtures, copies of other projects, and what is hidden. */
const passedOver = /(^|\/)(testdata|vendor|node_modules|[._][^/]*)\//;

/** All operators of a repository: kubebuilder's PROJECT files, or a Go main beside a chart or CRDs. */
export async function discover(root: string, files: FileSet, fallbackName: string): Promise<OperatorFolder[]> {
  const foldersWith = (name: string): string[] =>
    files
      .named(name)
      .filter((file) => !passedOver.test(file))
      .map((file) => posix.dirname(file));
  const projects = foldersWith('PROJECT');
  const modules = foldersWith('go.mod');
  const claimed = (folder: string): boolean => projects.some((project) => isWithin(folder, project));
  const others = modules.filter((folder) => !claimed(folder) && looksLikeOperator(folder, files));
  const folders = [...projects, ...others].sort();
  return Promise.all(folders.map((folder) => describe(root, folder, files, fallbackName)));
}

function isWithin(folder: string, parent: string): boolean {
  return parent === '.' || folder === parent || folder.startsWith(`${parent}/`);
}

function looksLikeOperator(folder: string, files: FileSet): boolean {
  if (mainPackageOf(folder, files, '') === null) return false;
  return files.under(posix.join(folder, 'config/crd')).length > 0 || chartOf(folder, '', files) !== null;
}

/** What the repository says of one folder; used for discovered operators and for those that only the configuration names. */
export async function describe(
  root: string,
  folder: string,
  files: FileSet,
  fallbackName: string,
): Promise<OperatorFolder> {
  const project = files.has(posix.join(folder, 'PROJECT')) ? await readYaml(root, posix.join(folder, 'PROJECT')) : {};
  const named = project['projectName'];
  const written = typeof named === 'string' ? named : folder === '.' ? fallbackName : basename(folder);
  const name = nameFor(written);
  const dockerfile = posix.join(folder, 'Dockerfile');
  const makefile = posix.join(folder, 'Makefile');
  const under = (place: string, ending: RegExp): string[] =>
    files.under(posix.join(folder, place)).filter((file) => ending.test(file));
  return {
    name,
    path: folder,
    goModule: isGo(folder, files),
    mainPackage: mainPackageOf(folder, files, written),
    dockerfile: files.has(dockerfile) ? dockerfile : null,
    ko: files.has(posix.join(folder, '.ko.yaml')) || files.has('.ko.yaml'),
    makefile: files.has(makefile) ? makefile : null,
    chartPath:
      chartOf(folder, name, files) ?? (folder === '.' ? null : chartAmong(commonChartPlaces, '.', name, files)),
    kustomize: files.has(posix.join(folder, 'config/default/kustomization.yaml'))
      ? posix.join(folder, 'config/default')
      : null,
    crds: under('config/crd/bases', /\.ya?ml$/),
    samples: under('config/samples', /(?<!kustomization)\.ya?ml$/),
    chainsaw: under('.', /(^|\/)chainsaw-test\.ya?ml$/).map((file) => posix.dirname(file)),
    goE2e: under('test/e2e', /_test\.go$/).length > 0 ? posix.join(folder, 'test/e2e') : null,
  };
}

/** The name as inputs, tags and registries can hold it: `operatorName` of the configuration. */
function nameFor(written: string): string {
  const name = written
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '');
  return name === '' ? 'operator' : name;
}

function isGo(folder: string, files: FileSet): boolean {
  if (files.has(posix.join(folder, 'go.mod'))) return true;
  const above = files.named('go.mod').some((file) => isWithin(folder, posix.dirname(file)));
  return above && files.under(folder).some((file) => file.endsWith('.go'));
}

function mainPackageOf(folder: string, files: FileSet, name: string): string | null {
  const has = (place: string): boolean => files.has(posix.join(folder, place));
  if (has('cmd/main.go')) return './cmd';
  for (const command of [name, 'manager', 'operator', 'controller']) {
    if (command !== '' && has(`cmd/${command}/main.go`)) return `./cmd/${command}`;
  }
  if (has('main.go')) return '.';
  const commands = files.under(posix.join(folder, 'cmd')).filter((file) => /\/cmd\/[^/]+\/main\.go$/.test(`/${file}`));
  const [only] = commands;
  return commands.length === 1 && only !== undefined ? `./cmd/${basename(posix.dirname(only))}` : null;
}

function chartOf(folder: string, name: string, files: FileSet): string | null {
  const known = chartAmong(chartPlaces, folder, name, files);
  if (known !== null) return known;
  for (const parent of chartParents) {
    const path = posix.join(folder, parent);
    const charts = files
      .under(path)
      .filter((file) => posix.dirname(posix.dirname(file)) === path && file.endsWith('/Chart.yaml'));
    const [only] = charts;
    if (charts.length === 1 && only !== undefined) return posix.dirname(only);
  }
  return null;
}

function chartAmong(places: readonly string[], folder: string, name: string, files: FileSet): string | null {
  const paths = places.map((place) => posix.join(folder, place.replace('%', name)));
  return paths.find((path) => files.has(posix.join(path, 'Chart.yaml'))) ?? null;
}

/** A YAML mapping; an unreadable or other document counts as empty, since it only adds names. */
async function readYaml(root: string, file: string): Promise<Record<string, unknown>> {
  try {
    const value = load(await readText(root, file));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
