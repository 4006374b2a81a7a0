import { bodyLimit, cutLines } from './body.ts';
import { type Change, sections } from './changes.ts';
import { installLines } from './install.ts';
import { code, link, plain } from './markdown.ts';
import type { NotesPart } from './notes.ts';

export interface Notes {
  /** Address of the repository's pages, without a slash at the end. */
  readonly pages: string;
  readonly commit: string;
  readonly parts: readonly NotesPart[];
  readonly changes: readonly Change[];
  /** False when the changes could not be found out. */
  readonly complete: boolean;
}

/** Left for what people add. */
const roomForPeople = 5_000;

/** Pure: the same facts give the same text. Never longer than GitHub takes; only the list of changes is ever cut. */
export function renderNotes(notes: Notes): string {
  const { parts, pages } = notes;
  const [first] = parts;
  const tag = first?.operator.release?.tag ?? '';
  const previous = first?.operator.version.previousTag ?? null;
  const range = `${previous === null ? '' : `${encodeTag(previous)}...`}${encodeTag(tag)}`;
  const url = `${pages}/${previous === null ? 'commits' : 'compare'}/${range}`;
  const words = previous === null ? `All changes up to ${code(tag)}` : `All changes since ${code(previous)}`;
  const end = [
    ...contributors(notes.changes),
    ...parts.flatMap((part) => installation(part, notes, tag)),
    ...published(notes),
    link(words, url),
  ].join('\n');
  const head = changeLines(notes, previous);
  return `${cutLines(head.join('\n'), bodyLimit - roomForPeople - end.length, url)}\n\n${end}\n`;
}

function changeLines({ changes, complete }: Notes, previous: string | null): string[] {
  if (!complete) return ['The changes of this release are listed under the link below.'];
  if (changes.length === 0)
    return [previous === null ? 'The first release.' : 'No changes in this part of the repository.'];
  return sections
    .flatMap((section) => {
      const own = changes.filter((change) => change.section === section);
      return own.length === 0 ? [] : ['', `### ${section}`, '', ...own.map(changeLine)];
    })
    .slice(1);
}

function changeLine(change: Change): string {
  const { title, scope, number, sha, url, author } = change;
  const reference = link(number === null ? code(sha.slice(0, 7)) : `#${number}`, url);
  const by = login(author) === null ? '' : ` by ${login(author) ?? ''}`;
  return `- ${scope === null ? '' : `**${plain(scope, 60)}:** `}${plain(title)} (${reference})${by}`;
}

/** Thanks are the one place where a mention is meant. */
function contributors(changes: readonly Change[]): string[] {
  const names = [...new Set(changes.map((change) => login(change.author)))].filter((name) => name?.startsWith('@'));
  return names.length === 0 ? [] : [`**Contributors:** ${names.join(', ')}`, ''];
}

function login(author: string | null): string | null {
  if (author === null) return null;
  // A bot has no profile to mention.
  if (/\[bot\]$/.test(author)) return plain(author);
  return /^[A-Za-z0-9](?:[A-Za-z0-9-_]{0,98}[A-Za-z0-9])?$/.test(author) ? `@${author}` : plain(author);
}

function installation(part: NotesPart, { pages, parts }: Notes, tag: string): string[] {
  const { operator, chartDigest, installAsset } = part;
  const { chart, name } = operator;
  const manifest = parts.length === 1 ? 'install.yaml' : `${name}-install.yaml`;
  const lines = installLines({
    name,
    namespace: `${name}-system`,
    chart: chart === null ? null : { repository: chart.repository, version: chart.version, digest: chartDigest },
    manifestUrl: installAsset ? `${pages}/releases/download/${encodeTag(tag)}/${manifest}` : null,
  });
  if (lines.length === 0) return [];
  return [parts.length === 1 ? '### Install' : `### Install ${plain(name)}`, '', ...lines, ''];
}

function published({ parts, commit, pages }: Notes): string[] {
  const rows = parts.flatMap(({ operator, imageDigest, chartDigest }) => {
    const { image, chart } = operator;
    const tags = image?.tags.filter((each) => !each.moving).map((each) => each.tag) ?? [];
    return [
      ...(image === null || imageDigest === null
        ? []
        : tags.map((tag) => row('image', `${image.repository}:${tag}`, imageDigest))),
      ...(chart === null ? [] : [row('chart', `oci://${chart.repository}:${chart.version}`, chartDigest ?? '')]),
    ];
  });
  const built = `Built from ${link(code(commit.slice(0, 12)), `${pages}/commit/${commit}`)}.`;
  if (rows.length === 0) return [built, ''];
  return ['### Published', '', '| | name | digest |', '|---|---|---|', ...rows, '', built, ''];
}

function row(kind: string, name: string, digest: string): string {
  return `| ${kind} | ${code(name)} | ${digest === '' ? '' : code(digest)} |`;
}

function encodeTag(tag: string): string {
  return tag.split('/').map(encodeURIComponent).join('/');
}
