import pLimit from 'p-limit';
import type { GitHub } from './client.ts';
import { orProblem } from './failure.ts';

/** The beginning of the list of releases. */
export interface ReleasedTags {
  /** Git tags of published releases, the newest ones; drafts are none. */
  readonly tags: readonly string[];
  /** One of these at least was frozen when it was published; whether the next one will be only administrators may ask. */
  readonly areImmutable: boolean;
  /** Git tags of the others. Throws OR-GITHUB-*. */
  rest(): Promise<readonly string[]>;
}

interface Page extends Pick<ReleasedTags, 'tags' | 'areImmutable'> {
  /** Number of the last page. */
  readonly last: number;
}

const perPage = 100;
/** GitHub lists no more than 10,000 releases. */
const maxPages = 100;
const atOnce = 6;

/**
 * The git tags of published releases by pages, as one page mostly says what has to be known: a job's token has 1,000
 * requests per hour. Throws OR-GITHUB-*.
 */
export async function readReleasedTags(github: GitHub): Promise<ReleasedTags> {
  const { octokit, at } = github;
  const read = (page: number): Promise<Page> =>
    orProblem(`list the releases of ${github.repository}`, async () => {
      const { data, headers } = await octokit.rest.repos.listReleases({ ...at, per_page: perPage, page });
      const published = data.filter((release) => !release.draft);
      return {
        tags: published.map((release) => release.tag_name),
        areImmutable: published.some((release) => release.immutable === true),
        last: lastPage(headers.link),
      };
    });
  const first = await read(1);
  return {
    tags: first.tags,
    areImmutable: first.areImmutable,
    rest: async () => {
      const limit = pLimit(atOnce);
      const pages = Array.from({ length: Math.min(first.last, maxPages) - 1 }, (_, index) => index + 2);
      const found = await Promise.all(pages.map((page) => limit(() => read(page))));
      return found.flatMap(({ tags }) => tags);
    },
  };
}

/** All of them. Throws OR-GITHUB-*. */
export async function listReleasedTags(github: GitHub): Promise<readonly string[]> {
  const first = await readReleasedTags(github);
  return [...first.tags, ...(await first.rest())];
}

/** The page that a Link header names as the last one (RFC 8288); 1 without such a header. */
function lastPage(link: string | undefined): number {
  const found = /[?&]page=(\d{1,6})[^<>]{0,200}>;\s{0,8}rel="last"/.exec(link ?? '');
  return found === null ? 1 : Number(found[1]);
}
