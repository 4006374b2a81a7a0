import { Problem } from '../errors.ts';

/** `registry/path[:tag][@digest]`; the path has no host, tag and digest are null where the text has none. */
export interface Reference {
  /** `host[:port]` as written. */
  readonly registry: string;
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** Limits and grammar of the OCI distribution specification, "Pulling manifests". */
const longestName = 255;
const pathPart = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestGrammar = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const longestText = 512;

export function isTag(text: string): boolean {
  return tagGrammar.test(text);
}

export function isDigest(text: string): boolean {
  return digestGrammar.test(text);
}

function wrong(text: string, why: string, hint?: string): Problem {
  const shown = JSON.stringify(text.slice(0, 200));
  return new Problem('OR-REGISTRY-NAME', `${shown} is not the name of an image or chart: ${why}`, {
    hint: hint ?? 'write host[:port]/path, then :tag or @sha256:<64 hex digits>',
  });
}

function checkHost(text: string, registry: string): void {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(registry);
  const host = match?.[1] ?? '';
  const port = match?.[2];
  const named = host.startsWith('[') ? URL.canParse(`http://${host}`) : host.length <= 253 && hostName.test(host);
  if (!named || (port !== undefined && Number(port) > 65_535)) throw wrong(text, `${registry} is not a host`);
  // As everywhere in the field: a first part without dot or port is a folder, not a host.
  if (!host.includes('.') && !host.startsWith('[') && port === undefined && host.toLowerCase() !== 'localhost') {
    throw wrong(text, 'the host of the registry is missing');
  }
}

/** Throws `Problem` OR-REGISTRY-NAME. */
export function parseReference(text: string): Reference {
  if (text.length > longestText) throw wrong(text, `it is longer than ${longestText} characters`);
  const at = text.indexOf('@');
  const digest = at === -1 ? null : text.slice(at + 1);
  if (digest !== null && !isDigest(digest)) throw wrong(text, 'what follows @ is not a digest');

  const named = at === -1 ? text : text.slice(0, at);
  const slash = named.indexOf('/');
  if (slash === -1) throw wrong(text, 'the host of the registry is missing');
  const registry = named.slice(0, slash);
  checkHost(text, registry);

  const rest = named.slice(slash + 1);
  const colon = rest.indexOf(':');
  const tag = colon === -1 ? null : rest.slice(colon + 1);
  if (tag !== null && !isTag(tag)) {
    throw wrong(text, 'its tag has characters that a tag cannot have', 'a tag is [A-Za-z0-9_][A-Za-z0-9._-]{0,127}');
  }
  const path = colon === -1 ? rest : rest.slice(0, colon);
  if (path.length + registry.length + 1 > longestName)
    throw wrong(text, `its path is longer than ${longestName} characters`);
  if (!path.split('/').every((part) => pathPart.test(part))) {
    const capitals = path !== path.toLowerCase();
    throw wrong(
      text,
      capitals ? 'its path has capital letters' : 'its path does not follow the grammar',
      capitals ? `write it in lower case: ${registry}/${path.toLowerCase()}` : undefined,
    );
  }
  return { registry, path, tag, digest };
}

export function printReference({ registry, path, tag, digest }: Reference): string {
  return `${registry}/${path}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** A repository, `host[:port]/path`. Throws `Problem` OR-REGISTRY-NAME, also for a text with a tag or digest. */
export function parseRepository(text: string): Reference {
  const reference = parseReference(text);
  if (reference.tag !== null || reference.digest !== null) throw wrong(text, 'a repository has no tag and no digest');
  return reference;
}

/** `repository:tag` or `repository@digest`. */
export function printName(repository: string, tagOrDigest: string): string {
  return `${repository}${isDigest(tagOrDigest) ? '@' : ':'}${tagOrDigest}`;
}
