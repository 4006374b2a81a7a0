import pLimit from 'p-limit';
import type { Commit } from '../facts/git.ts';
import { type Change, classifyChange, numberInSubject, type RawChange, titleOfSubject } from './changes.ts';
import type { GitHub } from './client.ts';
import { failureOf, orNull } from './failure.ts';

/** A job's token has 1,000 requests per hour for the whole repository. */
const maxLookups = 150;
const atOnce = 4;

/**
 * The pull requests that brought these commits, in the order of the commits, each once; a commit without one stands for
 * itself. Where GitHub does not say, or there are too many to ask for, the commit's subject has to do.
 * @param pages address of the repository's pages
 */
export async function gatherChanges(github: GitHub, commits: readonly Commit[], pages: string): Promise<Change[]> {
  const limit = pLimit(atOnce);
  const asked = new Set<number>();
  let lookups = 0;
  // Notes are not worth a failed release, and not worth the waiting time that the release itself may need.
  const down = new Set<string>();
  const lookUp = async (commit: Commit): Promise<RawChange | null> => {
    if (down.size > 0) return null;
    try {
      return await pullOf(github, commit);
    } catch (error) {
      const { message } = failureOf(error);
      if (down.size === 0) github.log.warn(`GitHub does not tell the pull requests of the commits: ${message}`);
      down.add(message);
      return null;
    }
  };
  const found = await Promise.all(
    commits.map((commit) => {
      const number = numberInSubject(commit.subject);
      if (number !== null && asked.has(number)) return Promise.resolve(null);
      if (number !== null) asked.add(number);
      if (++lookups > maxLookups) return Promise.resolve(fromSubject(commit, pages));
      return limit(async () => (await lookUp(commit)) ?? fromSubject(commit, pages));
    }),
  );
  if (lookups > maxLookups) {
    github.log.info(
      `${commits.length} commits since the last release: pull requests are looked up for ${maxLookups} of them`,
    );
  }
  const seen = new Set<number>();
  return found.flatMap((raw) => {
    if (raw === null || (raw.number !== null && seen.has(raw.number))) return [];
    if (raw.number !== null) seen.add(raw.number);
    return [classifyChange(raw)];
  });
}

async function pullOf({ octokit, at }: GitHub, commit: Commit): Promise<RawChange | null> {
  const options = { ...at, commit_sha: commit.sha };
  const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(options);
  const merged = data.filter((pull) => pull.merged_at !== null).sort((a, b) => a.number - b.number);
  const pull = merged.find((p) => p.merge_commit_sha === commit.sha) ?? merged[0];
  if (pull === undefined) return null;
  return {
    title: pull.title,
    number: pull.number,
    sha: commit.sha,
    url: pull.html_url,
    author: pull.user?.login ?? null,
    body: pull.body,
    labels: pull.labels.map((label) => label.name),
  };
}

function fromSubject(commit: Commit, pages: string): RawChange {
  const number = numberInSubject(commit.subject);
  return {
    title: titleOfSubject(commit.subject),
    number,
    sha: commit.sha,
    url: number === null ? `${pages}/commit/${commit.sha}` : `${pages}/pull/${number}`,
    author: null,
    body: null,
    labels: [],
  };
}

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
        const subject = commit.message.split('\n', 1)[0] ?? '';
        if (parents.length < 2) between.set(sha, { sha, author: by ?? '', subject });
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
