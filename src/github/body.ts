import { createHash } from 'node:crypto';

/** GitHub refuses a longer body of a release. */
export const bodyLimit = 125_000;

const begin = '<!-- operator-release:begin -->';
const end = '<!-- operator-release:end -->';

/** The line in a release's body by which it is found again, whatever becomes of its tag and title. */
export function releaseMarker(operator: string, tag: string): string {
  return `<!-- operator-release: ${comment(operator)} ${comment(tag)} -->`;
}

/** `--` ends a comment in some parsers. */
function comment(text: string): string {
  return text.replace(/-{2,}/g, '-').replace(/[<>\s]/g, '');
}

export function hasMarker(body: string | null, marker: string): boolean {
  return body?.includes(marker) ?? false;
}

/** The line that tells for which files a draft is being filled. Runs that have others leave it alone. */
export function contentMark(assets: readonly { readonly name: string; readonly digest: string }[]): string {
  const lines = assets.map(({ name, digest }) => `${name} ${digest}\n`).sort();
  return `<!-- operator-release:content ${createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16)} -->`;
}

const anyContentMark = /<!-- operator-release:content [0-9a-f]{16} -->/;

/** The content mark in a body, null where there is none. */
export function contentMarkIn(body: string | null): string | null {
  return anyContentMark.exec(body ?? '')?.[0] ?? null;
}

export function withoutContentMark(body: string): string {
  return body.replace(new RegExp(anyContentMark, 'g'), '');
}

/** The web editor makes CRLF of all line ends. */
function unix(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/**
 * The body with our part put in place of an earlier one; everything outside of it is people's and stays. Never longer than
 * GitHub allows: our part is cut, on a line.
 * @param existing what the release has now, null for a new one
 * @param moreUrl where a reader of a cut text finds the rest
 */
export function mergeBody(existing: string | null, marker: string, generated: string, moreUrl: string): string {
  const old = unix(existing ?? '');
  const from = old.indexOf(begin);
  const to = old.indexOf(end, from);
  const placed = from >= 0 && to > from;
  const bare = (text: string): string => text.replaceAll(`${marker}\n`, '').replaceAll(marker, '');
  const before = bare(placed ? old.slice(0, from) : old === '' ? '' : `${old.trimEnd()}\n\n`);
  const after = bare(placed ? old.slice(to + end.length) : '');
  const frame = [before, marker, '\n', begin, '\n', '\n', end, after].join('');
  // A title could hold our own marks only through a bug in escaping; then it must not break the frame.
  const clean = unix(generated).replaceAll(begin, '').replaceAll(end, '').trim();
  const text = cutLines(clean, bodyLimit - frame.length, moreUrl);
  return `${before}${marker}\n${begin}\n${text}\n${end}${after}`;
}

/** Whether two bodies say the same. */
export function sameBody(a: string | null, b: string): boolean {
  return unix(a ?? '').trimEnd() === b.trimEnd();
}

/** The text up to a line such that the whole is not longer than `limit` characters, with a link to the rest. */
export function cutLines(text: string, limit: number, moreUrl: string): string {
  if (text.length <= limit) return text;
  const rest = `\n\n…and more: ${moreUrl}`;
  const room = Math.max(0, limit - rest.length - '\n```\n\n</details>'.length);
  const cut = text.slice(0, Math.max(0, text.lastIndexOf('\n', room)));
  const openFence = (cut.match(/^```/gm)?.length ?? 0) % 2 === 1;
  const openFold = (cut.match(/^<details>/gm)?.length ?? 0) > (cut.match(/^<\/details>/gm)?.length ?? 0);
  return `${cut}${openFence ? '\n```' : ''}${openFold ? '\n\n</details>' : ''}${rest}`.slice(0, Math.max(0, limit));
}
