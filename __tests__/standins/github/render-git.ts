import type { Call } from './call.ts';
import type { Ref } from './git-data.ts';
import type { Commit, Pull, TagObject } from './model.ts';
import { minimalRepository, user } from './render-owner.ts';

function repositoryUrl(call: Call): string {
  return `${call.urls.api}/repos/${call.repository.owner}/${call.repository.name}`;
}

const unverified = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

export function renderRef(call: Call, ref: Ref): Record<string, unknown> {
  const url = repositoryUrl(call);
  return {
    ref: ref.ref,
    node_id: Buffer.from(`Ref:${ref.ref}`).toString('base64'),
    url: `${url}/git/${ref.ref}`,
    object: { sha: ref.sha, type: ref.type, url: `${url}/git/${ref.type}s/${ref.sha}` },
  };
}

export function renderTag(call: Call, tag: TagObject): Record<string, unknown> {
  const url = repositoryUrl(call);
  return {
    node_id: Buffer.from(`Tag:${tag.sha}`).toString('base64'),
    sha: tag.sha,
    url: `${url}/git/tags/${tag.sha}`,
    tagger: { name: 'Octo Cat', email: 'octo@example.com', date: tag.date },
    object: { ...tag.object, url: `${url}/git/${tag.object.type}s/${tag.object.sha}` },
    tag: tag.tag,
    message: tag.message,
    verification: unverified,
  };
}

export function renderCommit(call: Call, commit: Commit): Record<string, unknown> {
  const url = repositoryUrl(call);
  const by = { name: commit.author, email: commit.email, date: commit.date };
  // GitHub knows a user by the commit's address; the stand-in by a login-like name.
  const known = /^[A-Za-z0-9-]+(\[bot\])?$/.test(commit.author) ? user(call, commit.author) : null;
  const html = (sha: string): string =>
    `${call.urls.web}/${call.repository.owner}/${call.repository.name}/commit/${sha}`;
  return {
    sha: commit.sha,
    node_id: Buffer.from(`Commit:${commit.sha}`).toString('base64'),
    commit: {
      author: by,
      committer: by,
      message: commit.message,
      tree: { sha: commit.sha, url: `${url}/git/trees/${commit.sha}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unverified,
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: html(commit.sha),
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: known,
    committer: known,
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: html(sha) })),
  };
}

export function renderPull(call: Call, pull: Pull): Record<string, unknown> {
  const { repository, urls, now } = call;
  const url = `${repositoryUrl(call)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(call)}/issues/${pull.number}`;
  const html = `${urls.web}/${repository.owner}/${repository.name}/pull/${pull.number}`;
  const statuses = `${repositoryUrl(call)}/statuses/${pull.mergeCommit}`;
  const at = pull.mergedAt ?? now.toISOString();
  const repo = minimalRepository(call, repository);
  const end = (ref: string): unknown => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha: pull.mergeCommit,
    user: user(call, repository.owner),
    repo,
  });
  const links = {
    self: url,
    html,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${url}/comments/1`,
    commits: `${url}/commits`,
    statuses,
  };
  return {
    url,
    id: 50_000 + pull.number,
    node_id: Buffer.from(`Pull:${pull.number}`).toString('base64'),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: statuses,
    number: pull.number,
    state: pull.mergedAt === null ? 'open' : 'closed',
    locked: false,
    title: pull.title,
    user: user(call, pull.author),
    body: pull.body,
    labels: pull.labels.map((name, i) => ({
      id: i + 1,
      node_id: name,
      url: `${repositoryUrl(call)}/labels/${encodeURIComponent(name)}`,
      name,
      description: '',
      color: 'ededed',
      default: false,
    })),
    milestone: null,
    created_at: at,
    updated_at: at,
    closed_at: pull.mergedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergedAt === null ? null : pull.mergeCommit,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: end(`topic-${pull.number}`),
    base: end(repository.defaultBranch),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: 'CONTRIBUTOR',
    auto_merge: null,
    draft: false,
  };
}
