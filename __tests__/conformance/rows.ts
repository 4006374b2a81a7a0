import type { Fault } from '../standins/github/index.ts';
import type { Bench, BenchOptions } from './bench.ts';
import type { Subject } from './subject.ts';

/** One line of the table: what goes wrong, and what must come of it. */
export interface Row {
  readonly name: string;
  /** What must come of it, in words. */
  readonly expected: string;
  readonly bench?: (subject: Subject) => BenchOptions;
  /** Plays it; what is not as it should be goes to `bench.findings`. */
  readonly play: (bench: Bench) => Promise<void>;
}

const html = '<html><body><h1>Whoa there!</h1></body></html>';
const secondary = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
};
const retryAfter = { 'retry-after': '1' };

const uploadOfB = { operation: 'repos/upload-release-asset', path: '[?&]name=b\\.txt' };
const create = { operation: 'repos/create-release' };
const byTag = { operation: 'repos/get-release-by-tag' };
const publication = { operation: 'repos/update-release' };

const healed = 'released; the next run writes nothing';

/** One fault that the run which meets it has to survive. */
function single(name: string, ...faults: readonly Fault[]): Row {
  return {
    name,
    expected: healed,
    play: async (bench) => {
      bench.github.faults.add(...faults);
      await bench.releases();
      bench.calm();
      await bench.runsAgain();
    },
  };
}

/** A finished release before the row begins. */
async function finished(bench: Bench): Promise<void> {
  await bench.releases();
  bench.github.requests.length = 0;
}

const faults: readonly Row[] = [
  single('nothing'),
  single('an upload is answered with 500', { match: uploadOfB, kind: 'status', status: 500, body: html }),
  single('an upload is answered with 502 and leaves a broken asset', { match: uploadOfB, kind: 'starter' }),
  single('an upload is stored, its reply is lost', { match: uploadOfB, kind: 'lost-reply' }),
  single('an upload is answered with 429, `retry-after: 1`', {
    ...{ match: uploadOfB, kind: 'status', status: 429, headers: retryAfter, body: { message: 'Too many requests' } },
  }),
  single('the creation is answered with 403, secondary rate limit, `retry-after: 1`', {
    ...{ match: create, kind: 'status', status: 403, headers: retryAfter, body: secondary },
  }),
  single('the release is created, the reply is lost', { match: create, kind: 'lost-reply' }),
  single('the connection breaks while the release is created', { match: create, kind: 'reset-before' }),
  single('the look-up by tag is answered with 500', { match: byTag, kind: 'status', status: 500, body: html }),
  {
    name: 'the publication is answered with 502; it is done, the reply is lost',
    expected: `${healed}, both times`,
    play: async (bench) => {
      bench.github.faults.add({ match: publication, kind: 'status', status: 502, body: html });
      await bench.releases();
      bench.calm();
      bench.github.faults.add({ match: publication, kind: 'lost-reply' });
      await bench.releases({ tag: 'v1.2.4' });
      bench.calm();
      await bench.runsAgain({ tag: 'v1.2.4' });
    },
  },
];

const reruns: readonly Row[] = [
  {
    name: 'a run over its own half-filled draft, after it was killed',
    expected: healed,
    play: async (bench) => {
      const running = await bench.start();
      bench.github.faults.add({ match: uploadOfB, kind: 'reset-before', run: () => running.kill('SIGKILL') });
      await bench.end(running);
      bench.calm();
      await bench.releases();
      await bench.runsAgain();
    },
  },
  {
    name: 'a run over a finished release',
    expected: 'exit 0, nothing is written',
    play: async (bench) => {
      await finished(bench);
      await bench.runsAgain();
    },
  },
  {
    name: 'a run over a finished release while uploads are answered with 500',
    expected: 'exit 0, nothing is written, no asset is lost',
    play: async (bench) => {
      await finished(bench);
      const match = { operation: 'repos/upload-release-asset' };
      bench.github.faults.add({ match, kind: 'status', status: 500, body: html });
      await bench.runsAgain();
      // Of a finished release nothing is uploaded, so that it strikes nobody.
      bench.github.faults.clear();
      await bench.runsAgain();
    },
  },
  {
    name: 'a run over a finished immutable release, the same bytes',
    expected: 'exit 0, nothing is written',
    bench: () => ({ immutable: true }),
    play: async (bench) => {
      await finished(bench);
      await bench.runsAgain();
    },
  },
  {
    name: 'a pre-release with assets in a repository of immutable releases',
    expected: 'published with all assets, as a pre-release',
    bench: () => ({ immutable: true }),
    play: async (bench) => {
      const { inputs } = bench.subject.prerelease;
      const options = { tag: 'v1.2.3-rc.1', prerelease: true, latest: null, inputs };
      await bench.releases(options);
      await bench.runsAgain(options);
    },
  },
];

const choices: readonly Row[] = [
  {
    name: 'a flag against Latest is spelt `False`',
    expected: 'kept, or refused before anything is written',
    play: async (bench) => {
      bench.seedRelease('v1.0.0', { latest: true });
      const { misspelt } = bench.subject;
      if (misspelt === undefined) {
        bench.findings.push('the subject file has no `misspelt`');
        return;
      }
      const { exitCode } = await bench.run({ inputs: misspelt.inputs });
      if (exitCode === 0) {
        bench.isReleased({ latest: 'v1.0.0' });
        return;
      }
      bench.expect(bench.writes().length === 0, `exit ${exitCode ?? 'by a signal'} after ${bench.writes().join(', ')}`);
      await bench.releases();
    },
  },
  {
    name: 'v1.9.5 after v2.0.0, with the defaults',
    expected: 'released, Latest stays on v2.0.0',
    play: async (bench) => {
      bench.seedRelease('v2.0.0', { latest: true });
      const options = { tag: 'v1.9.5', latest: 'v2.0.0' };
      await bench.releases(options);
      await bench.runsAgain(options);
    },
  },
  {
    name: 'the files match nothing, with the defaults',
    expected: 'an error, nothing is written; with the files, released',
    play: async (bench) => {
      const { exitCode } = await bench.run({ without: true });
      bench.expect(exitCode !== 0, 'exit 0 without a single file');
      bench.expect(bench.writes().length === 0, `wrote ${bench.writes().join(', ')}`);
      await bench.releases();
    },
  },
];

export const singleRows: readonly Row[] = [...faults, ...reruns, ...choices];
