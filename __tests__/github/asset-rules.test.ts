import { describe, expect, it } from 'vitest';
import { Problem, Problems } from '../../src/errors.ts';
import { checkAssets } from '../../src/github/asset-rules.ts';
import { asset } from './bench.ts';

async function problemsOf(...names: readonly string[]): Promise<string[]> {
  const assets = names.map((name, at) => ({ ...asset(name, String(at)), name: name.split('/').at(-1) ?? '' }));
  try {
    await checkAssets(assets);
    return [];
  } catch (thrown) {
    const problems = thrown instanceof Problem ? [thrown] : thrown instanceof Problems ? thrown.problems : [];
    return problems.map(({ code, message }) => `${code} ${message}`);
  }
}

describe('checkAssets', () => {
  it('names both files of one name, also where only the case differs', async () => {
    const [first, second] = [asset('a', '0').path, asset('b', '1').path];
    expect(await problemsOf('linux/manager', 'darwin/manager')).toEqual([
      `OR-RELEASE-ASSET-NAME two release assets would have the name manager: ${first} and ${second}`,
    ]);
    expect(await problemsOf('linux/Manager', 'darwin/manager')).toEqual([
      `OR-RELEASE-ASSET-NAME two release assets would have the name manager: ${first} and ${second}`,
    ]);
  });

  it.each(['a b.txt', '.hidden', 'end.', 'ä.txt', 'x~1', "it's", 'a:b', 'x'.repeat(256)])(
    'refuses %s, which GitHub would store under another name',
    async (name) => {
      expect(await problemsOf(name)).toEqual([expect.stringContaining('OR-RELEASE-ASSET-NAME') as string]);
    },
  );

  it.each(['install.yaml', 'memo-1.0.0+b.5.tgz', 'a_b-c', 'x'])('takes %s', async (name) => {
    expect(await problemsOf(name)).toEqual([]);
  });
});
