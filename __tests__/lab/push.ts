import type { Repo } from '../fixtures/repos/repo.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/** What was pushed where. */
export interface Pushed {
  /** `owner/name` */
  readonly repository: string;
  /** The default branch; any other `ref` is a tag. */
  readonly branch: string;
  readonly ref: string;
  readonly sha: string;
}

export function pushEvent(origin: Repo, { repository, branch, ref, sha }: Pushed): object {
  const isTag = ref !== branch;
  return {
    ref: fullRef(branch, ref),
    before: '0'.repeat(40),
    after: sha,
    created: isTag,
    deleted: false,
    forced: false,
    head_commit: { id: sha, message: origin.git('log', '-1', '--format=%s', sha) },
    repository: { full_name: repository, default_branch: branch, private: false, fork: false },
    pusher: { name: 'octocat' },
  };
}

/** What the runner tells a step of the push and of GitHub. */
export function pushVariables(
  github: Pick<GitHubStandIn, 'apiUrl' | 'graphqlUrl' | 'serverUrl'>,
  { repository, branch, ref, sha }: Pushed,
): Record<string, string> {
  return {
    GITHUB_API_URL: github.apiUrl,
    GITHUB_GRAPHQL_URL: github.graphqlUrl,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_OWNER: repository.split('/')[0] ?? '',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF: fullRef(branch, ref),
    GITHUB_REF_NAME: ref,
    GITHUB_REF_TYPE: ref === branch ? 'branch' : 'tag',
    GITHUB_SHA: sha,
    GITHUB_ACTOR: 'octocat',
    GITHUB_WORKFLOW: 'operator',
    GITHUB_JOB: 'operator',
    GITHUB_RUN_NUMBER: '1',
  };
}

function fullRef(branch: string, ref: string): string {
  return ref === branch ? `refs/heads/${ref}` : `refs/tags/${ref}`;
}
