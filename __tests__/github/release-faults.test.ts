import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { ensureRelease } from '../../src/github/release.ts';
import type { Fault, State } from '../standins/github/index.ts';
import { type Bench, look, only, setUp, tag, wish, writesOf } from './bench.ts';

/** One fault at one request of a run, then a run without: the end must be as if nothing had happened. */

type Spoil = Omit<Fault, 'match'>;

const html = '<html><body><h1>Whoa there!</h1></body></html>';
const secondary = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits',
};

/** For any request. */
const anywhere: Readonly<Record<string, Spoil>> = {
  'G6 500 with a page of HTML': { kind: 'status', status: 500, body: html },
  'connection cut before': { kind: 'reset-before' },
  'G5 done, connection cut': { kind: 'reset-after' },
  'G5 done, 502': { kind: 'lost-reply' },
  'G9 secondary limit, retry-after': { kind: 'status', status: 403, body: secondary, headers: { 'retry-after': '1' } },
  'G9 secondary limit, no header': { kind: 'status', status: 403, body: secondary },
  'G10 primary limit': {
    kind: 'status',
    status: 403,
    body: { message: 'API rate limit exceeded for installation ID 1.' },
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
  },
  'G11 429 without words': { kind: 'status', status: 429, body: {}, headers: { 'retry-after': '1' } },
  'G19 401 from here on': { kind: 'status', status: 401, body: { message: 'Bad credentials' }, times: 99 },
  'no permission from here on': {
    kind: 'status',
    status: 403,
    body: { message: 'Resource not accessible by integration' },
    times: 99,
  },
  'nothing gets through from here on': { kind: 'reset-before', times: 999 },
};

/** For some. */
const somewhere: Readonly<Record<string, Readonly<Record<string, Spoil>>>> = {
  'repos/upload-release-asset': {
    'G4 starter left': { kind: 'starter' },
    'G7 truncated': { kind: 'truncated' },
    'G8 404 for a while': { kind: 'status', status: 404, body: { message: 'Not Found' }, times: 3 },
    '500 temp dir': { kind: 'status', status: 500, body: { message: 'Error creating asset temp dir' } },
  },
  storage: { 'the download lacks a byte': { kind: 'truncated' } },
  'repos/list-releases': { 'G13 stale': { kind: 'stale', times: 3 } },
  graphql: { stale: { kind: 'stale', times: 3 } },
  'repos/get-release-by-tag': { 'G12 stale 404': { kind: 'stale', times: 3 } },
  'repos/get-release': { 'the new draft cannot be read yet': { kind: 'stale', times: 2 } },
};

/** Must hold after every single change. */
function watch(state: State): void {
  for (const { releases } of state.repositories) {
    const published = releases.filter((r) => !r.draft);
    if (published.length > 1) throw new Error('two public releases of one tag');
    for (const { assets } of published) {
      if (assets.length !== 2) throw new Error(`published with ${assets.length} assets`);
      if (assets.some((a) => a.state !== 'uploaded')) throw new Error('published with a broken asset');
    }
  }
}

async function clean(): Promise<{ end: unknown; operations: string[] }> {
  const bench = await setUp({ watch });
  await ensureRelease(bench.client(), wish());
  const operations = bench.standIn.requests.map((r) => r.operation);
  await bench.close();
  return { end: look(bench.repository), operations };
}

async function check(bench: Bench, end: unknown): Promise<void> {
  const { standIn } = bench;
  // A run that failed is run again, without the fault.
  const failed = await ensureRelease(bench.client(), wish()).then(
    () => null,
    (error: unknown) => error,
  );
  if (failed !== null) expect(failed).toBeInstanceOf(Problem);
  const wasPublic = bench.repository.releases.find((r) => !r.draft)?.assets.map((a) => a.id);
  standIn.faults.clear();
  await ensureRelease(bench.client(), wish());
  expect(look(bench.repository)).toEqual(end);
  if (wasPublic !== undefined) expect(only(bench.repository).assets.map((a) => a.id)).toEqual(wasPublic);
  standIn.requests.length = 0;
  await ensureRelease(bench.client(), wish());
  expect(writesOf(standIn)).toEqual([]);
  expect(standIn.violations).toEqual([]);
}

