import type { GitHub } from './client.ts';
import { failureOf } from './failure.ts';

export type Permission =
  | { readonly state: 'yes' }
  | { readonly state: 'no'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/**
 * Whether the token has `contents: write`, found out without changing anything: GitHub wants that permission for drafting
 * release notes (docs.github.com/rest/releases/releases, "Generate release notes content"), which stores nothing.
 * `tag` keeps the draft empty, as it is both ends of the range. Never throws for an answer of GitHub.
 */
export async function probeContentsWrite(github: GitHub, tag: string): Promise<Permission> {
  const { octokit, at } = github;
  try {
    const { data } = await octokit.rest.repos.get(at);
    if (data.archived) return { state: 'no', reason: `the repository ${data.full_name} is archived` };
    await octokit.rest.repos.generateReleaseNotes({ ...at, tag_name: tag, previous_tag_name: tag });
    return { state: 'yes' };
  } catch (error) {
    const { status, message } = failureOf(error);
    const said = status === 0 ? message : `GitHub answers ${status}, ${message}`;
    if (status === 401) return { state: 'no', reason: `the token is not valid: ${said}` };
    if (status === 403 && !/rate limit/i.test(message)) {
      return { state: 'no', reason: `the token lacks \`contents: write\`: ${said}` };
    }
    return { state: 'unknown', reason: said };
  }
}
