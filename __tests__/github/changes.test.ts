import { describe, expect, it } from 'vitest';
import {
  classifyChange,
  headingsOf,
  type NotesRules,
  numberInSubject,
  type RawChange,
  titleOfSubject,
} from '../../src/github/changes.ts';

function raw(title: string, fields: Partial<RawChange> = {}): RawChange {
  return { title, number: 1, sha: 'a', url: null, author: null, body: null, labels: [], ...fields };
}

describe('classifyChange', () => {
  it.each([
    ['feat: add x', 'Features', null, 'add x'],
    ['feat(api): add x', 'Features', 'api', 'add x'],
    ['feat(api)!: drop y', 'Breaking changes', 'api', 'drop y'],
    ['refactor!: drop y', 'Breaking changes', null, 'drop y'],
    ['Fix: typo', 'Fixes', null, 'typo'],
    ['chore(deps): bump z', 'Dependencies', null, 'bump z'],
    ['fix(deps-dev): bump z', 'Dependencies', null, 'bump z'],
    ['chore: tidy', 'Other changes', null, 'tidy'],
    ['keystone: restart on change', 'Other changes', null, 'keystone: restart on change'],
    ['✨ Add webhook', 'Features', null, 'Add webhook'],
    ['⚠️ Remove v1alpha1', 'Breaking changes', null, 'Remove v1alpha1'],
    [':bug: Do not panic', 'Fixes', null, 'Do not panic'],
    ['Update README', 'Other changes', null, 'Update README'],
  ])('%s', (title, section, scope, shown) => {
    expect(classifyChange(raw(title))).toMatchObject({ section, scope, title: shown });
  });

  it('takes labels where the title says nothing, and what breaks wherever it is said', () => {
    const sectionOf = (title: string, fields: Partial<RawChange>): string | undefined =>
      classifyChange(raw(title, fields))?.section;
    expect(sectionOf('Something', { labels: ['kind/bug'] })).toBe('Fixes');
    expect(sectionOf('chore: x', { labels: ['dependencies'] })).toBe('Other changes');
    expect(sectionOf('feat: x', { labels: ['breaking-change'] })).toBe('Breaking changes');
    expect(sectionOf('feat: x', { body: 'Why.\n\nBREAKING CHANGE: all' })).toBe('Breaking changes');
  });
});

describe('rules of a project', () => {
  const none = { labels: [], authors: [] };
  const rules = (fields: Partial<NotesRules>): NotesRules => ({
    sections: [],
    exclude: { labels: [], authors: [], types: [] },
    ...fields,
  });
  const own = rules({
    sections: [
      { title: 'New', labels: ['enhancement'], types: ['feat', 'change'], exclude: { ...none, authors: ['octocat'] } },
      { title: 'Rest', labels: ['*'], types: [], exclude: { ...none, labels: ['internal'] } },
    ],
    exclude: { labels: ['skip'], authors: ['renovate'], types: ['ci'] },
  });
  const sectionOf = (title: string, fields: Partial<RawChange> = {}, given = own): string | null =>
    classifyChange(raw(title, fields), given)?.section ?? null;

  it.each<[string, Partial<RawChange>, string | null]>([
    ['feat: x', {}, 'New'],
    ['change: x', {}, 'New'],
    ['Add x', { labels: ['Enhancement'] }, 'New'],
    ['chore: x', { labels: ['enhancement'] }, 'New'],
    ['Something', {}, 'Rest'],
    ['feat: x', { author: 'octocat' }, 'Rest'],
    ['Something', { labels: ['internal'] }, 'Other changes'],
    ['feat!: x', {}, 'Breaking changes'],
    ['ci: x', {}, null],
    ['ci!: x', {}, 'Breaking changes'],
    ['feat: x', { labels: ['SKIP'] }, null],
    ['Bump x', { author: 'renovate[bot]' }, null],
  ])('%s %j goes to %s', (title, fields, section) => {
    expect(sectionOf(title, fields)).toBe(section);
  });

  it('give the headings in their order, with what breaks first and the rest last', () => {
    expect(headingsOf(own)).toEqual(['Breaking changes', 'New', 'Rest', 'Other changes']);
  });

  it('of GitHub go by labels alone, and leave titles as they are', () => {
    const sections = [{ title: 'Exciting', labels: ['feature'], types: [], exclude: none }];
    expect(classifyChange(raw('fix(api): x', { labels: ['feature'] }), rules({ sections }))).toMatchObject({
      section: 'Exciting',
      title: 'fix(api): x',
      scope: null,
    });
    expect(sectionOf('feat: x', {}, rules({ sections }))).toBe('Other changes');
  });
});

it('reads the pull request of a merged commit', () => {
  expect(numberInSubject('fix: x (#12)')).toBe(12);
  expect(numberInSubject('Merge pull request #7 from o/b')).toBe(7);
  expect(numberInSubject('see #9 for more')).toBeNull();
  expect(titleOfSubject('fix: x (#12)')).toBe('fix: x');
});
