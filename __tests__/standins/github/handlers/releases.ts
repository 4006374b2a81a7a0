import { type Call, failure, type Handler, invalid, notFound, page, type Reply } from '../call.ts';
import type { Release, Repository } from '../model.ts';
import { renderRelease } from '../render-release.ts';
import { flagOf, textOf } from '../values.ts';

/** Drafts are shown to those who may write. */
function visible(call: Call): Release[] {
  return call.repository.releases.filter((r) => !r.draft || call.access === 'write');
}

function find(call: Call): Release | undefined {
  return visible(call).find((r) => r.id === Number(call.params['release_id']));
}

export const listReleases: Handler = (call) => {
  const newestFirst = [...visible(call)].sort((a, b) => b.id - a.id);
  return page(
    call,
    newestFirst.map((release) => renderRelease(call, release)),
  );
};

export const getRelease: Handler = (call) => {
  const release = find(call);
  return release === undefined ? notFound : { status: 200, body: renderRelease(call, release) };
};

export const getReleaseByTag: Handler = (call) => {
  const release = call.repository.releases.find((r) => !r.draft && r.tag === call.params['tag']);
  return release === undefined ? notFound : { status: 200, body: renderRelease(call, release) };
};

export const getLatestRelease: Handler = (call) => {
  const latest = latestOf(call.repository);
  return latest === undefined ? notFound : { status: 200, body: renderRelease(call, latest) };
};

export const createRelease: Handler = async (call) => {
  const { repository, world, body } = call;
  const tag = textOf(body['tag_name']) ?? '';
  const refused = refusedTag(repository, tag);
  if (refused !== null) return refused;
  const release: Release = {
    id: 0,
    tag,
    target: textOf(body['target_commitish']) ?? repository.defaultBranch,
    name: textOf(body['name']) ?? null,
    body: textOf(body['body']) ?? null,
    draft: true,
    prerelease: flagOf(body['prerelease']) ?? false,
    immutable: false,
    author: 'github-actions[bot]',
    createdAt: call.now.toISOString(),
    publishedAt: null,
    assets: [],
  };
  if (tooLong(release.body)) return bodyTooLong;
  if (flagOf(body['draft']) !== true) {
    const problem = await publish(call, release);
    if (problem !== null) return problem;
  }
  release.id = world.id();
  repository.releases.push(release);
  if (!release.draft) point(call, release);
  return { status: 201, body: renderRelease(call, release) };
};

export const updateRelease: Handler = async (call) => {
  const { repository, body } = call;
  const release = find(call);
  if (release === undefined) return notFound;
  const tag = textOf(body['tag_name']) ?? release.tag;
  if (release.immutable && tag !== release.tag) return failure(422, 'Cannot change the tag of an immutable release.');
  const next: Release = {
    ...release,
    tag,
    target: textOf(body['target_commitish']) ?? release.target,
    name: textOf(body['name']) ?? release.name,
    body: textOf(body['body']) ?? release.body,
    prerelease: flagOf(body['prerelease']) ?? release.prerelease,
  };
  if (tooLong(next.body)) return bodyTooLong;
  if (body['make_latest'] === 'true' && (next.prerelease || (next.draft && flagOf(body['draft']) !== false))) {
    return invalid([{ resource: 'Release', code: 'invalid', field: 'make_latest' }]);
  }
  const publishes = next.draft && flagOf(body['draft']) === false;
  if (publishes) {
    const problem = refusedTag(repository, tag) ?? (await publish(call, next));
    if (problem !== null) return problem;
  }
  Object.assign(release, next);
  if (publishes || 'make_latest' in body) point(call, release);
  return { status: 200, body: renderRelease(call, release) };
};

export const deleteRelease: Handler = (call) => {
  const { repository } = call;
  const release = find(call);
  if (release === undefined) return notFound;
  repository.releases.splice(repository.releases.indexOf(release), 1);
  if (repository.latestId === release.id) repository.latestId = null;
  if (release.immutable) repository.burnedTags.push(release.tag);
  return { status: 204 };
};

export const generateNotes: Handler = async (call) => {
  const { repository, world, body } = call;
  const tag = textOf(body['tag_name']) ?? '';
  const git = world.git(repository);
  const head =
    (await git.commit(tag)) ?? (await git.commit(textOf(body['target_commitish']) ?? repository.defaultBranch));
  const previous = textOf(body['previous_tag_name']);
  const between = previous === undefined || head === null ? null : await git.compare(previous, head.sha);
  const commits = between?.ahead ?? (head === null ? [] : await git.log(head.sha, null));
  const pulls = repository.pulls.filter((p) => commits.some((c) => p.commits.includes(c.sha)));
  const lines = pulls.map((p) => `* ${p.title} by @${p.author} in #${p.number}`);
  return { status: 200, body: { name: tag, body: `## What's Changed\n${lines.join('\n')}\n` } };
};

/** Makes a release public; what stands against it otherwise. */
async function publish(call: Call, release: Release): Promise<Reply | null> {
  const { repository, world } = call;
  if (repository.releases.some((r) => !r.draft && r.tag === release.tag && r.id !== release.id)) {
    return invalid([{ resource: 'Release', code: 'already_exists', field: 'tag_name' }]);
  }
  const git = world.git(repository);
  const exists = (await git.refs(`refs/tags/${release.tag}`)).some((r) => r.ref === `refs/tags/${release.tag}`);
  if (!exists && repository.tagCreationRestricted) {
    const message = 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n';
    return invalid([
      { resource: 'Release', code: 'custom', field: 'pre_receive', message: `pre_receive ${message}` },
      { resource: 'Release', code: 'custom', message: 'Published releases must have a valid tag' },
    ]);
  }
  if (!exists && !(await git.createTag(release.tag, release.target))) {
    return invalid([{ resource: 'Release', code: 'invalid', field: 'target_commitish' }]);
  }
  release.draft = false;
  release.publishedAt = call.now.toISOString();
  release.immutable = repository.immutableReleases;
  return null;
}

function refusedTag(repository: Repository, tag: string): Reply | null {
  if (!repository.burnedTags.includes(tag)) return null;
  const message = 'tag_name was used by an immutable release';
  return invalid([{ resource: 'Release', code: 'custom', field: 'tag_name', message }]);
}

/** Moves the Latest pointer as `make_latest` says; GitHub's default is to move it. */
function point(call: Call, release: Release): void {
  const { repository, body } = call;
  const wish = textOf(body['make_latest']) ?? 'true';
  if (release.prerelease || wish === 'false') return;
  const current = repository.releases.find((r) => r.id === repository.latestId);
  // Legacy looks at the date of the tagged commit first; in the stand-in all are of the same day.
  if (wish === 'legacy' && current !== undefined && versionOf(current.tag) > versionOf(release.tag)) return;
  repository.latestId = release.id;
}

function latestOf(repository: Repository): Release | undefined {
  const stable = repository.releases.filter((r) => !r.draft && !r.prerelease);
  const byDate = [...stable].sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
  return stable.find((r) => r.id === repository.latestId) ?? byDate[0];
}

function versionOf(tag: string): string {
  return (/\d+\.\d+\.\d+/.exec(tag)?.[0] ?? '0')
    .split('.')
    .map((part) => part.padStart(8, '0'))
    .join('.');
}

function tooLong(body: string | null): boolean {
  return (body?.length ?? 0) > 125_000;
}

const bodyTooLong = invalid([
  { resource: 'Release', code: 'custom', field: 'body', message: 'body is too long (maximum is 125000 characters)' },
]);
