import type { GitHub } from './client.ts';
import { contentMarkIn, hasMarker } from './body.ts';
import { failureOf, orNull, orProblem } from './failure.ts';
import { type Progress, type Release, type ReleaseWish, Unsettled } from './release-types.ts';

/** Every release that may be the one of a tag. */
export interface Found {
  /** The public one; GitHub allows one per tag. */
  readonly published: Release | null;
  /** Drafts with our marker for the same files, oldest first: whatever the number of runs, they choose the same one. */
  readonly ours: readonly Release[];
  /** Drafts with our marker and no word of their files, oldest first. */
  readonly unclaimed: readonly Release[];
  /** Drafts with our marker for other files: another run may be filling them right now, or has left them. */
  readonly others: readonly Release[];
  /** Drafts that people made for the tag, oldest first. */
  readonly theirs: readonly Release[];
}

/** Drafts are young; older releases are found by their tag. */
const maxPages = 3;

interface ApiRelease {
  readonly id: number;
  readonly tag_name: string;
  readonly name: string | null;
  readonly body?: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly immutable?: boolean;
  readonly html_url: string;
  readonly upload_url: string;
}

export function toRelease(data: ApiRelease): Release {
  return {
    id: data.id,
    tag: data.tag_name,
    title: data.name,
    body: data.body ?? null,
    draft: data.draft,
    prerelease: data.prerelease,
    immutable: data.immutable ?? false,
    url: data.html_url,
    uploadUrl: data.upload_url,
  };
}

/** Null when it is gone. Throws OR-GITHUB-*. */
export async function readRelease(github: GitHub, id: number): Promise<Release | null> {
  const { octokit, at } = github;
  const reply = await orNull(`read the release ${id}`, () => octokit.rest.repos.getRelease({ ...at, release_id: id }));
  return reply === null ? null : toRelease(reply.data);
}

/**
 * Looks in every index that GitHub has, as each may lag and each hides something: by tag shows no drafts, GraphQL shows one
 * per tag, the list shows all but by pages. What they name is then read by its number, which never lags.
 */
export async function findReleases(github: GitHub, wish: ReleaseWish, progress: Progress): Promise<Found> {
  const named = await Promise.all([byTag(github, wish), byGraphql(github, wish), byList(github, wish)]);
  const ids = [...new Set([...named.flat(), ...progress.known])].sort((a, b) => a - b);
  const releases = (await Promise.all(ids.map((id) => readRelease(github, id)))).filter((r) => r !== null);
  const drafts = releases.filter((release) => release.draft);
  const marked = drafts.filter((draft) => hasMarker(draft.body, wish.marker));
  const contentOf = (draft: Release): string | null => contentMarkIn(draft.body);
  return {
    published: releases.find((r) => !r.draft && r.tag === wish.tag) ?? null,
    ours: marked.filter((draft) => contentOf(draft) === progress.content),
    unclaimed: marked.filter((draft) => contentOf(draft) === null),
    others: marked.filter((draft) => ![null, progress.content].includes(contentOf(draft))),
    theirs: drafts.filter((draft) => draft.tag === wish.tag && !marked.includes(draft)),
  };
}

/** Throws `Unsettled` for a draft that another run has taken for other files since we looked. */
export function checkOurs(draft: Release, progress: Progress): void {
  const content = contentMarkIn(draft.body);
  if (content === null || content === progress.content) return;
  throw new Unsettled(`another run has taken the draft of ${draft.tag} for other files`);
}

async function byTag({ octokit, at }: GitHub, { tag }: ReleaseWish): Promise<number[]> {
  const reply = await orNull(`look up the release of ${tag}`, () => octokit.rest.repos.getReleaseByTag({ ...at, tag }));
  return reply === null ? [] : [reply.data.id];
}

const question = `query($owner: String!, $name: String!, $tag: String!) {
  repository(owner: $owner, name: $name) { release(tagName: $tag) { databaseId } }
}`;

interface Answer {
  readonly repository: { readonly release: { readonly databaseId: number | null } | null } | null;
}

async function byGraphql({ octokit, at, log }: GitHub, { tag }: ReleaseWish): Promise<number[]> {
  try {
    const answer = await octokit.graphql<Answer>(question, { owner: at.owner, name: at.repo, tag });
    const id = answer.repository?.release?.databaseId;
    return typeof id === 'number' ? [id] : [];
  } catch (error) {
    // A second opinion: what it finds the list finds too, only later. GraphQL answers some errors with 200.
    const said =
      error instanceof Error && error.name === 'GraphqlResponseError' ? error.message : failureOf(error).message;
    log.debug(`GraphQL lookup of the release of ${tag}: ${said}`);
    return [];
  }
}

async function byList({ octokit, at }: GitHub, { tag, marker }: ReleaseWish): Promise<number[]> {
  return orProblem('list the releases', async () => {
    const ids: number[] = [];
    let pages = 0;
    for await (const { data } of octokit.paginate.iterator(octokit.rest.repos.listReleases, { ...at, per_page: 100 })) {
      ids.push(
        ...data.filter((r) => r.tag_name === tag || (r.draft && hasMarker(r.body ?? null, marker))).map((r) => r.id),
      );
      if (++pages === maxPages) break;
    }
    return ids;
  });
}