const { end, operations } = await clean();

describe.each(Object.entries(anywhere))('%s', (_name, spoil) => {
  it(`at each of the ${operations.length} requests`, async () => {
    for (const [index] of operations.entries()) {
      const bench = await setUp({ watch });
      bench.standIn.faults.add({ match: { nth: index + 1 }, ...spoil });
      await check(bench, end);
      await bench.close();
    }
  }, 120_000);
});

describe.each(Object.entries(somewhere))('%s', (operation, spoils) => {
  it.each(Object.entries(spoils))('%s', async (_name, spoil) => {
    const count = Math.max(operations.filter((o) => o === operation).length, 1);
    for (let nth = 1; nth <= count; nth++) {
      const bench = await setUp({ watch });
      bench.standIn.faults.add({ match: { operation, nth }, ...spoil });
      await check(bench, end);
      await bench.close();
    }
  });
});

describe('one fault is healed by the run that meets it', () => {
  // What the two most used actions make of these: anchors, section 0.
  const once: [string, string, Spoil][] = [
    ['upload 500', 'repos/upload-release-asset', { kind: 'status', status: 500, body: html }],
    ['upload leaves a starter', 'repos/upload-release-asset', { kind: 'starter' }],
    ['upload stored, reply lost', 'repos/upload-release-asset', { kind: 'lost-reply' }],
    ['upload 429', 'repos/upload-release-asset', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
    ['upload truncated', 'repos/upload-release-asset', { kind: 'truncated' }],
    ['create secondary limit', 'repos/create-release', { kind: 'status', status: 403, body: secondary }],
    ['create reply lost', 'repos/create-release', { kind: 'lost-reply' }],
    ['create cut', 'repos/create-release', { kind: 'reset-before' }],
    ['create done and cut', 'repos/create-release', { kind: 'reset-after' }],
    ['by-tag 500', 'repos/get-release-by-tag', { kind: 'status', status: 500, body: html }],
    ['publish 502', 'repos/update-release', { kind: 'status', status: 502, body: html }],
    ['publish reply lost', 'repos/update-release', { kind: 'lost-reply' }],
    ['download broken', 'storage', { kind: 'truncated' }],
  ];

  it.each(once)('%s', async (_name, operation, spoil) => {
    const bench = await setUp({ watch });
    bench.standIn.faults.add({ match: { operation }, ...spoil });
    expect((await ensureRelease(bench.client(), wish())).written).toBe(true);
    expect(bench.standIn.faults.waiting).toBe(0);
    expect(look(bench.repository)).toEqual(end);
    expect(bench.standIn.violations).toEqual([]);
    await bench.close();
  });
});

describe('what ends a run says why', () => {
  const message = (text: string): unknown => ({ message: text, documentation_url: 'https://docs.github.com/rest' });
  const validation = (errors: unknown[]): unknown => ({ message: 'Validation Failed', errors });
  const terminal: [string, string, Spoil, string][] = [
    [
      'G14 create 403',
      'repos/create-release',
      { kind: 'status', status: 403, body: message('Resource not accessible by integration') },
      'OR-GITHUB-PERMISSION',
    ],
    [
      'G14 create 404',
      'repos/create-release',
      { kind: 'status', status: 404, body: message('Not Found') },
      'OR-GITHUB-NOT-FOUND',
    ],
    [
      'G15 publish, ruleset',
      'repos/update-release',
      {
        kind: 'status',
        status: 422,
        body: validation([
          {
            resource: 'Release',
            code: 'custom',
            field: 'pre_receive',
            message:
              'pre_receive Repository rule violations found\n\nCannot create ref due to creations being restricted.',
          },
          { code: 'custom', message: 'Published releases must have a valid tag' },
        ]),
      },
      'OR-GITHUB-RULESET',
    ],
    [
      'G16 tag burned',
      'repos/create-release',
      {
        kind: 'status',
        status: 422,
        body: validation([
          {
            resource: 'Release',
            code: 'custom',
            field: 'tag_name',
            message: 'tag_name was used by an immutable release',
          },
        ]),
      },
      'OR-RELEASE-TAG-BURNED',
    ],
    [
      'G19 401',
      'repos/upload-release-asset',
      { kind: 'status', status: 401, body: message('Bad credentials') },
      'OR-GITHUB-AUTH',
    ],
    [
      'G9 for ever',
      'repos/upload-release-asset',
      { kind: 'status', status: 403, body: secondary, times: 999 },
      'OR-GITHUB-RATE',
    ],
    [
      '502 for ever',
      'repos/upload-release-asset',
      { kind: 'status', status: 502, body: html, times: 999 },
      'OR-RELEASE-UNSETTLED',
    ],
    ['truncated for ever', 'repos/upload-release-asset', { kind: 'truncated', times: 999 }, 'OR-RELEASE-UNSETTLED'],
    [
      '422 of another kind',
      'repos/create-release',
      { kind: 'status', status: 422, body: validation([{ code: 'invalid', field: 'name' }]) },
      'OR-GITHUB-FAILED',
    ],
  ];

  it.each(terminal)('%s', async (_name, operation, spoil, code) => {
    const bench = await setUp({ watch });
    bench.standIn.faults.add({ match: { operation }, ...spoil });
    const error: unknown = await ensureRelease(bench.client(), wish()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/\w/) as string });
    if (code.startsWith('OR-GITHUB'))
      expect((error as Problem).message).toMatch(/answered \d{3}, .*\(request STAND:\d+\)/);
    expect((error as Problem).message).not.toMatch(/[<>\n]/);
    expect(bench.repository.releases.every((r) => r.draft)).toBe(true);
    await bench.close();
  });

  it('names the permission that a read-only token lacks', async () => {
    const bench = await setUp({ tokens: { reader: 'read' } });
    await expect(ensureRelease(bench.client('reader'), wish())).rejects.toMatchObject({
      code: 'OR-GITHUB-PERMISSION',
      hint: expect.stringContaining('contents: write') as string,
    });
    await expect(ensureRelease(bench.client('stranger'), wish())).rejects.toMatchObject({ code: 'OR-GITHUB-AUTH' });
    await bench.close();
  });

  it('stops at a ruleset and at a burned tag of the real kind', async () => {
    const bench = await setUp();
    bench.repository.burnedTags.push(tag);
    await expect(ensureRelease(bench.client(), wish())).rejects.toMatchObject({ code: 'OR-RELEASE-TAG-BURNED' });
    bench.repository.tagCreationRestricted = true;
    const other = wish({ tag: 'v5.0.0', target: bench.commit, marker: '<!-- five -->' });
    await expect(ensureRelease(bench.client(), other)).rejects.toMatchObject({ code: 'OR-GITHUB-RULESET' });
    expect(only(bench.repository)).toMatchObject({ tag: 'v5.0.0', draft: true });
    await bench.close();
  });

  it('G21 follows a renamed repository', async () => {
    const bench = await setUp();
    const to = `${bench.standIn.apiUrl}/repositories/${bench.repository.id}`;
    bench.standIn.faults.add(
      {
        match: { operation: 'repos/create-release' },
        kind: 'status',
        status: 307,
        headers: { location: `${to}/releases` },
      },
      {
        match: { operation: 'repos/list-releases' },
        kind: 'status',
        status: 301,
        headers: { location: `${to}/releases?per_page=100` },
      },
    );
    await ensureRelease(bench.client(), wish());
    expect(bench.standIn.faults.waiting).toBe(0);
    expect(only(bench.repository).draft).toBe(false);
    expect(bench.standIn.violations).toEqual([]);
    await bench.close();
  });
});
