import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveLatestTo } from '../../src/github/release-latest.ts';
import { contentMark } from '../../src/github/body.ts';
import { ensureRelease } from '../../src/github/release.ts';
import { asset, type Bench, digestOf, look, marker, only, setUp, tag, wish, writesOf } from './bench.ts';

let bench: Bench;

beforeEach(async () => {
  bench = await setUp();
});

afterEach(async () => {
  expect(bench.standIn.violations).toEqual([]);
  await bench.close();
});

describe('from nothing', () => {
  it('drafts, uploads, reads back and publishes last', async () => {
    const result = await ensureRelease(bench.client(), wish({ commit: bench.commit }));
    expect(result).toMatchObject({
      written: true,
      assets: [{ name: 'install.yaml', written: true }, { written: true }],
    });
    expect(result.url).toBe(`${bench.standIn.serverUrl}/octo/ops/releases/tag/${tag}`);
    expect(writesOf(bench.standIn)).toEqual([
      'repos/create-release',
      'repos/upload-release-asset',
      'repos/upload-release-asset',
      'repos/update-release',
    ]);
    expect(look(bench.repository)).toMatchObject({
      latest: tag,
      releases: [{ tag, name: 'keystone 1.2.3', draft: false, prerelease: false, target: 'main' }],
    });
    const downloads = bench.standIn.requests.filter((r) => r.operation === 'storage');
    expect(downloads).toHaveLength(2);
    expect(bench.standIn.requests.findLast((r) => r.write)?.n).toBeGreaterThan(downloads[1]?.n ?? Infinity);
  });

  it('publishes nothing whose downloads are wrong', async () => {
    bench.standIn.faults.add({ match: { operation: 'storage' }, kind: 'truncated', times: 999 });
    await expect(ensureRelease(bench.client(), wish())).rejects.toMatchObject({
      code: 'OR-RELEASE-UNSETTLED',
      message: expect.stringContaining('install.yaml came back as sha256:') as string,
    });
    expect(only(bench.repository).draft).toBe(true);
  });

  it('makes one draft where the indexes lag', async () => {
    const lag = { kind: 'stale', times: 99 } as const;
    bench.standIn.faults.add(
      { match: { operation: 'repos/list-releases' }, ...lag },
      { match: { operation: 'graphql' }, ...lag },
      { match: { operation: 'repos/get-release-by-tag' }, ...lag },
    );
    await ensureRelease(bench.client(), wish());
    expect(writesOf(bench.standIn).filter((o) => o === 'repos/create-release')).toHaveLength(1);
  });

  it('writes nothing the second time', async () => {
    await ensureRelease(bench.client(), wish());
    bench.standIn.requests.length = 0;
    const again = await ensureRelease(bench.client(), wish());
    expect(again.written).toBe(false);
    expect(again.assets.map((a) => a.written)).toEqual([false, false]);
    expect(writesOf(bench.standIn)).toEqual([]);
    expect(bench.standIn.requests.length).toBeLessThanOrEqual(8);
  });

  it('leaves Latest where it is for a backport, and for a pre-release whatever is wished', async () => {
    const newer = bench.standIn.seed.release(bench.repository, 'keystone/v2.0.0', { latest: true });
    await ensureRelease(bench.client(), wish({ makeLatest: false }));
    expect(bench.repository.latestId).toBe(newer.id);
    bench.standIn.seed.tag(bench.repository, 'keystone/v3.0.0-rc.1', bench.commit);
    await ensureRelease(bench.client(), wish({ tag: 'keystone/v3.0.0-rc.1', prerelease: true, marker: '<!-- rc -->' }));
    expect(bench.repository.latestId).toBe(newer.id);
    expect(bench.repository.releases.at(-1)).toMatchObject({ prerelease: true, draft: false });
  });

  it('leaves Latest to a higher release that is published while it works', async () => {
    const newer = bench.standIn.seed.release(bench.repository, 'keystone/v2.0.0', { latest: true });
    const uploaded: number[] = [];
    const isStillLatest = (): Promise<boolean> => {
      uploaded.push(bench.repository.releases.at(-1)?.assets.length ?? 0);
      return Promise.resolve(false);
    };
    await ensureRelease(bench.client(), wish({ isStillLatest }));
    expect([bench.repository.latestId, uploaded]).toEqual([newer.id, [2]]);
  });

  it('gives Latest back to a higher release, once, and not for one that is gone', async () => {
    const newer = bench.standIn.seed.release(bench.repository, 'keystone/v2.0.0', { latest: true });
    await ensureRelease(bench.client(), wish());
    expect(bench.repository.latestId).not.toBe(newer.id);
    await giveLatestTo(bench.client(), 'keystone/v2.0.0');
    expect(bench.repository.latestId).toBe(newer.id);
    bench.standIn.requests.length = 0;
    await giveLatestTo(bench.client(), 'keystone/v2.0.0');
    await giveLatestTo(bench.client(), 'keystone/v9.0.0');
    expect(writesOf(bench.standIn)).toEqual([]);
  });

  it('makes one release when four runs race', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => ensureRelease(bench.client(), wish())));
    expect(new Set(results.map((r) => r.id)).size).toBe(1);
    expect(only(bench.repository)).toMatchObject({ draft: false, id: results[0]?.id });
    expect(only(bench.repository).assets).toHaveLength(2);
  });

  it('makes one release when four runs race behind a lagging index', async () => {
    bench.standIn.faults.add(
      { match: { operation: 'repos/list-releases' }, kind: 'stale', times: 8 },
      { match: { operation: 'graphql' }, kind: 'stale', times: 8 },
    );
    const results = await Promise.all([1, 2, 3, 4].map(() => ensureRelease(bench.client(), wish())));
    await ensureRelease(bench.client(), wish());
    expect(new Set(results.map((r) => r.id)).size).toBe(1);
    expect(only(bench.repository).draft).toBe(false);
  });

  it('makes one release, of one run, when four runs with other files race', async () => {
    const wishes = [1, 2, 3, 4].map((at) => wish({ assets: [asset('install.yaml', `kind: List${at}\n`)] }));
    const ends = await Promise.allSettled(wishes.map((each) => ensureRelease(bench.client(), each)));
    const winner = ends.findIndex(({ status }) => status === 'fulfilled');
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends.filter((each) => each.status === 'rejected')) {
      expect(end.reason).toMatchObject({
        code: 'OR-RELEASE-CONFLICT',
        hint: expect.stringContaining('finish') as string,
      });
    }
    expect(only(bench.repository)).toMatchObject({
      draft: false,
      assets: [{ digest: wishes[winner]?.assets[0]?.digest }],
    });
    expect(writesOf(bench.standIn)).not.toContain('repos/delete-release-asset');
  });

  it('is right on a repository with immutable releases, and a re-run reads only', async () => {
    bench.repository.immutableReleases = true;
    await ensureRelease(bench.client(), wish({ prerelease: true }));
    expect(only(bench.repository)).toMatchObject({ immutable: true, prerelease: true });
    expect(only(bench.repository).assets.map((a) => a.state)).toEqual(['uploaded', 'uploaded']);
    bench.standIn.requests.length = 0;
    await ensureRelease(bench.client(), wish({ prerelease: true }));
    expect(writesOf(bench.standIn)).toEqual([]);
  });
});

