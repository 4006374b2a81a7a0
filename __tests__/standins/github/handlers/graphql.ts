import type { Call, Reply } from '../call.ts';
import type { Release } from '../model.ts';
import { isRecord, textOf } from '../values.ts';

/** The release of a tag, which GraphQL finds also as a draft. */
const known = /^query\([^)]*\)\{repository\(owner:\$owner,name:\$name\)\{release\(tagName:\$tag\)\{([\w ]+)\}\}\}$/;

const fields: Readonly<Record<string, (release: Release) => unknown>> = {
  databaseId: (release) => release.id,
  isDraft: (release) => release.draft,
  isPrerelease: (release) => release.prerelease,
  name: (release) => release.name,
  tagName: (release) => release.tag,
};

export function compact(query: string): string {
  return query
    .replace(/\s+/g, ' ')
    .replace(/ ?([{}():,]) ?/g, '$1')
    .trim();
}

/** Where commits come from; checked by hand against GitHub's published schema, as there is no description to test by. */
const ofCommits =
  /^query\(\$owner:String!,\$name:String!\)\{repository\(owner:\$owner,name:\$name\)\{((?: ?c\d+:object\(oid:"[0-9a-f]{40}"\)\{\.\.\.change\})+)\}\}fragment change on Commit\{author\{user\{login\}\}associatedPullRequests\(first:5\)\{nodes\{number title body url merged mergeCommit\{oid\}author\{__typename login\}labels\(first:20\)\{nodes\{name\}\}\}\}\}$/;
/** Who had something merged first. */
const ofAuthors =
  /^query\{((?: ?s\d+:search\(query:"repo:[\w.-]+\/[\w.-]+ is:pr is:merged author:[\w-]+ sort:created-asc",type:ISSUE,first:1\)\{nodes\{\.\.\. on PullRequest\{number\}\}\})+)\}$/;

async function answerCommits(call: Call, asked: string): Promise<Reply> {
  const { repository, urls } = call;
  const git = call.world.git(repository);
  const nodes = [...asked.matchAll(/(c\d+):object\(oid:"([0-9a-f]{40})"/g)].map(async ([, alias = '', oid = '']) => {
    const commit = await git.commit(oid);
    const pulls = repository.pulls.filter((pull) => pull.commits.includes(oid));
    if (commit === null && pulls.length === 0) return [alias, null] as const;
    const found = pulls.map(({ number, title, body, author, labels, mergedAt, mergeCommit }) => ({
      ...{ number, title, body: body ?? '', merged: mergedAt !== null },
      url: `${urls.web}/${repository.owner}/${repository.name}/pull/${number}`,
      mergeCommit: mergedAt === null ? null : { oid: mergeCommit },
      author: { __typename: author.endsWith('[bot]') ? 'Bot' : 'User', login: author.replace('[bot]', '') },
      labels: { nodes: labels.map((name) => ({ name })) },
    }));
    return [alias, { author: { user: null }, associatedPullRequests: { nodes: found } }] as const;
  });
  return { status: 200, body: { data: { repository: Object.fromEntries(await Promise.all(nodes)) } } };
}

function answerAuthors(find: (fullName: string) => Call | null, asked: string): Reply {
  const searches = [...asked.matchAll(/(s\d+):search\(query:"repo:(\S+) is:pr is:merged author:([\w-]+)/g)];
  const data = searches.map(([, alias = '', name = '', login = '']) => {
    const pulls = find(name)?.repository.pulls ?? [];
    const merged = pulls.filter(({ author, mergedAt }) => author === login && mergedAt !== null);
    const [first] = merged.sort((a, b) => a.number - b.number);
    return [alias, { nodes: first === undefined ? [] : [{ number: first.number }] }] as const;
  });
  return { status: 200, body: { data: Object.fromEntries(data) } };
}

/** Null: a query that the stand-in does not know. */
export async function answerGraphql(find: (fullName: string) => Call | null, body: unknown): Promise<Reply | null> {
  if (!isRecord(body)) return null;
  const query = compact(textOf(body['query']) ?? '');
  const authors = ofAuthors.exec(query)?.[1];
  if (authors !== undefined) return answerAuthors(find, authors);
  if (!isRecord(body['variables'])) return null;
  const commits = ofCommits.exec(query)?.[1];
  const asked = known.exec(query)?.[1]?.split(' ');
  if (commits === undefined && (asked === undefined || asked.some((field) => !(field in fields)))) return null;
  const variables = body['variables'];
  const fullName = `${textOf(variables['owner']) ?? ''}/${textOf(variables['name']) ?? ''}`;
  const call = find(fullName);
  if (call === null) {
    const message = `Could not resolve to a Repository with the name '${fullName}'.`;
    return {
      status: 200,
      body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'], message }] },
    };
  }
  if (commits !== undefined) return answerCommits(call, commits);
  const candidates = call.repository.releases.filter((r) => r.tag === variables['tag']);
  const release = candidates.find((r) => !r.draft) ?? (call.access === 'write' ? candidates[0] : undefined);
  const answer =
    release === undefined ? null : Object.fromEntries((asked ?? []).map((field) => [field, fields[field]?.(release)]));
  return { status: 200, body: { data: { repository: { release: answer } } } };
}
