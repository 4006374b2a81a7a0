import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Release } from '../standins/github/index.ts';
import { openEntry, says } from './entry.ts';
import type { Entry } from './entry.ts';

/** GitHub never frees the tag of an immutable release that was deleted, and says so only to who makes a release of it. */
describe('a repository with immutable releases', () => {
  let entry: Entry;
  beforeEach(async () => {
    entry = await openEntry('{ releaseBranches: [main] }');
    const { github, origin, repository } = entry;
    repository.immutableReleases = true;
    origin.git('tag', 'v0.9.0');
    github.seed.release(repository, 'v0.9.0').immutable = true;
    origin.write({ 'notes.txt': 'more of it\n' });
    origin.commit('more of it');
    origin.git('tag', 'v1.0.0');
  });
  afterEach(async () => entry.close());

  const releasesOf = (tag: string): readonly Release[] => entry.repository.releases.filter((each) => each.tag === tag);
  const writes = (): readonly string[] =>
    entry.github.requests.filter(({ write }) => write).map(({ operation }) => operation);

  it('is told before any work that a tag is burned', async () => {
    entry.repository.burnedTags.push('v1.0.0');
    const done = await entry.run('refs/tags/v1.0.0');
    expect(says(done)).toEqual([expect.stringMatching(/^OR-RELEASE-TAG-BURNED /)]);
    expect(done.results).toEqual([]);
    expect(releasesOf('v1.0.0')).toEqual([]);
  });

  it('gets the release out of the one draft that was made to find out', async () => {
    expect(says(await entry.run('refs/tags/v1.0.0'))).toEqual([]);
    expect(writes().filter((operation) => operation === 'repos/create-release')).toHaveLength(1);
    const [release, ...others] = releasesOf('v1.0.0');
    expect(others).toEqual([]);
    expect(release).toMatchObject({ draft: false, immutable: true });
    expect(release?.assets.map(({ name }) => name).sort()).toEqual(['checksums.txt', 'notes.txt', 'release.json']);
    expect(release?.body).not.toContain('The files follow');

    entry.github.requests.length = 0;
    expect(says(await entry.run('refs/tags/v1.0.0'))).toEqual([]);
    expect(writes()).toEqual([]);
  });

  it('keeps that draft for the next run when this one fails, and has no second one', async () => {
    const broken = {
      match: { operation: 'repos/upload-release-asset' },
      kind: 'status',
      status: 422,
      times: 99,
    } as const;
    for (let attempt = 0; attempt < 2; attempt++) {
      entry.github.faults.add({ ...broken, body: { message: 'no' } });
      expect(says(await entry.run('refs/tags/v1.0.0'))).not.toEqual([]);
      expect(releasesOf('v1.0.0').map(({ draft }) => draft)).toEqual([true]);
      entry.github.faults.clear();
    }
    expect(says(await entry.run('refs/tags/v1.0.0'))).toEqual([]);
    expect(releasesOf('v1.0.0').map(({ draft }) => draft)).toEqual([false]);
  });

  it('looks for the draft again when the reply to making it is lost', async () => {
    entry.github.faults.add({ match: { operation: 'repos/create-release' }, kind: 'lost-reply' });
    expect(says(await entry.run('refs/tags/v1.0.0'))).toEqual([]);
    expect(releasesOf('v1.0.0').map(({ draft }) => draft)).toEqual([false]);
  });

  it('leaves a draft that somebody has begun', async () => {
    entry.github.seed.release(entry.repository, 'v1.0.0', { draft: true, body: 'Words of a person.' });
    expect(says(await entry.run('refs/tags/v1.0.0'))).toEqual([]);
    expect(writes()).not.toContain('repos/create-release');
    expect(releasesOf('v1.0.0').map(({ body }) => body)).toEqual([expect.stringContaining('Words of a person.')]);
  });

  it('gets nothing from a rehearsal', async () => {
    expect(says(await entry.run('refs/tags/v1.0.0', { inputs: { 'dry-run': 'true' } }))).toEqual([]);
    expect(writes()).toEqual([]);
  });
});

it('a repository whose releases can be changed gets no draft before the files are there', async () => {
  const entry = await openEntry('{ releaseBranches: [main] }');
  try {
    entry.origin.git('tag', 'v1.0.0');
    expect(says(await entry.run('refs/tags/v1.0.0'))).toEqual([]);
    const writes = entry.github.requests.filter(({ write }) => write).map(({ operation }) => operation);
    const changes = writes.filter((operation) => operation !== 'repos/upload-release-asset');
    // One that was there before would have to be taken over first.
    expect(changes).toEqual(['repos/create-release', 'repos/update-release']);
  } finally {
    await entry.close();
  }
});