describe('from what another run left', () => {
  const ours = { draft: true, name: 'keystone 1.2.3', body: `${marker}\n` };

  it('fills a half-filled draft, replaces broken and wrong assets, keeps additions', async () => {
    const draft = bench.standIn.seed.release(bench.repository, tag, ours);
    bench.standIn.seed.asset(draft, 'install.yaml', null);
    bench.standIn.seed.asset(draft, 'keystone-operator-1.2.3.tgz', 'another chart');
    bench.standIn.seed.asset(draft, 'old.txt', null);
    bench.standIn.seed.asset(draft, 'extra.txt', 'by hand');
    const result = await ensureRelease(bench.client(), wish());
    expect(result.id).toBe(draft.id);
    const { assets } = only(bench.repository);
    expect(assets.map((a) => [a.name, a.digest])).toEqual([
      ['extra.txt', digestOf('by hand')],
      ['install.yaml', digestOf('kind: List\n')],
      ['keystone-operator-1.2.3.tgz', digestOf('chart')],
    ]);
  });

  it('takes a deletion that somebody else made, or whose reply is lost, for done', async () => {
    const draft = bench.standIn.seed.release(bench.repository, tag, ours);
    bench.standIn.seed.asset(draft, 'install.yaml', null);
    bench.standIn.seed.asset(draft, 'keystone-operator-1.2.3.tgz', null);
    const drop = (): void => void draft.assets.shift();
    bench.standIn.faults.add(
      { match: { operation: 'repos/delete-release-asset' }, kind: 'meanwhile', run: drop },
      { match: { operation: 'repos/delete-release-asset', nth: 2 }, kind: 'lost-reply' },
    );
    await ensureRelease(bench.client(), wish());
    expect(bench.standIn.faults.waiting).toBe(0);
    expect(only(bench.repository).assets.map((a) => a.state)).toEqual(['uploaded', 'uploaded']);
  });

  it('finds a draft whose tag was taken away, and repairs it', async () => {
    const draft = bench.standIn.seed.release(bench.repository, 'untagged-1b2c3d', ours);
    expect((await ensureRelease(bench.client(), wish())).id).toBe(draft.id);
    expect(only(bench.repository)).toMatchObject({ tag, draft: false });
  });

  it('takes the oldest of several drafts, and the others away once it is public', async () => {
    const oldest = bench.standIn.seed.release(bench.repository, tag, ours);
    bench.standIn.seed.release(bench.repository, tag, ours);
    bench.standIn.seed.release(bench.repository, tag, ours);
    expect((await ensureRelease(bench.client(), wish())).id).toBe(oldest.id);
    expect(writesOf(bench.standIn).slice(-3)).toEqual([
      'repos/update-release',
      'repos/delete-release',
      'repos/delete-release',
    ]);
    expect(only(bench.repository).id).toBe(oldest.id);
  });

  it('begins a draft of its own beside one for other files, with the words of that one, and takes it away at the end', async () => {
    bench.standIn.faults.add({ match: { operation: 'repos/update-release' }, kind: 'status', status: 401, body: {} });
    await expect(
      ensureRelease(bench.client(), wish({ assets: [asset('install.yaml', 'kind: Old\n')] })),
    ).rejects.toMatchObject({ code: 'OR-GITHUB-AUTH' });
    const old = only(bench.repository);
    old.body = `Mind the gap.\n${old.body ?? ''}`;
    old.name = 'The big one';
    await ensureRelease(bench.client(), wish());
    expect(only(bench.repository)).toMatchObject({ draft: false, name: 'The big one' });
    expect(only(bench.repository).id).not.toBe(old.id);
    expect(only(bench.repository).body).toMatch(/^Mind the gap\.\n<!--/);
    expect(old.assets.map(({ digest }) => digest)).toEqual([digestOf('kind: Old\n')]);
  });

  it('leaves a draft that holds a file of somebody else', async () => {
    bench.standIn.seed.release(bench.repository, tag, ours);
    const second = bench.standIn.seed.release(bench.repository, tag, ours);
    bench.standIn.seed.asset(second, 'by-hand.txt', 'by hand');
    await ensureRelease(bench.client(), wish());
    expect(bench.repository.releases.map(({ id, draft }) => [id === second.id, draft])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(bench.log.lines.join('\n')).toContain('a draft stays, as it holds by-hand.txt');
  });

  it('gives a draft up that another run takes for other files', async () => {
    const draft = bench.standIn.seed.release(bench.repository, tag, ours);
    const other = `${marker}\n${contentMark([{ name: 'other', digest: digestOf('other') }])}\n`;
    bench.standIn.faults.add({
      match: { operation: 'repos/upload-release-asset', nth: 2 },
      kind: 'meanwhile',
      run: () => void (draft.body = other),
    });
    const result = await ensureRelease(bench.client(), wish());
    expect(result.id).not.toBe(draft.id);
    expect(only(bench.repository)).toMatchObject({ draft: false, id: result.id });
  });

  it('never replaces a published asset: names both digests', async () => {
    await ensureRelease(bench.client(), wish());
    bench.standIn.requests.length = 0;
    const other = wish({ assets: [asset('install.yaml', 'kind: Other\n')] });
    await expect(ensureRelease(bench.client(), other)).rejects.toMatchObject({
      code: 'OR-RELEASE-CONFLICT',
      message: expect.stringContaining(digestOf('kind: List\n')) as string,
    });
    expect(writesOf(bench.standIn)).toEqual([]);
  });

  it('stops at an immutable release that lacks an asset', async () => {
    bench.repository.immutableReleases = true;
    bench.standIn.seed.release(bench.repository, tag, { body: marker });
    await expect(ensureRelease(bench.client(), wish())).rejects.toMatchObject({ code: 'OR-RELEASE-IMMUTABLE' });
    expect(writesOf(bench.standIn)).toEqual([]);
  });

  it('reads assets that have no digest of their own', async () => {
    await ensureRelease(bench.client(), wish());
    for (const a of only(bench.repository).assets) a.digest = null;
    bench.standIn.requests.length = 0;
    await ensureRelease(bench.client(), wish());
    expect(bench.standIn.requests.filter((r) => r.operation === 'storage')).toHaveLength(2);
    expect(writesOf(bench.standIn)).toEqual([]);
  });
});

describe('with people around', () => {
  it('keeps what a person wrote around our notes', async () => {
    const draft = bench.standIn.seed.release(bench.repository, tag, {
      draft: true,
      name: 'The big one',
      body: `Thank you all!\r\n\r\n${marker}\r\n<!-- operator-release:begin -->\r\nold\r\n<!-- operator-release:end -->\r\nP.S. bye`,
    });
    await ensureRelease(bench.client(), wish());
    expect(only(bench.repository)).toMatchObject({ id: draft.id, name: 'The big one' });
    const body = only(bench.repository).body ?? '';
    expect(body).toMatch(/^Thank you all!\n\n<!-- operator-release: keystone/);
    expect(body).toMatch(/- more\n<!-- operator-release:end -->\nP\.S\. bye$/);
    expect(body).not.toContain('old');
  });

  it('keeps an edit that is made while the assets are uploaded', async () => {
    bench.standIn.faults.add({
      match: { operation: 'repos/upload-release-asset', nth: 2 },
      kind: 'meanwhile',
      run: () => {
        const release = only(bench.repository);
        release.body = `Mind the gap.\n${release.body ?? ''}`;
      },
    });
    await ensureRelease(bench.client(), wish());
    expect(only(bench.repository).body).toMatch(/^Mind the gap\.\n<!--/);
  });

  it("takes over a person's draft of the tag", async () => {
    bench.standIn.seed.release(bench.repository, tag, { draft: true, name: '', body: 'By hand.' });
    await ensureRelease(bench.client(), wish());
    expect(only(bench.repository)).toMatchObject({ draft: false, name: 'keystone 1.2.3' });
    expect(only(bench.repository).body).toMatch(/^By hand\.\n\n<!--.*\n<!--.*begin -->\n<!--.*\n## Features/);
  });

  it('completes a release that a person published, and keeps its flags', async () => {
    const release = bench.standIn.seed.release(bench.repository, tag, { body: 'By hand.', prerelease: true });
    bench.standIn.seed.asset(release, 'install.yaml', null);
    await ensureRelease(bench.client(), wish());
    expect(only(bench.repository)).toMatchObject({ id: release.id, prerelease: true });
    expect(only(bench.repository).body).toContain('By hand.');
    expect(only(bench.repository).assets.map((a) => a.state)).toEqual(['uploaded', 'uploaded']);
    expect(bench.log.lines.join('\n')).toContain('is marked as a pre-release');
  });

  it('merges when a person publishes the tag meanwhile', async () => {
    bench.standIn.faults.add({
      match: { operation: 'repos/update-release' },
      kind: 'meanwhile',
      run: () => bench.standIn.seed.release(bench.repository, tag, { body: 'Faster.' }),
    });
    await ensureRelease(bench.client(), wish());
    expect(only(bench.repository).body).toMatch(/^Faster\./);
    expect(only(bench.repository).assets).toHaveLength(2);
  });
});

describe('refuses', () => {
  it('asset names that GitHub would change, and changed files, before any request', async () => {
    const assets = [
      asset('a b.txt', 'x'),
      asset('.hidden', 'y'),
      asset('Same.txt', 'z'),
      asset('same.txt', 'z'),
      { ...asset('gone.txt', 'g'), path: '/nonexistent/file' },
      { ...asset('other.txt', 'o'), digest: digestOf('p') },
    ];
    const failed = ensureRelease(bench.client(), wish({ assets }));
    await expect(failed).rejects.toHaveProperty('problems.length', 5);
    expect(bench.standIn.requests).toEqual([]);
  });

  it('a tag that is not there, or was moved', async () => {
    await expect(ensureRelease(bench.client(), wish({ tag: 'v9.9.9' }))).rejects.toMatchObject({
      code: 'OR-RELEASE-NO-TAG',
    });
    await expect(ensureRelease(bench.client(), wish({ commit: 'f'.repeat(40) }))).rejects.toMatchObject({
      code: 'OR-RELEASE-TAG-MOVED',
    });
    expect(writesOf(bench.standIn)).toEqual([]);
  });

  it('to publish when the tag moves while the assets are uploaded', async () => {
    bench.standIn.faults.add({
      match: { operation: 'repos/upload-release-asset', nth: 2 },
      kind: 'meanwhile',
      run: () => {
        const moved = bench.standIn.seed.commit(bench.repository, 'fix: late');
        bench.standIn.seed.tag(bench.repository, tag, moved);
      },
    });
    await expect(ensureRelease(bench.client(), wish({ commit: bench.commit }))).rejects.toMatchObject({
      code: 'OR-RELEASE-TAG-MOVED',
    });
    expect(only(bench.repository).draft).toBe(true);
  });

  it('makes the tag at the target only when it is missing', async () => {
    await ensureRelease(bench.client(), wish({ tag: 'v9.9.9', target: bench.commit, marker: '<!-- nine -->' }));
    expect(bench.repository.git.refs['refs/tags/v9.9.9']?.sha).toBe(bench.commit);
    await ensureRelease(bench.client(), wish({ target: bench.commit }));
    expect(bench.repository.releases.map((r) => r.target)).toEqual([bench.commit, 'main']);
  });
});
