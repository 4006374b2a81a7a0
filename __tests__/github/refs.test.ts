import { afterEach, beforeEach, expect, it } from 'vitest';
import { probeContentsWrite } from '../../src/github/permission.ts';
import { countCommits, listTags, peelTag, readRepository } from '../../src/github/refs.ts';
import { type Bench, setUp, tag, writesOf } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await setUp({ tokens: { writer: 'write', reader: 'read' } });
});
afterEach(async () => {
  expect(bench.standIn.violations).toEqual([]);
  await bench.close();
});

it('lists the tags of all pages, lightweight and annotated', async () => {
  for (let i = 0; i < 2100; i++) bench.standIn.seed.tag(bench.repository, `nova/v0.0.${i}`, bench.commit);
  const tags = await listTags(bench.client('reader'));
  expect(tags).toHaveLength(2101);
  expect(tags.find((t) => t.name === tag)).toMatchObject({ annotated: true });
  expect(tags.find((t) => t.name === 'nova/v0.0.2099')).toEqual({
    name: 'nova/v0.0.2099',
    sha: bench.commit,
    annotated: false,
  });
  expect(await listTags(bench.client('reader'), 'keystone/')).toHaveLength(1);
  expect(bench.standIn.requests).toHaveLength(4);
});

it('peels tags to commits', async () => {
  bench.standIn.seed.tag(bench.repository, 'light', bench.commit);
  expect(await peelTag(bench.client('reader'), tag)).toBe(bench.commit);
  expect(await peelTag(bench.client('reader'), 'light')).toBe(bench.commit);
  expect(await peelTag(bench.client('reader'), 'keystone/v1.2')).toBeNull();
  const ring = bench.repository.git.refs[`refs/tags/${tag}`]?.sha ?? '';
  const object = bench.repository.git.tags[ring];
  if (object !== undefined) object.object = { sha: ring, type: 'tag' };
  await expect(peelTag(bench.client('reader'), tag)).rejects.toMatchObject({ code: 'OR-GITHUB-TAG' });
});

it('counts commits and reads the repository', async () => {
  const head = bench.standIn.seed.commit(bench.repository, 'two');
  expect(await countCommits(bench.client('reader'), tag, head)).toBe(1);
  expect(await countCommits(bench.client('reader'), 'nothing', head)).toBeNull();
  expect(await readRepository(bench.client('reader'))).toEqual({
    fullName: 'octo/ops',
    defaultBranch: 'main',
    private: false,
    archived: false,
  });
});

it('tells without a write whether releases may be written', async () => {
  expect(await probeContentsWrite(bench.client('writer'), tag)).toEqual({ state: 'yes' });
  expect(await probeContentsWrite(bench.client('reader'), tag)).toMatchObject({
    state: 'no',
    reason: expect.stringContaining('contents: write') as string,
  });
  expect(await probeContentsWrite(bench.client('stranger'), tag)).toMatchObject({ state: 'no' });
  bench.standIn.faults.add({ match: { operation: 'repos/generate-release-notes' }, kind: 'status', status: 502 });
  expect(await probeContentsWrite(bench.client('writer'), tag)).toMatchObject({ state: 'unknown' });
  bench.repository.archived = true;
  expect(await probeContentsWrite(bench.client('writer'), tag)).toMatchObject({ state: 'no' });
  expect(writesOf(bench.standIn)).toEqual([]);
});
