import pLimit from 'p-limit';
import { isRecord } from '../chart/rendered.ts';
import type { GitHub } from './client.ts';
import { failureOf, isUncertain } from './failure.ts';

/** The pull request that brought a commit. */
export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly url: string;
  /** As GitHub prints it: a bot ends with `[bot]`. */
  readonly author: string | null;
  readonly labels: readonly string[];
}

export interface Origin {
  /** Null for a commit that was pushed without one. */
  readonly pull: Pull | null;
  /** Login of the commit's author. */
  readonly author: string | null;
}

/** What one query asks for; GitHub ends queries that work for more than ten seconds. */
const perQuery = 50;
const atOnce = 4;
const tries = 3;

interface Actor {
  readonly __typename: string;
  readonly login: string;
}

interface Node {
  readonly author: { readonly user: { readonly login: string } | null } | null;
  readonly associatedPullRequests: {
    readonly nodes: readonly ({
      readonly number: number;
      readonly title: string;
      readonly body: string;
      readonly url: string;
      readonly merged: boolean;
      readonly mergeCommit: { readonly oid: string } | null;
      readonly author: Actor | null;
      readonly labels: { readonly nodes: readonly ({ readonly name: string } | null)[] | null } | null;
    } | null)[];
  } | null;
}

const fragment = `fragment change on Commit {
  author { user { login } }
  associatedPullRequests(first: 5) {
    nodes {
      number title body url merged mergeCommit { oid } author { __typename login } labels(first: 20) { nodes { name } }
    }
  }
}`;

/**
 * Where commits come from, by their ids; those that GitHub does not know are left out. One query for fifty commits: by
 * REST each would cost a request of the thousand that a job has in an hour. Throws what octokit throws.
 */
export async function originsOf(github: GitHub, commits: readonly string[]): Promise<ReadonlyMap<string, Origin>> {
  const limit = pLimit(atOnce);
  const chunks = Array.from({ length: Math.ceil(commits.length / perQuery) }, (_, at) =>
    commits.slice(at * perQuery, (at + 1) * perQuery),
  );
  const found = await Promise.all(chunks.map((chunk) => limit(() => askFor(github, chunk))));
  return new Map(found.flat());
}

async function askFor(github: GitHub, commits: readonly string[]): Promise<readonly (readonly [string, Origin])[]> {
  const objects = commits.map((commit, at) => `c${at}: object(oid: "${hex(commit)}") { ...change }`);
  const query = `query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { ${objects.join(' ')} }
}
${fragment}`;
  const { owner, repo } = github.at;
  const answer = await ask<{ readonly repository: Readonly<Record<string, Node | null>> | null }>(
    github,
    'look up the pull requests of commits',
    query,
    { owner, name: repo },
  );
  return commits.flatMap((commit, at) => {
    const node = answer.repository?.[`c${at}`];
    return node === undefined || node === null ? [] : [[commit, originOf(commit, node)] as const];
  });
}

function originOf(commit: string, { author, associatedPullRequests }: Node): Origin {
  const merged = (associatedPullRequests?.nodes ?? [])
    .flatMap((pull) => (pull?.merged === true ? [pull] : []))
    .sort((a, b) => a.number - b.number);
  const pull = merged.find(({ mergeCommit }) => mergeCommit?.oid === commit) ?? merged[0];
  return {
    author: author?.user?.login ?? null,
    pull:
      pull === undefined
        ? null
        : {
            number: pull.number,
            title: pull.title,
            body: pull.body,
            url: pull.url,
            author: pull.author === null ? null : loginOf(pull.author),
            labels: (pull.labels?.nodes ?? []).flatMap((label) => label?.name ?? []),
          },
  };
}

/** REST and the pages of GitHub mark bots in their logins, GraphQL does not. */
function loginOf({ __typename, login }: Actor): string {
  return __typename === 'Bot' && !login.endsWith('[bot]') ? `${login}[bot]` : login;
}

function hex(commit: string): string {
  if (!/^[0-9a-f]{40}$/.test(commit)) throw new TypeError(`not the id of a commit: ${commit}`);
  return commit;
}

/** Contributors that are looked up; each is a search for GitHub. */
const mostNewcomers = 100;

/** For each login the number of the first pull request that was merged of it. Throws what octokit throws. */
export async function firstPullsOf(github: GitHub, logins: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const known = logins.filter((login) => /^[A-Za-z0-9_-]+$/.test(login)).slice(0, mostNewcomers);
  const { owner, repo } = github.at;
  const limit = pLimit(1);
  const found = await Promise.all(
    Array.from({ length: Math.ceil(known.length / searchesPerQuery) }, (_, at) =>
      limit(async () => {
        const chunk = known.slice(at * searchesPerQuery, (at + 1) * searchesPerQuery);
        const searches = chunk.map((login, index) => {
          const what = `repo:${owner}/${repo} is:pr is:merged author:${login} sort:created-asc`;
          return `s${index}: search(query: "${what}", type: ISSUE, first: 1) { nodes { ... on PullRequest { number } } }`;
        });
        const answer = await ask<Readonly<Record<string, { readonly nodes: readonly { readonly number: number }[] }>>>(
          github,
          'look up who contributes for the first time',
          `query { ${searches.join(' ')} }`,
        );
        return chunk.flatMap((login, index) => {
          const first = answer[`s${index}`]?.nodes[0];
          return first === undefined ? [] : [[login, first.number] as const];
        });
      }),
    ),
  );
  return new Map(found.flat());
}

const searchesPerQuery = 20;

/** Queries change nothing, so that they are repeated, for a while, after any failure that may pass. */
async function ask<Answer>(
  github: GitHub,
  what: string,
  query: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  for (let tried = 1; ; tried++) {
    try {
      return await github.octokit.graphql<Answer>(query, { ...variables });
    } catch (error) {
      const said = passingFailure(error);
      if (said === null || !(await github.http.backoff(what, said, tried, { tries }))) throw error;
    }
  }
}

/** What went wrong, null for what will not pass. */
function passingFailure(error: unknown): string | null {
  const refused = refusalOf(error);
  if (refused !== null) return refused.isFinal ? null : refused.message;
  const failure = failureOf(error);
  return isUncertain(failure) ? failure.message : null;
}

/** Why a query was not answered, in words and with what to do. */
export function whyUnanswered(error: unknown): string {
  const refused = refusalOf(error);
  if (refused === null) return failureOf(error).message;
  const hint = 'in a private repository the job needs `permissions: pull-requests: read` for this';
  return refused.isFinal ? `${refused.message}; ${hint}` : refused.message;
}

/** GraphQL answers errors with 200, and names their type where trying again will not help. */
function refusalOf(error: unknown): { readonly message: string; readonly isFinal: boolean } | null {
  if (!(error instanceof Error) || error.name !== 'GraphqlResponseError') return null;
  const errors: readonly unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const types = errors.map((each) => (isRecord(each) ? each['type'] : undefined));
  const isFinal = types.some((type) => type === 'FORBIDDEN' || type === 'NOT_FOUND' || type === 'INSUFFICIENT_SCOPES');
  // The first line announces the list of errors, and names the first where there is only one.
  const [first] = errors;
  const message = isRecord(first) && typeof first['message'] === 'string' ? first['message'] : error.message;
  return { message: message.split('\n')[0] ?? '', isFinal };
}
