import type { CrdChange } from '../crd/compare.ts';
import { bodyLimit, cutLines } from './body.ts';
import { breakingChanges, type Change, headingsOf, type NotesRules } from './changes.ts';
import { crdLines } from './crd-notes.ts';
import { installLines } from './install.ts';
import { code, link, plain } from './markdown.ts';
import { assetName } from './asset-name.ts';
import type { NotesPart } from './notes.ts';

export interface Notes {
  /** Address of the repository's pages, without a slash at the end. */
  readonly pages: string;
  readonly commit: string;
  readonly parts: readonly NotesPart[];
  readonly changes: readonly Change[];
  /** False when the changes could not be found out. */
  readonly complete: boolean;
  readonly rules: NotesRules;
  readonly crds: readonly CrdChange[];
  /** Whose first contribution is among the changes. */
  readonly newcomers: readonly { readonly login: string; readonly change: Change }[];
  /** The last common commit with the previous release, where that is no ancestor. */
  readonly branchedAt: string | null;
}

/** Left for what people add. */
const roomForPeople = 5_000;
/** Bots that are more than these go into a fold. */
const mostOfBots = 3;
/** Mentions in one text; GitHub notifies each. */
const mostPeople = 100;
/** Operators of one tag that each have lines to copy; of more, the table of what is published has to do. */
const mostInstalled = 10;

/** Pure: the same facts give the same text. Never longer than GitHub takes; the list of changes is cut first. */
export function renderNotes(notes: Notes): string {
  const { parts, pages } = notes;
  const [first] = parts;
  const tag = first?.operator.release?.tag ?? '';
  const previous = first?.operator.version.previousTag ?? null;
  const range = `${previous === null ? '' : `${encodeTag(previous)}...`}${encodeTag(tag)}`;
  const url = `${pages}/${previous === null ? 'commits' : 'compare'}/${range}`;
  const end = [
    ...contributors(notes),
    ...(parts.length > mostInstalled ? [] : parts.flatMap((part) => installation(part, notes, tag))),
    ...published(notes),
    `${link(rangeInWords(previous, tag), url)}${branching(notes)}`,
  ].join('\n');
  const head = changeLines(notes, previous);
  return `${cutLines(head.join('\n'), Math.max(0, bodyLimit - roomForPeople - end.length), url)}\n\n${end}\n`;
}

function rangeInWords(previous: string | null, tag: string): string {
  return previous === null ? `All changes up to ${code(tag)}` : `All changes: ${code(`${previous}...${tag}`)}`;
}

function branching({ branchedAt, pages }: Notes): string {
  if (branchedAt === null) return '';
  return ` since they parted at ${link(code(branchedAt.slice(0, 12)), `${pages}/commit/${branchedAt}`)}`;
}

function changeLines(notes: Notes, previous: string | null): string[] {
  const { changes, complete, crds, rules } = notes;
  const breaking = crdLines(crds, true);
  const others = crdLines(crds, false);
  const sections = headingsOf(rules).flatMap((heading) => {
    const own = changes.filter((change) => change.section === heading);
    const lines = [...(heading === breakingChanges ? breaking : []), ...changesOf(own)];
    return [
      ...(lines.length === 0 ? [] : ['', `### ${plain(heading, 100)}`, '', ...lines]),
      ...(heading === breakingChanges && others.length > 0 ? ['', '### API changes', '', ...others] : []),
    ];
  });
  if (sections.length === 0 || !complete) sections.push('', withoutChanges(complete, previous));
  return sections.slice(1);
}

function withoutChanges(complete: boolean, previous: string | null): string {
  if (!complete) return 'The changes of this release are listed under the link below.';
  return previous === null ? 'The first release.' : 'No changes in this part of the repository.';
}

