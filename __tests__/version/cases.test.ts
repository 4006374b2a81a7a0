import { describe, expect, it } from 'vitest';
import { cases as branches } from './cases-branches.ts';
import { cases as failed } from './cases-unpublished.ts';
import { cases as monorepo } from './cases-monorepo.ts';
import { cases as refused } from './cases-refused.ts';
import { cases as releases } from './cases-releases.ts';
import { decide, type Case } from './decide.ts';

/** The expected lines are indented in the source, for the eye. */
const unindented = (text: string): string => text.trim().replaceAll('\n      ', '\n');

const groups: readonly (readonly [string, readonly Case[]])[] = [
  ['releases', releases],
  ['monorepo', monorepo],
  ['branches', branches],
  ['refused', refused],
  ['failed runs', failed],
];

describe.each(groups)('Plan: %s', (_, rows) => {
  it.each(rows)('$why ($event of $ref)', async (row) => {
    expect(await decide(row)).toBe(unindented(row.expected));
  });

  it.each(rows)('$why, whatever the order of tags', async (row) => {
    const existing = row.existing.split(' ').reverse().join(' ');
    const published = row.published?.split(' ').reverse().join(' ');
    expect(await decide({ ...row, existing, ...(published === undefined ? {} : { published }) })).toBe(
      unindented(row.expected),
    );
  });
});
