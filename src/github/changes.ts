import type { NotesPlan, NotesSection } from '../plan/types.ts';
import { otherChanges, usualSections } from './sections.ts';

/** First of all sections, whatever the others are. */
export const breakingChanges = 'Breaking changes';

/** A merged pull request, or a commit without one. Title and scope are data of others. */
export interface Change {
  readonly title: string;
  readonly scope: string | null;
  /** Heading under which it is listed. */
  readonly section: string;
  /** Of the pull request. */
  readonly number: number | null;
  readonly sha: string;
  readonly url: string | null;
  /** Login; null when GitHub does not know who it was. */
  readonly author: string | null;
}

/** What is known of a change before it is sorted. */
export interface RawChange extends Omit<Change, 'scope' | 'section'> {
  readonly body: string | null;
  readonly labels: readonly string[];
}

/** How changes are sorted, and which are left out. */
export type NotesRules = Pick<NotesPlan, 'sections' | 'exclude'>;

export const usualRules: NotesRules = { sections: [], exclude: { labels: [], authors: [], types: [] } };

/** The headings in their order. */
export function headingsOf({ sections }: NotesRules): readonly string[] {
  const own = sections.length > 0 ? sections : usualSections;
  return [...new Set([breakingChanges, ...own.map(({ title }) => title), otherChanges])];
}

/**
 * Sorts a change by its type, then by its labels; what breaks is breaking whatever else it is. Null for one that is to be
 * left out.
 */
export function classifyChange(raw: RawChange, rules: NotesRules = usualRules): Change | null {
  const { body, labels, ...change } = raw;
  const titled = byTitle(raw.title, knownTypes(rules));
  const { exclude } = rules;
  if (hasLabel(labels, exclude.labels) || isAuthor(raw.author, exclude.authors)) return null;
  const sections = rules.sections.length > 0 ? rules.sections : usualSections;
  const open = sections.filter(
    (section) => !hasLabel(labels, section.exclude.labels) && !isAuthor(raw.author, section.exclude.authors),
  );
  const { type } = titled;
  const breaking =
    titled.breaking || labels.some((label) => breakingLabel.test(label)) || /^BREAKING[ -]CHANGE:/m.test(body ?? '');
  if (!breaking && type !== null && exclude.types.includes(type)) return null;
  const typed = type === null ? undefined : open.find((section) => section.types.includes(type));
  const labelled =
    type !== null && typed === undefined && rules.sections.length === 0 ? undefined : byLabel(open, labels);
  const section = breaking ? breakingChanges : (typed ?? labelled ?? open.find(isRest))?.title;
  const isByLabels = rules.sections.length > 0 && sections.every(({ types }) => types.length === 0);
  const { title, scope } = isByLabels ? { title: raw.title, scope: null } : titled;
  return { ...change, title, scope, section: section ?? otherChanges };
}

function byLabel(sections: readonly NotesSection[], labels: readonly string[]): NotesSection | undefined {
  return sections.find((section) => hasLabel(labels, section.labels));
}

function isRest({ labels }: NotesSection): boolean {
  return labels.includes('*');
}

function hasLabel(labels: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((each) => labels.some((label) => label.toLowerCase() === each.toLowerCase()));
}

/** GitHub's own configuration writes `dependabot` and `dependabot[bot]`. */
function isAuthor(author: string | null, wanted: readonly string[]): boolean {
  const bare = (login: string): string => login.toLowerCase().replace(/\[bot\]$/, '');
  return author !== null && wanted.some((each) => bare(each) === bare(author));
}

/** conventionalcommits.org 1.0.0. */
const conventional = /^([a-z][a-z0-9_-]*)(?:\(([^()\n]{1,60})\))?(!)?:\s*(\S.*)$/i;

const breakingLabel = /^(?:breaking|breaking[- ]change|kind\/(?:breaking|api-change|deprecation)|semver[-:/]major)$/i;

/** How the Kubernetes projects mark their pull requests (kubebuilder's CONTRIBUTING.md). */
const byEmoji: readonly (readonly [RegExp, string])[] = [
  [/^(?:⚠\uFE0F?|:warning:)\s*/u, '!'],
  [/^(?:✨|:sparkles:)\s*/u, 'feat'],
  [/^(?:🐛|:bug:)\s*/u, 'fix'],
  [/^(?:📖|:book:)\s*/u, 'docs'],
  [/^(?:🌱|:seedling:)\s*/u, 'chore'],
];

/** Types that are common beside those of the usual sections; of another word before a colon nobody knows that it is one. */
const otherTypes = ['build', 'chore', 'ci', 'refactor', 'revert', 'style', 'test', 'tests'];
const usualTypes = [...otherTypes, ...usualSections.flatMap(({ types }) => types)];

function knownTypes({ sections, exclude }: NotesRules): ReadonlySet<string> {
  return new Set([...usualTypes, ...sections.flatMap(({ types }) => types), ...exclude.types]);
}

interface Titled {
  readonly title: string;
  readonly scope: string | null;
  /** Lower case; null where the title names none. */
  readonly type: string | null;
  readonly breaking: boolean;
}

function byTitle(title: string, known: ReadonlySet<string>): Titled {
  const [, word = '', scope = null, mark, rest = ''] = conventional.exec(title) ?? [];
  const type = word.toLowerCase();
  if (rest !== '' && (known.has(type) || mark !== undefined)) {
    const isUpdate = scope !== null && /^deps/i.test(scope);
    return {
      title: rest,
      scope: isUpdate ? null : scope,
      type: isUpdate ? 'deps' : type,
      breaking: mark !== undefined,
    };
  }
  for (const [pattern, meant] of byEmoji) {
    if (!pattern.test(title)) continue;
    return {
      title: title.replace(pattern, ''),
      scope: null,
      type: meant === '!' ? null : meant,
      breaking: meant === '!',
    };
  }
  return { title, scope: null, type: null, breaking: false };
}

/** The pull request that a squash merge names at the end of its subject, or a merge commit in its first words. */
export function numberInSubject(subject: string): number | null {
  const found = /\(#(\d{1,9})\)\s*$/.exec(subject) ?? /^Merge pull request #(\d{1,9})\b/.exec(subject);
  return found === null ? null : Number(found[1]);
}

/** The subject without the number, which the link shows. */
export function titleOfSubject(subject: string): string {
  return subject.replace(/\s*\(#\d{1,9}\)\s*$/, '');
}
