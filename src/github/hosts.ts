import { Problem } from '../errors.ts';
import { isLoopback, printUrl } from '../net/hosts.ts';
import type { Fetch } from '../net/types.ts';

/**
 * Whether the token may be sent to a URL: GitHub's API, and the upload host that belongs to it
 * (`api.github.com` and `uploads.github.com`, `api.x.ghe.com` and `uploads.x.ghe.com`, the same host on a server of one's
 * own). A loopback API may have its uploads on another port.
 */
export function mayHaveToken(api: URL, url: URL): boolean {
  if (url.origin === api.origin) return true;
  if (isLoopback(api.hostname)) return url.protocol === api.protocol && url.hostname === api.hostname;
  return (
    url.protocol === 'https:' && url.hostname === api.hostname.replace(/^api\./, 'uploads.') && url.port === api.port
  );
}

/**
 * A `fetch` that sends requests with the token nowhere but to GitHub, whatever a Link header or an `upload_url` says.
 * Rejects with OR-GITHUB-HOST.
 */
export function onlyGitHub(fetch: Fetch, apiUrl: string): Fetch {
  const api = new URL(apiUrl);
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (mayHaveToken(api, url)) return fetch(input, init);
    return Promise.reject(
      new Problem(
        'OR-GITHUB-HOST',
        `the GitHub API at ${api.host} points to ${printUrl(url)}; the token is not sent there`,
        {
          hint: 'check GITHUB_API_URL, and what answers under that name',
        },
      ),
    );
  };
}
