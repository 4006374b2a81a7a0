import type { Repository } from './model.ts';
import type { Call } from './call.ts';

/** What GitHub shows of users and repositories: mostly addresses. */

export function user(call: Call, login: string): Record<string, unknown> {
  const path = encodeURIComponent(login);
  const url = `${call.urls.api}/users/${path}`;
  const below = (names: string): [string, string][] =>
    names.split(' ').map((name) => [`${name}_url`, `${url}/${name}`]);
  return {
    login,
    id: Buffer.from(login).reduce((sum, byte) => sum * 31 + byte, 7) % 1_000_000,
    node_id: Buffer.from(`User:${login}`).toString('base64'),
    avatar_url: `${call.urls.web}/${path}.png`,
    gravatar_id: '',
    url,
    html_url: `${call.urls.web}/${path}`,
    ...Object.fromEntries(below('followers following gists starred subscriptions repos events received_events')),
    organizations_url: `${url}/orgs`,
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
    site_admin: false,
  };
}

const addresses = (
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments ' +
  'downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages ' +
  'merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees'
).split(' ');

/** The fields that every form of a repository has. */
export function minimalRepository(call: Call, repository: Repository): Record<string, unknown> {
  const { urls, now } = call;
  const fullName = `${repository.owner}/${repository.name}`;
  const url = `${urls.api}/repos/${fullName}`;
  const at = now.toISOString();
  return {
    id: repository.id,
    node_id: Buffer.from(`Repository:${repository.id}`).toString('base64'),
    name: repository.name,
    full_name: fullName,
    private: repository.private,
    owner: user(call, repository.owner),
    html_url: `${urls.web}/${fullName}`,
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(addresses.map((name) => [`${name}_url`, `${url}/${name.replace('_', '/')}`])),
    clone_url: `${urls.web}/${fullName}.git`,
    git_url: `git:${fullName}.git`,
    ssh_url: `git@localhost:${fullName}.git`,
    svn_url: `${urls.web}/${fullName}`,
    mirror_url: null,
    homepage: null,
    language: 'Go',
    default_branch: repository.defaultBranch,
    archived: repository.archived,
    disabled: false,
    ...Object.fromEntries('issues projects wiki downloads discussions'.split(' ').map((n) => [`has_${n}`, true])),
    has_pages: false,
    license: null,
    visibility: repository.private ? 'private' : 'public',
    ...Object.fromEntries('forks open_issues watchers size'.split(' ').map((name) => [name, 0])),
    ...Object.fromEntries('forks open_issues watchers stargazers'.split(' ').map((name) => [`${name}_count`, 0])),
    pushed_at: at,
    created_at: at,
    updated_at: at,
  };
}

export function fullRepository(call: Call, repository: Repository): Record<string, unknown> {
  const write = call.access === 'write';
  return {
    ...minimalRepository(call, repository),
    permissions: { admin: false, maintain: false, push: write, triage: write, pull: true },
    network_count: 0,
    subscribers_count: 0,
  };
}
