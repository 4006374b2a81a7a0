import { describe, expect, it } from 'vitest';
import { classifyChange, numberInSubject, type RawChange, titleOfSubject } from '../../src/github/changes.ts';

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
    expect(classifyChange(raw('Something', { labels: ['kind/bug'] })).section).toBe('Fixes');
    expect(classifyChange(raw('chore: x', { labels: ['dependencies'] })).section).toBe('Other changes');
    expect(classifyChange(raw('feat: x', { labels: ['breaking-change'] })).section).toBe('Breaking changes');
    expect(classifyChange(raw('feat: x', { body: 'Why.\n\nBREAKING CHANGE: all' })).section).toBe('Breaking changes');
  });
});

it('reads the pull request of a merged commit', () => {
  expect(numberInSubject('fix: x (#12)')).toBe(12);
  expect(numberInSubject('Merge pull request #7 from o/b')).toBe(7);
  expect(numberInSubject('see #9 for more')).toBeNull();
  expect(titleOfSubject('fix: x (#12)')).toBe('fix: x');
});
