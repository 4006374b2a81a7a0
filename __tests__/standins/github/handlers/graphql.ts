import type { Call, Reply } from '../call.ts';
import type { Release } from '../model.ts';
import { isRecord, textOf } from '../values.ts';

/** The one question that is asked over GraphQL: the release of a tag, which it finds also as a draft. */
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

/** Null: a query that the stand-in does not know. */
export function answerGraphql(find: (fullName: string) => Call | null, body: unknown): Reply | null {
  if (!isRecord(body) || !isRecord(body['variables'])) return null;
  const asked = known.exec(compact(textOf(body['query']) ?? ''))?.[1]?.split(' ');
  if (asked === undefined || asked.some((field) => !(field in fields))) return null;
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
  const candidates = call.repository.releases.filter((r) => r.tag === variables['tag']);
  const release = candidates.find((r) => !r.draft) ?? (call.access === 'write' ? candidates[0] : undefined);
  const answer =
    release === undefined ? null : Object.fromEntries(asked.map((field) => [field, fields[field]?.(release)]));
  return { status: 200, body: { data: { repository: { release: answer } } } };
}
