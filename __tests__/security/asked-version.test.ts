import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Done } from '../stages/monorepo.ts';
import { openEntry, says } from './entry.ts';
import type { Entry } from './entry.ts';

/** The input `version` in a run of a branch that has gone on since the tag. */

describe('the input version', () => {
  let entry: Entry;
  let message: string;
  beforeAll(async () => {
    entry = await openEntry('{}');
    const { origin } = entry;
    origin.git('tag', '--annotate', '--message', 'v1.0.0', 'v1.0.0');
    origin.commit('later');
    const [tag = '', main = ''] = ['v1.0.0^{commit}', 'main'].map((ref) => origin.git('rev-parse', ref).slice(0, 12));
    message = `OR-RELEASE-TAG-ELSEWHERE the tag v1.0.0 is at ${tag}, and this run is of main at ${main}`;
  });
  afterAll(async () => entry.close());

  const ofMain = (event: string, inputs: Readonly<Record<string, string>>): Promise<Done> =>
    entry.run('refs/heads/main', { event, inputs: { version: '1.0.0', ...inputs } });

  it.each(['workflow_dispatch', 'push'])(
    'is refused at the start where the tag is of another commit: %s',
    async (event) => {
      const done = await ofMain(event, {});
      expect(says(done)).toEqual([message]);
      expect(done.problems[0]?.hint).toContain('gh workflow run --ref v1.0.0');
      // No stage has begun.
      expect(done.results).toEqual([]);
      expect(entry.released()).toEqual([]);
    },
  );

  it('may be rehearsed', async () => {
    expect(says(await ofMain('workflow_dispatch', { 'dry-run': 'true' }))).toEqual([]);
  });

  it('is released from the commit of its tag by mode: reconcile', async () => {
    expect(says(await ofMain('workflow_dispatch', { mode: 'reconcile' }))).toEqual([]);
    expect(entry.released()).toEqual(['v1.0.0']);
  });

  it('is released from a branch whose newest commit the tag has', async () => {
    entry.origin.git('tag', 'v1.1.0');
    expect(says(await ofMain('workflow_dispatch', { version: '1.1.0' }))).toEqual([]);
    expect(entry.released()).toEqual(['v1.0.0', 'v1.1.0']);
  });
});