/** Those of people, then those of bots, in a fold when they are many. */
function changesOf(changes: readonly Change[]): string[] {
  const bots = changes.filter(({ author }) => author?.endsWith('[bot]') === true).map(changeLine);
  const people = changes.filter(({ author }) => author?.endsWith('[bot]') !== true).map(changeLine);
  if (bots.length <= mostOfBots) return [...people, ...bots];
  const fold = ['<details>', `<summary>${bots.length} updates by bots</summary>`, '', ...bots, '', '</details>'];
  return [...people, ...(people.length > 0 ? [''] : []), ...fold];
}

function changeLine(change: Change): string {
  const { title, scope, number, sha, url, author } = change;
  const reference = link(number === null ? code(sha.slice(0, 7)) : `#${number}`, url);
  const by = login(author) === null ? '' : ` by ${login(author) ?? ''}`;
  return `- ${scope === null ? '' : `**${plain(scope, 60)}:** `}${plain(title)} (${reference})${by}`;
}

/** Thanks are the one place where a mention is meant. */
function contributors({ changes, newcomers }: Notes): string[] {
  const names = [...new Set(changes.map((change) => login(change.author)))].filter((name) => name?.startsWith('@'));
  const rest = names.length - mostPeople;
  const all = [...names.slice(0, mostPeople), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
  const first = newcomers.slice(0, mostPeople).map(({ login: name, change: { number, url } }) => {
    return `- ${login(name) ?? ''} made their first contribution in ${link(`#${number ?? ''}`, url)}`;
  });
  return [
    ...(names.length === 0 ? [] : [`**Contributors:** ${all}`, '']),
    ...(first.length === 0 ? [] : ['### New contributors', '', ...first, '']),
  ];
}

function login(author: string | null): string | null {
  if (author === null) return null;
  // A bot has no profile to mention.
  if (/\[bot\]$/.test(author)) return plain(author);
  return /^[A-Za-z0-9](?:[A-Za-z0-9-_]{0,98}[A-Za-z0-9])?$/.test(author) ? `@${author}` : plain(author);
}

function installation(part: NotesPart, { pages, parts }: Notes, tag: string): string[] {
  const { operator, chartDigest, installAsset, crdsAsset } = part;
  const { chart, name } = operator;
  const urlOf = (asset: string): string =>
    `${pages}/releases/download/${encodeTag(tag)}/${assetName(asset, name, parts)}`;
  const lines = installLines({
    name,
    namespace: `${name}-system`,
    chart:
      chart === null || chartDigest === null
        ? null
        : { repository: chart.repository, version: chart.version, digest: chartDigest },
    crdsUrl: crdsAsset ? urlOf('crds.yaml') : null,
    manifestUrl: installAsset ? urlOf('install.yaml') : null,
  });
  if (lines.length === 0) return [];
  return [parts.length === 1 ? '### Install' : `### Install ${plain(name)}`, '', ...lines, ''];
}

function published({ parts, commit, pages }: Notes): string[] {
  const rows = parts.flatMap(({ operator: { image, chart }, image: there, chartDigest }) => [
    ...(image === null || there === null
      ? []
      : namesOf(image.repository, there.tags).map((name) => row('image', name, there.digest))),
    ...(chart === null || chartDigest === null
      ? []
      : [row('chart', `oci://${chart.repository}:${chart.version}`, chartDigest)]),
  ]);
  const built = `Built from ${link(code(commit.slice(0, 12)), `${pages}/commit/${commit}`)}.`;
  if (rows.length === 0) return [built, ''];
  return ['### Published', '', '| | name | digest |', '|---|---|---|', ...rows, '', built, ''];
}

/** An image without a name of this version can still be pulled by its digest, as the manifests do. */
function namesOf(repository: string, tags: readonly string[]): string[] {
  return tags.length === 0 ? [repository] : tags.map((tag) => `${repository}:${tag}`);
}

function row(kind: string, name: string, digest: string): string {
  return `| ${kind} | ${code(name)} | ${code(digest)} |`;
}

function encodeTag(tag: string): string {
  return tag.split('/').map(encodeURIComponent).join('/');
}
