import { type Handler, failure, notFound, page } from '../call.ts';
import { renderCommit, renderPull, renderRef, renderTag } from '../render-git.ts';

export const getRef: Handler = async (call) => {
  const wanted = `refs/${call.params['ref'] ?? ''}`;
  const ref = (await call.world.git(call.repository).refs(wanted)).find((r) => r.ref === wanted);
  return ref === undefined ? notFound : { status: 200, body: renderRef(call, ref) };
};

export const listMatchingRefs: Handler = async (call) => {
  const refs = await call.world.git(call.repository).refs(`refs/${call.params['ref'] ?? ''}`);
  return page(
    call,
    refs.map((ref) => renderRef(call, ref)),
    1000,
  );
};

export const getTag: Handler = async (call) => {
  const tag = await call.world.git(call.repository).tag(call.params['tag_sha'] ?? '');
  return tag === null ? notFound : { status: 200, body: renderTag(call, tag) };
};

export const getCommit: Handler = async (call) => {
  const name = call.params['ref'] ?? '';
  const commit = await call.world.git(call.repository).commit(name);
  return commit === null
    ? failure(422, `No commit found for SHA: ${name}`)
    : { status: 200, body: renderCommit(call, commit) };
};

export const listCommits: Handler = async (call) => {
  const from = call.query.get('sha') ?? call.repository.defaultBranch;
  const commits = await call.world.git(call.repository).log(from, call.query.get('path'));
  return page(
    call,
    commits.map((commit) => renderCommit(call, commit)),
  );
};

export const compareCommits: Handler = async (call) => {
  const basehead = call.params['basehead'] ?? '';
  const [base = '', head = ''] = basehead.split('...');
  const found = await call.world.git(call.repository).compare(base, head);
  if (found === null) return notFound;
  const { ahead, behind, mergeBase } = found;
  const { urls, repository } = call;
  const html = `${urls.web}/${repository.owner}/${repository.name}/compare/${encodeURIComponent(basehead)}`;
  const commits = page(
    call,
    ahead.map((commit) => renderCommit(call, commit)),
    250,
  );
  return {
    ...commits,
    body: {
      url: `${urls.api}${call.path}`,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: renderCommit(call, found.base),
      merge_base_commit: renderCommit(call, mergeBase),
      status: ahead.length === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged',
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: commits.body,
      files: [],
    },
  };
};

export const listPullsOfCommit: Handler = (call) => {
  const pulls = call.repository.pulls.filter((p) => p.commits.includes(call.params['commit_sha'] ?? ''));
  return page(
    call,
    pulls.map((pull) => renderPull(call, pull)),
  );
};
