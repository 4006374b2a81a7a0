import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchImageTags } from '../../src/version/branch-tags.ts';
import { releaseImageTags, type LatestPolicy } from '../../src/version/image-tags.ts';
import { isOciTag } from '../../src/version/oci-tag.ts';
import { branchNames, shas, versions } from './arbitraries.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const prefixes = fc.constantFrom('v', '', 'release-', 'branch_', 'app.');

function tagOf(branch: string, prefix = 'v'): string {
  const { tags } = branchImageTags({ branch, sha, defaultBranch: 'main', latest: 'release', prefix });
  return tags[1]?.tag ?? '';
}

describe('Plan: image tags of branches', () => {
  it('never takes a name of a release, of a commit or of a digest', () => {
    fc.assert(
      fc.property(branchNames, prefixes, (branch, prefix) => {
        const tag = tagOf(branch, prefix);
        expect(tag).not.toMatch(/^sha\d*-/i);
        expect(['stable', 'latest', 'alpha', 'beta', 'pre', 'preview', 'rc']).not.toContain(tag.toLowerCase());
        for (const start of ['', 'v', prefix]) {
          const rest = tag.startsWith(start) ? tag.slice(start.length) : '';
          expect(rest).not.toMatch(/^\d+(\.\d+)?$/);
          expect(rest.replace('_', '+')).not.toMatch(/^\d+\.\d+\.\d+([-+].*)?$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('never takes a tag that a release takes', () => {
    fc.assert(
      fc.property(branchNames, versions, fc.array(versions), prefixes, (branch, version, released, prefix) => {
        const { tags, skippedTags } = releaseImageTags({ version, released, prefix, latest: 'release' });
        const withheldForever = skippedTags.filter(({ reason }) => reason.startsWith('only the channels'));
        const taken = [...tags, ...skippedTags.filter((skipped) => !withheldForever.includes(skipped))];
        // The likeliest clash: a branch with the very name.
        for (const name of [branch, ...taken.map(({ tag }) => tag)]) {
          expect(taken.map(({ tag }) => tag)).not.toContain(tagOf(name, prefix));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives two branches two tags', () => {
    const twins = fc.constantFrom<[string, string]>(
      ['a/b', 'a-b'],
      ['a/b', 'a_/b'],
      ['-a', 'a'],
      ['ä', 'ö'],
      ['v1.2', '/v1.2'],
    );
    fc.assert(
      fc.property(fc.oneof(twins, fc.tuple(branchNames, branchNames)), prefixes, ([a, b], prefix) => {
        fc.pre(a !== b);
        expect(tagOf(a, prefix)).not.toBe(tagOf(b, prefix));
        // A branch that is called like the tag of another one.
        if (tagOf(a, prefix) !== a) expect(tagOf(tagOf(a, prefix), prefix)).not.toBe(tagOf(a, prefix));
      }),
      { numRuns: 1000 },
    );
  });

  it('fits the OCI grammar, and names the commit first', () => {
    fc.assert(
      fc.property(branchNames, shas, prefixes, (branch, commit, prefix) => {
        const { tags } = branchImageTags({ branch, sha: commit, defaultBranch: branch, latest: 'branch', prefix });
        expect(tags.map(({ tag }) => isOciTag(tag))).toEqual([true, true, true]);
        expect(tags.map(({ moving }) => moving)).toEqual([false, true, true]);
        expect(tags[0]?.tag).toBe(`sha-${commit.slice(0, 12)}`);
        expect(tags[2]?.tag).toBe('latest');
      }),
      { numRuns: 500 },
    );
  });

  it('keeps a name that needs no change', () => {
    for (const name of ['main', 'release-1.2', 'dev', 'next', '1.2.x', 'v2-preview', 'Feature_A', 'sha', 'vNext']) {
      expect(tagOf(name)).toBe(name);
    }
  });

  it('lists each name once, set or withheld', () => {
    fc.assert(
      fc.property(
        branchNames,
        fc.boolean(),
        fc.constantFrom<LatestPolicy>('branch', 'release'),
        (branch, isDefault, latest) => {
          const defaultBranch = isDefault ? branch : 'the-default';
          const { tags, skippedTags } = branchImageTags({ branch, sha, defaultBranch, latest });
          const all = [...tags, ...skippedTags].map(({ tag }) => tag);
          expect(new Set(all).size).toBe(all.length);
          expect(all).toContain('latest');
          expect(tags.some(({ tag }) => tag === 'latest')).toBe(isDefault && latest === 'branch');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('wants the whole commit id', () => {
    for (const short of ['0123456', sha.toUpperCase(), '']) {
      const build = { branch: 'main', sha: short, defaultBranch: 'main', latest: 'branch' as const };
      expect(() => branchImageTags(build)).toThrow('not a full commit id');
    }
  });
});
