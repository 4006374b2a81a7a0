import type { NotesSection } from '../plan/types.ts';

/** Where everything goes that fits no other section. */
export const otherChanges = 'Other changes';

function section(title: string, types: readonly string[], labels: readonly string[]): NotesSection {
  return { title, types, labels: labels.flatMap(spellings), exclude: { labels: [], authors: [] } };
}

/** Labels as projects write them: `bug`, Kubernetes' `kind/bug`, `type: bug`. */
function spellings(label: string): readonly string[] {
  return label.includes('/') ? [label] : ['', 'kind/', 'type/', 'type:', 'type: '].map((prefix) => `${prefix}${label}`);
}

/** The sections of notes that nobody configured, by conventionalcommits.org's types and the labels that GitHub and Kubernetes use. */
export const usualSections: readonly NotesSection[] = [
  section('Security', ['security', 'sec'], ['security']),
  section('Features', ['feat', 'feature'], ['feature', 'enhancement']),
  section('Fixes', ['fix', 'bugfix'], ['bug', 'regression']),
  section('Performance', ['perf'], []),
  section('Documentation', ['docs', 'doc'], ['documentation', 'docs']),
  section('Dependencies', ['deps'], ['dependencies', 'dependency', 'deps', 'area/dependency']),
];
