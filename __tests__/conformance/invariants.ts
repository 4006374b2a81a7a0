import { compare, parse } from 'semver';
import type { Release, Repository, State } from '../standins/github/index.ts';

/** Name of an asset to `sha256:…`. */
export type PlannedAssets = ReadonlyMap<string, string>;

export interface InvariantOptions {
  /** What a published release of the tag must hold, null when nothing is known of that tag. */
  readonly planned: (tag: string) => PlannedAssets | null;
}

/**
 * What must hold of GitHub after every single change, however a run goes wrong or ends:
 * one public release per tag; a public release is complete, with the planned bytes; nothing is taken from it again; and Latest
 * never goes back. Give `watch` to `startGitHub`; `broken` is then empty, or says what happened.
 */
export class Invariants {
  readonly broken: string[] = [];
  readonly #options: InvariantOptions;
  #before: State | null = null;

  constructor(options: InvariantOptions) {
    this.#options = options;
  }

  readonly watch = (state: State): void => {
    for (const repository of state.repositories) {
      const before = this.#before?.repositories.find(({ id }) => id === repository.id);
      for (const sentence of this.#check(repository, before)) {
        if (!this.broken.includes(sentence)) this.broken.push(sentence);
      }
    }
    this.#before = structuredClone(state);
  };

  /** Compares from this state on: for who seeds the state, or changes it beside the action. */
  begin(state: State): void {
    this.#before = structuredClone(state);
  }

  *#check(now: Repository, before: Repository | undefined): Generator<string> {
    const published = now.releases.filter(({ draft }) => !draft);
    const tags = published.map(({ tag }) => tag);
    for (const tag of new Set(tags.filter((each, at) => tags.indexOf(each) !== at))) {
      yield `two public releases of ${tag}`;
    }
    for (const release of published) yield* this.#incomplete(release);
    if (before === undefined) return;
    for (const old of before.releases.filter(({ draft }) => !draft)) {
      yield* taken(
        old,
        now.releases.find(({ id }) => id === old.id),
      );
    }
    const [was, is] = [latestOf(before), latestOf(now)];
    if (was !== null && is !== was && (is === null || isLower(is, was))) {
      yield `Latest went from ${was} back to ${is ?? 'nothing'}`;
    }
  }

  *#incomplete({ tag, assets }: Release): Generator<string> {
    for (const { name, state } of assets) {
      if (state !== 'uploaded') yield `${tag} is public with ${name} as a broken upload`;
    }
    for (const [name, digest] of this.#options.planned(tag) ?? []) {
      const asset = assets.find((each) => each.name === name);
      if (asset === undefined) yield `${tag} is public without ${name}`;
      else if (asset.state === 'uploaded' && asset.blob !== digest)
        yield `${tag} is public with other bytes in ${name}`;
    }
  }
}

function* taken(old: Release, now: Release | undefined): Generator<string> {
  if (now === undefined) {
    yield `the public release of ${old.tag} was deleted`;
    return;
  }
  if (now.draft) yield `the public release of ${old.tag} was made a draft again`;
  if (now.tag !== old.tag) yield `the public release of ${old.tag} got the tag ${now.tag}`;
  for (const asset of old.assets.filter(({ state }) => state === 'uploaded')) {
    const same = now.assets.find(({ id }) => id === asset.id);
    if (same === undefined) yield `${asset.name} was taken from the public release of ${old.tag}`;
    else if (same.blob !== asset.blob) yield `${asset.name} of the public release of ${old.tag} was changed`;
  }
}

/** The tag that GitHub shows as Latest; null when there is none. */
export function latestOf({ releases, latestId }: Repository): string | null {
  return releases.find(({ id, draft, prerelease }) => id === latestId && !draft && !prerelease)?.tag ?? null;
}

/** By the version at the tag's end. */
function isLower(tag: string, than: string): boolean {
  const [a, b] = [tag, than].map((each) => parse(each.split('/').at(-1), { loose: true }));
  return a !== null && a !== undefined && b !== null && b !== undefined && compare(a, b) < 0;
}
