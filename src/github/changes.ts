/** Sections of the notes, in their order. */
export const sections = [
  'Breaking changes',
  'Security',
  'Features',
  'Fixes',
  'Performance',
  'Documentation',
  'Dependencies',
  'Other changes',
] as const;

export type Section = (typeof sections)[number];

/** A merged pull request, or a commit without one. Title and scope are data of others. */
export interface Change {
  readonly title: string;
  readonly scope: string | null;
  readonly section: Section;
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

/** conventionalcommits.org 1.0.0. */
const conventional = /^([a-z]+)(?:\(([^()\n]{1,60})\))?(!)?:\s*(\S.*)$/i;

const byType: Readonly<Record<string, Section>> = {
  feat: 'Features',
  feature: 'Features',
  fix: 'Fixes',
  bugfix: 'Fixes',
  perf: 'Performance',
  docs: 'Documentation',
  doc: 'Documentation',
  deps: 'Dependencies',
  security: 'Security',
  sec: 'Security',
};

/** How the Kubernetes projects mark their pull requests (kubebuilder's CONTRIBUTING.md). */
const byEmoji: readonly (readonly [RegExp, Section])[] = [
  [/^(?:⚠\uFE0F?|:warning:)\s*/u, 'Breaking changes'],
  [/^(?:✨|:sparkles:)\s*/u, 'Features'],
  [/^(?:🐛|:bug:)\s*/u, 'Fixes'],
  [/^(?:📖|:book:)\s*/u, 'Documentation'],
  [/^(?:🌱|:seedling:)\s*/u, 'Other changes'],
];

const byLabel: readonly (readonly [RegExp, Section])[] = [
  [/^(?:breaking|breaking[- ]change|kind\/(?:breaking|api-change|deprecation)|semver[-:/]major)$/i, 'Breaking changes'],
  [/^(?:kind\/|type[/:] ?)?security$/i, 'Security'],
  [/^(?:dependencies|dependency|deps|area\/dependency)$/i, 'Dependencies'],
  [/^(?:kind\/|type[/:] ?)?(?:feature|enhancement)$/i, 'Features'],
  [/^(?:kind\/|type[/:] ?)?(?:bug|regression)$/i, 'Fixes'],
  [/^(?:kind\/|type[/:] ?)?(?:documentation|docs)$/i, 'Documentation'],
];

/** Sorts a change by its title, then by its labels; what breaks is breaking whatever else it is. */
export function classifyChange(raw: RawChange): Change {
  const { body, labels, ...change } = raw;
  const titled = byTitle(raw.title);
  const labelled = byLabel.find(([pattern]) => labels.some((label) => pattern.test(label)))?.[1];
  const breaking = titled.breaking || labelled === 'Breaking changes' || /^BREAKING[ -]CHANGE:/m.test(body ?? '');
  const section = breaking ? 'Breaking changes' : (titled.section ?? labelled ?? 'Other changes');
  return { ...change, title: titled.title, scope: titled.scope, section };
}

interface Titled {
  readonly title: string;
  readonly scope: string | null;
  readonly section: Section | null;
  readonly breaking: boolean;
}

function byTitle(title: string): Titled {
  const [, type = '', scope = null, mark, rest = ''] = conventional.exec(title) ?? [];
  if (rest !== '') {
    const section = scope !== null && /^deps/i.test(scope) ? 'Dependencies' : (byType[type.toLowerCase()] ?? null);
    // Of another word before a colon nobody knows that it is a type.
    const known = section !== null || otherTypes.has(type.toLowerCase());
    if (known || mark !== undefined) {
      return {
        title: rest,
        scope: section === 'Dependencies' ? null : scope,
        section: section ?? 'Other changes',
        breaking: mark !== undefined,
      };
    }
  }
  for (const [pattern, section] of byEmoji) {
    if (pattern.test(title)) {
      return { title: title.replace(pattern, ''), scope: null, section, breaking: section === 'Breaking changes' };
    }
  }
  return { title, scope: null, section: null, breaking: false };
}

const otherTypes = new Set(['build', 'chore', 'ci', 'refactor', 'revert', 'style', 'test', 'tests']);

/** The pull request that a squash merge names at the end of its subject, or a merge commit in its first words. */
export function numberInSubject(subject: string): number | null {
  const found = /\(#(\d{1,9})\)\s*$/.exec(subject) ?? /^Merge pull request #(\d{1,9})\b/.exec(subject);
  return found === null ? null : Number(found[1]);
}

/** The subject without the number, which the link shows. */
export function titleOfSubject(subject: string): string {
  return subject.replace(/\s*\(#\d{1,9}\)\s*$/, '');
}
