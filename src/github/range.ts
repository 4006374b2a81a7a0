import type { Commit } from '../facts/git.ts';
import type { GitHub } from './client.ts';
import { orNull } from './failure.ts';

/** Pages that are read at most, per path and for the range. */
const maxPages = 10;
const pageSize = 100;

/**
 * Commits between two points that touch one of the paths, newest first, from GitHub: for a clone that does not reach back so
 * far. Null when GitHub cannot compare the two. Throws OR-GITHUB-*.
 */
export async function commitsFromGitHub(
  github: GitHub,
  base: string,
  head: string,
  paths: readonly string[],
): Promise<Commit[] | null> {
  const { octokit, at } = github;
  return orNull(`compare ${base} with ${head}`, async () => {
    const between = new Map<string, Commit>();
    // octokit's paging makes one list of the reply and loses which one.
    for (let page = 1; page <= maxPages; page++) {
      const compare = { ...at, basehead: `${base}...${head}`, per_page: pageSize, page };
      const { data } = await octokit.rest.repos.compareCommitsWithBasehead(compare);
      for (const { sha, parents, author, commit } of data.commits) {
        const by = author !== null && 'login' in author ? author.login : commit.author?.name;
        const [subject = '', ...body] = commit.message.split('\n');
        if (parents.length < 2) between.set(sha, { sha, author: by ?? '', subject, body: body.join('\n').trim() });
      }
      if (data.commits.length < pageSize) break;
    }
    const all = [...between.values()].reverse();
    if (paths.includes('.')) return all;
    const touching = new Set<string>();
    for (const path of paths) {
      let left = between.size;
      let page = 0;
      for await (const { data } of octokit.paginate.iterator(octokit.rest.repos.listCommits, {
        ...at,
        sha: head,
        path,
        per_page: pageSize,
      })) {
        for (const { sha } of data) touching.add(sha);
        left -= data.length;
        // Beyond the range there is nothing to find.
        if (left <= 0 || ++page === maxPages || data.every(({ sha }) => !between.has(sha))) break;
      }
    }
    return all.filter(({ sha }) => touching.has(sha));
  });
}
