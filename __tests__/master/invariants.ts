import semver from 'semver';
import { parseIndex, parseManifest } from '../../src/registry/json.ts';
import type { ChartImages } from './images.ts';
import { chart, image, tag } from './operator.ts';
import type { RegistryFolder } from './registry-folder.ts';
import type { ReleaseState, State } from './state.ts';

/** What the release is made of, whichever way it takes. */
export interface Planned {
  /** The commit of the tag. */
  readonly sha: string;
  /** Digests of the image: of this release, and of the earlier one. */
  readonly digest: string;
  readonly earlierDigest: string;
  /** Name to digest; null before the undisturbed run has shown them. */
  readonly assets: ReadonlyMap<string, string> | null;
  /** `127.0.0.1:<port>`, as charts name the registry. */
  readonly host: string;
}

/** What holds at every moment of every run, whatever goes wrong. Each rule says how a step broke it. */
type Rule = (now: State, before: State, world: Known) => string | null;

export interface Known {
  readonly planned: Planned;
  readonly folder: Pick<RegistryFolder, 'manifest' | 'blob'>;
  readonly images: Pick<ChartImages, 'of'>;
}

const exactImage = `${image}:${tag}`;
const exactChart = `${chart}:${tag.slice(1)}`;
/** Names that go forward, all of them from the earlier version to this one. */
const moving = [`${image}:stable`, `${image}:v0.0`, `${image}:v0.1`];
const moved = [`${image}:stable`, `${image}:v0.1`];

const releaseOf = (state: State): ReleaseState | undefined =>
  state.releases.find((release) => release.tag === tag && !release.draft);

export const rules: Readonly<Record<string, Rule>> = {
  'a tag has one release': (now) => {
    const { length } = now.releases.filter((release) => release.tag === tag);
    return length > 1 ? `${tag} has ${length} releases and drafts` : null;
  },
  'what is public is whole': (now, _before, { planned }) => {
    const release = releaseOf(now);
    if (release === undefined || planned.assets === null) return null;
    const broken = release.assets.filter(({ state }) => state !== 'uploaded').map(({ name }) => name);
    if (broken.length > 0) return `published with broken uploads: ${broken.join()}`;
    const there = new Map(release.assets.map(({ name, digest }) => [name, digest]));
    const wrong = [...planned.assets].filter(([name, digest]) => there.get(name) !== digest).map(([name]) => name);
    return wrong.length > 0 ? `published without the planned ${wrong.join()}` : null;
  },
  'what is public stays': (now, before) => {
    for (const old of before.releases.filter(({ draft }) => !draft)) {
      const release = now.releases.find((other) => other.tag === old.tag && !other.draft);
      if (release === undefined) return `the release ${old.tag} is gone`;
      for (const { name, digest } of old.assets) {
        if (!release.assets.some((asset) => asset.name === name && asset.digest === digest))
          return `${name} of ${old.tag} is gone or another one`;
      }
    }
    return null;
  },
  'Latest never goes back': (now, before) =>
    before.latest !== null && (semver.valid(now.latest) === null || semver.lt(now.latest ?? '', before.latest))
      ? `Latest went from ${before.latest} to ${String(now.latest)}`
      : null,
  'moving tags never go back': (now, before, { planned }) => {
    const age = (digest: string | undefined): number => [planned.earlierDigest, planned.digest].indexOf(digest ?? '');
    const back = moving.find((name) => age(now.names[name]) < age(before.names[name]));
    return back === undefined ? null : `${back} went back to ${now.names[back] ?? 'nothing'}`;
  },
  'a version never changes': (now, before) => {
    const changed = Object.keys(before.names).find(
      (name) => !moving.includes(name) && now.names[name] !== before.names[name],
    );
    return changed === undefined ? null : `${changed} is ${now.names[changed] ?? 'gone'}`;
  },
  'first the image, then the chart, then the release, then what moves': (now, _before, { planned }) => {
    const order = [
      now.names[exactImage] === planned.digest,
      exactChart in now.names,
      releaseOf(now) !== undefined,
      moved.some((name) => now.names[name] === planned.digest),
    ];
    if (exactImage in now.names && order[0] === false) return `${exactImage} is ${now.names[exactImage] ?? ''}`;
    const gap = order.indexOf(false);
    const names = ['the image', 'the chart', 'the release', 'a moving tag'];
    const early = gap === -1 ? -1 : order.indexOf(true, gap);
    return early === -1 ? null : `${names[early] ?? ''} is public before ${names[gap] ?? ''}`;
  },
  'tag, image and release are of one commit': (now, _before, { planned, folder }) => {
    const digest = now.names[exactImage];
    if (digest === undefined) return null;
    const index = folder.manifest(image, digest);
    const { annotations = {} } = JSON.parse(index?.toString() ?? '{}') as { annotations?: Record<string, string> };
    const revision = annotations['org.opencontainers.image.revision'];
    if (revision !== planned.sha) return `${exactImage} says ${String(revision)}, built was ${planned.sha}`;
    if (releaseOf(now) === undefined || now.commit === planned.sha) return null;
    return `the tag of the release is at ${String(now.commit)}, built was ${planned.sha}`;
  },
  'what the chart deploys is there': (now, _before, world) => {
    const digest = now.names[exactChart];
    if (digest === undefined) return null;
    for (const reference of world.images.of(chart, digest)) {
      const [, repository = '', wanted = ''] = /^[^/]+\/(.+?)(?::[^@/]+)?@(sha256:\w+)$/.exec(reference) ?? [];
      if (!reference.startsWith(`${world.planned.host}/`)) return `${reference} is of another registry`;
      if (wanted === '') return `${reference} names no digest`;
      const lacking = lacks(world.folder, repository, wanted);
      if (lacking !== null) return `${reference}: ${lacking}`;
    }
    return null;
  },
};

/** What a digest in a repository lacks to be pulled whole, null for nothing. */
function lacks(folder: Known['folder'], repository: string, digest: string): string | null {
  const index = folder.manifest(repository, digest);
  if (index === null) return 'is not there';
  for (const child of parseIndex(index, digest)) {
    const manifest = folder.manifest(repository, child.digest);
    if (manifest === null) return `lacks ${child.digest}`;
    const { config, layers } = parseManifest(manifest, child.digest);
    const missing = [config, ...layers].find((blob) => folder.blob(repository, blob.digest) === null);
    if (missing !== undefined) return `lacks ${missing.digest}`;
  }
  return null;
}

/** A state that cannot even be read is wrong, too. */
function attempt(rule: () => string | null): string | null {
  try {
    return rule();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Looks at each state that a run brings about, and remembers what was wrong. */
export class Watch {
  readonly broken: string[] = [];
  readonly #world: Known;
  #last: State;

  constructor(world: Known, first: State) {
    this.#world = world;
    this.#last = first;
  }

  look(now: State): void {
    for (const [name, rule] of Object.entries(rules)) {
      const why = attempt(() => rule(now, this.#last, this.#world));
      if (why !== null && !this.broken.includes(`${name}: ${why}`)) this.broken.push(`${name}: ${why}`);
    }
    this.#last = now;
  }
}
