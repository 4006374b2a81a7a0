import { createHash } from 'node:crypto';
import { getOctokit } from '@actions/github';
import type { Log } from '../log.ts';
import { toFetch } from '../net/to-fetch.ts';
import type { Http } from '../net/types.ts';
import { onlyGitHub } from './hosts.ts';

export interface GitHubOptions {
  readonly token: string;
  /** `GITHUB_API_URL`, without a slash at the end. */
  readonly apiUrl: string;
  /** `owner/name`. */
  readonly repository: string;
  /** Retries, waits and the budget for both are its business. */
  readonly http: Http;
  readonly log: Log;
}

export type Octokit = ReturnType<typeof getOctokit>;

/** One repository of GitHub. */
export interface GitHub {
  readonly octokit: Octokit;
  /** The repository, as octokit's methods want it. */
  readonly at: { readonly owner: string; readonly repo: string };
  /** `owner/name`. */
  readonly repository: string;
  readonly http: Http;
  readonly log: Log;
  /** SHA-256 (`sha256:…`) and size of a release asset as it is delivered. Throws what octokit throws. */
  download(assetId: number): Promise<{ readonly digest: string; readonly size: number }>;
}

/**
 * GitHub's API through octokit, typed by it. Reads are repeated by `http` after any passing failure, writes only when GitHub
 * said that it did nothing; after any other failure of a write the caller looks first.
 */
export function createGitHub(options: GitHubOptions): GitHub {
  const { token, apiUrl, repository, http, log } = options;
  const [owner = '', repo = ''] = repository.split('/');
  const fetch = onlyGitHub(toFetch(http), apiUrl);
  const octokit = getOctokit(token, {
    baseUrl: apiUrl,
    userAgent: 'operator-release',
    log: {
      debug: log.debug.bind(log),
      info: log.debug.bind(log),
      warn: log.debug.bind(log),
      error: log.debug.bind(log),
    },
    request: { fetch },
  });

  return {
    octokit,
    at: { owner, repo },
    repository,
    http,
    log,
    download: async (assetId) => {
      const url = `${apiUrl}/repos/${owner}/${repo}/releases/assets/${assetId}`;
      let hash = createHash('sha256');
      let size = 0;
      const reply = await http.send({
        method: 'GET',
        url,
        headers: { authorization: `token ${token}`, accept: 'application/octet-stream' },
        repeat: 'always',
        sink: async (chunks) => {
          hash = createHash('sha256');
          size = 0;
          for await (const chunk of chunks) {
            hash.update(chunk);
            size += chunk.length;
          }
        },
      });
      if (reply.status >= 400) throw new DownloadError(reply.status, url, reply.headers.get('x-github-request-id'));
      return { digest: `sha256:${hash.digest('hex')}`, size };
    },
  };
}

/** Has the form of octokit's errors. */
class DownloadError extends Error {
  readonly status: number;
  readonly response: { readonly headers: Record<string, string>; readonly data: unknown };

  constructor(status: number, url: string, requestId: string | null) {
    super(`the download of ${url} was answered with ${status}`);
    this.status = status;
    this.response = { headers: requestId === null ? {} : { 'x-github-request-id': requestId }, data: null };
  }
}
