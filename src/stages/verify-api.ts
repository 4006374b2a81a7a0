import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import pLimit from 'p-limit';
import { parseManifests } from '../chart/rendered.ts';
import { promiseOf } from '../crd/bump.ts';
import { compareCrds } from '../crd/compare.ts';
import type { CrdChange } from '../crd/compare.ts';
import { crdsOf } from '../crd/crd.ts';
import type { Crd } from '../crd/crd.ts';
import { placeOfChange } from '../crd/place.ts';
import { Problem } from '../errors.ts';
import { silent } from '../log.ts';
import { many } from '../report/text.ts';
import type { StageContext } from './types.ts';

type Verify = StageContext<'verify'>;
type Api = NonNullable<Verify['task']['api']>;

/** A definition and the file that holds it, by the definition's name. */
type Definitions = ReadonlyMap<string, { readonly crd: Crd; readonly file: string; readonly text: string }>;

/** Git keeps a lock on the list of commits where a clone ends; operators are verified side by side. */
const fetches = pLimit(1);

/**
 * Holds the CRDs against those of the previous release. What breaks its users is a problem in a release that promises not
 * to, and a warning before: the next release has to be a major one then. Returns the problems and a few words.
 */
export async function verifyApi(
  context: Verify,
  api: Api,
): Promise<{ readonly problems: readonly Problem[]; readonly note: string | null }> {
  context.progress(`comparing CRDs with ${api.since}`);
  const before = await definitionsAt(context, api);
  const after = definitionsIn(await filesOf(context.root, api.folders), api.folders);
  if (before === null) {
    if (after.size > 0) context.find({ level: 'warning', title: 'API not compared', message: unknown(api) });
    return { problems: [], note: null };
  }
  if (before.size === 0) return { problems: [], note: null };
  const changes = compareCrds(crdsIn(before), crdsIn(after));
  for (const change of changes) context.log.info(`${change.breaking ? 'BREAKS' : '      '} ${lineOf(change)}`);
  const breaking = changes.filter((change) => change.breaking);
  const { promise, words } = promiseOf(context.operator.version);
  for (const change of breaking) {
    const found = after.get(change.crd);
    const at = found === undefined ? null : placeOfChange(found.text, found.file, change);
    context.find({
      level: promise === 'keeps' ? 'error' : promise === 'undecided' ? 'warning' : 'notice',
      title: promise === 'undecided' ? 'the next release has to be a major one' : 'API change',
      message: `${lineOf(change)} since ${api.since}`,
      ...(at === null ? {} : { at }),
    });
  }
  if (breaking.length === 0) return { problems: [], note: `API fits ${api.since}` };
  const note = `${many(breaking.length, 'breaking API change')} since ${api.since}`;
  return { problems: promise === 'keeps' ? [breaks(context, api, words, breaking)] : [], note };
}

function unknown({ since }: Api): string {
  return `the CRDs cannot be compared with those of ${since}, which is neither in the clone nor at origin; set fetch-depth: 0 in actions/checkout`;
}

function breaks({ operator }: Verify, { since }: Api, words: string, breaking: readonly CrdChange[]): Problem {
  const [first] = breaking;
  const rest = breaking.length - 1;
  return new Problem(
    'OR-VERIFY-API',
    `${operator.version.text} is ${words}, but breaks the API of ${since}: ${first === undefined ? '' : lineOf(first)}${rest > 0 ? `, and ${rest} more` : ''}`,
    {
      hint: 'keep what was accepted (a new version of the API may differ), or release a major version; verify.checks without "api" leaves this out',
      excerpt: breaking.slice(0, 20).map(lineOf).join('\n'),
    },
  );
}

/** `things.apps.example.org v1 spec.replicas: the field is removed`. */
function lineOf({ crd, version, path, what }: CrdChange): string {
  return `${[crd, ...(version === null ? [] : [version]), ...(path === '' ? [] : [path])].join(' ')}: ${what}`;
}

function crdsIn(definitions: Definitions): readonly Crd[] {
  return [...definitions.values()].map(({ crd }) => crd);
}

/** Each definition once, from the first folder that has it: copies in a chart are those of config/crd. */
function definitionsIn(files: ReadonlyMap<string, string>, folders: readonly string[]): Definitions {
  const found = new Map<string, { crd: Crd; file: string; text: string }>();
  for (const folder of folders) {
    for (const [file, text] of files) {
      if (!file.startsWith(`${folder}/`)) continue;
      for (const crd of crdsFrom(text, file)) if (!found.has(crd.name)) found.set(crd.name, { crd, file, text });
    }
  }
  return found;
}

/** A file that is no YAML, such as a template, is what other checks look at. */
function crdsFrom(text: string, file: string): readonly Crd[] {
  try {
    return crdsOf(parseManifests(text, file));
  } catch {
    return [];
  }
}

const isYaml = /\.ya?ml$/;

async function filesOf(root: string, folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue;
    for (const name of (await readdir(join(root, folder))).sort()) {
      if (isYaml.test(name)) files.set(posix.join(folder, name), await readFile(join(root, folder, name), 'utf8'));
    }
  }
  return files;
}

/** The definitions of the previous release; null when its commit cannot be had. */
async function definitionsAt(context: Verify, { since, folders }: Api): Promise<Definitions | null> {
  const ref = `refs/tags/${since}`;
  const git = async (...args: string[]): Promise<string | null> => {
    const ran = await context.run('git', ['-C', context.root, ...args], { allowFailure: true, log: silent });
    return ran.exitCode === 0 ? ran.stdout : null;
  };
  const isThere = async (): Promise<boolean> =>
    (await git('rev-parse', '--quiet', '--verify', `${ref}^{commit}`)) !== null;
  await fetches(async () => {
    if (await isThere()) return;
    // Asked for one commit, a complete clone would be cut off.
    const depth = (await context.ports.git.isShallow()) ? ['--depth=1'] : [];
    await git('fetch', '--quiet', '--no-tags', ...depth, 'origin', `+${ref}:${ref}`);
  });
  if (!(await isThere())) return null;
  const listed = await git(
    'ls-tree',
    '-z',
    '--name-only',
    '--full-tree',
    ref,
    '--',
    ...folders.map((folder) => `${folder}/`),
  );
  if (listed === null) return null;
  const files = new Map<string, string>();
  for (const file of listed.split('\0').filter((name) => isYaml.test(name))) {
    const text = await git('show', `${ref}:${file}`);
    if (text !== null) files.set(file, text);
  }
  return definitionsIn(files, folders);
}
