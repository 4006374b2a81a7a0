import type { GitHubStandIn } from '../standins/github/index.ts';
import { chart, image, repository, tag } from './operator.ts';
import type { RegistryFolder } from './registry-folder.ts';

/** All that users can see, and what they cannot see yet, without numbers and times. */
export interface State {
  /** `repository:tag` to digest. */
  readonly names: Readonly<Record<string, string>>;
  readonly releases: readonly ReleaseState[];
  /** The git tag of the release that GitHub calls Latest. */
  readonly latest: string | null;
  /** What the git tag of the release stands for at GitHub. */
  readonly commit: string | null;
}

export interface ReleaseState {
  readonly tag: string;
  readonly title: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly target: string;
  /** Sorted by name. */
  readonly assets: readonly AssetState[];
}

export interface AssetState {
  readonly name: string;
  readonly state: string;
  readonly contentType: string;
  readonly size: number;
  readonly digest: string | null;
}

export function readState(folder: RegistryFolder, github: GitHubStandIn): State {
  const names = [image, chart].flatMap((name) =>
    [...folder.tags(name)].map(([tag, digest]): [string, string] => [`${name}:${tag}`, digest]),
  );
  const record = github.state.repositories.find(({ owner, name }) => `${owner}/${name}` === repository);
  const releases = record?.releases ?? [];
  const object = record?.git.refs[`refs/tags/${tag}`];
  return {
    names: Object.fromEntries(names),
    releases: releases
      .map(({ tag: of, name, body, draft, prerelease, target, assets }) => ({
        tag: of,
        title: name,
        body,
        draft,
        prerelease,
        target,
        assets: assets
          .map(({ name: file, state, contentType, size, blob }) => ({
            name: file,
            state,
            contentType,
            size,
            digest: blob,
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      }))
      .sort((a, b) => (a.tag < b.tag ? -1 : 1)),
    latest: releases.find(({ id }) => id === record?.latestId)?.tag ?? null,
    commit: object?.type === 'tag' ? (record?.git.tags[object.sha]?.object.sha ?? null) : (object?.sha ?? null),
  };
}
