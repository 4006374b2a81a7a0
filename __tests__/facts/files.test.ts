import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileSet } from '../../src/facts/files.ts';

const segment = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'ab', 'B', 'go.mod', 'ü', '😀', 'a b', '~');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const paths = fc.uniqueArray(path, { maxLength: 40 });

const inOrder = (list: readonly string[]): string[] => [...list].sort((a, b) => (a < b ? -1 : 1));

describe('FileSet', () => {
  it('answers as a look through the whole list would', () => {
    fc.assert(
      fc.property(paths, fc.oneof(path, fc.constantFrom('.', '')), (files, folder) => {
        const set = new FileSet(files);
        const below = files.filter((file) => folder === '.' || folder === '' || file.startsWith(`${folder}/`));
        expect(set.under(folder)).toEqual(inOrder(below));
        expect(set.has(folder)).toBe(files.includes(folder));
        const name = folder.split('/').at(-1) ?? '';
        expect(set.named(name)).toEqual(inOrder(files.filter((file) => file.split('/').at(-1) === name)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a folder apart from those whose names begin alike', () => {
    const set = new FileSet(['a/x', 'a-b/x', 'a.b/x', 'ab/x', 'a']);
    expect(set.under('a')).toEqual(['a/x']);
  });
});
