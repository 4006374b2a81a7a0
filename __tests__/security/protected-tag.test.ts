import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEntry, says } from './entry.ts';
import type { Entry } from './entry.ts';

/** `tags.protected: true`, by every way on which a run comes to release a tag. */

describe('a tag that has to be protected', () => {
  let entry: Entry;
  beforeAll(async () => {
    entry = await openEntry('{ protected: true }');
    entry.origin.git('tag', 'v1.0.0');
  });
  afterAll(async () => entry.close());

  const protectedRef = { GITHUB_REF_PROTECTED: 'true' };
  const ofMain =
    'OR-RELEASE-UNPROTECTED v1.0.0 has to be a protected tag by the configuration, ' +
    'and this run is of refs/heads/main, which does not show it';

  it('is not released by the push of a tag that no rule protects', async () => {
    const done = await entry.run('refs/tags/v1.0.0', { env: { GITHUB_REF_PROTECTED: 'false' } });
    expect(says(done)).toEqual([expect.stringContaining('no rule protects it')]);
    expect(entry.released()).toEqual([]);
  });

  it('is not released by a run of a protected branch that names its version', async () => {
    const inputs = { version: '1.0.0' };
    const done = await entry.run('refs/heads/main', { event: 'workflow_dispatch', inputs, env: protectedRef });
    expect(says(done)).toEqual([ofMain]);
    expect(entry.released()).toEqual([]);
  });

  it.each(['schedule', 'workflow_dispatch'])(
    'is not released by mode: reconcile of a protected branch, %s',
    async (event) => {
      const done = await entry.run('refs/heads/main', { event, inputs: { mode: 'reconcile' }, env: protectedRef });
      expect(says(done)[0]).toBe(ofMain);
      expect(entry.released()).toEqual([]);
    },
  );

  it('is released by its own push when a rule protects it', async () => {
    expect(says(await entry.run('refs/tags/v1.0.0', { env: protectedRef }))).toEqual([]);
    expect(entry.released()).toEqual(['v1.0.0']);
  });
});
