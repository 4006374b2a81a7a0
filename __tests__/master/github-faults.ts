import type { Fault as StandInFault } from '../standins/github/index.ts';
import type { Release, State as GitHubState } from '../standins/github/model.ts';
import { isChange, isRead, page } from './fault.ts';
import type { FaultKind, Reach } from './fault.ts';
import { tag } from './operator.ts';
import { uploadOperation } from './requests.ts';
import type { Request } from './requests.ts';
import type { World } from './world.ts';

/** Faults of GitHub's API, by the rows of table 3a. */

type Injected = Omit<StandInFault, 'match'>;

/** Strikes at one request, or from it on for as often as `times` says. */
export function injectAt(world: World, { kind, what, nth }: Request, fault: Injected): () => boolean {
  const name = kind === uploadOperation ? what.slice(kind.length + 1) : null;
  world.github.faults.add({
    ...fault,
    match: { operation: kind, nth, ...(name === null ? {} : { path: `[?&]name=${name.replaceAll('.', '\\.')}(&|$)` }) },
  });
  return () => world.github.requests.some((request) => request.fault !== null);
}

function fault(
  row: string,
  what: string,
  reach: Reach,
  fits: (request: Request) => boolean,
  injected: Injected,
  further: Pick<FaultKind, 'expects' | 'ends'> = {},
): FaultKind {
  return {
    row,
    what,
    reach,
    fits: (request) => request.side === 'github' && fits(request),
    arm: (world, request) => injectAt(world, request, injected),
    ...further,
  };
}

const any = (): boolean => true;
/** What the storage behind GitHub answers has nothing to do with the API's limits. */
const api = ({ kind }: Request): boolean => kind !== 'storage';
const of =
  (...kinds: readonly string[]) =>
  ({ kind }: Request): boolean =>
    kinds.includes(kind);
const lookups = ['repos/get-release-by-tag', 'repos/list-releases', 'graphql'];
const docs = 'https://docs.github.com/rest';

function says(message: string, errors?: readonly Record<string, string>[]): Pick<StandInFault, 'body'> {
  return { body: { message, documentation_url: docs, ...(errors === undefined ? {} : { errors }) } };
}

const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const exhausted = 'API rate limit exceeded for installation ID 4711.';
const spent = (): Record<string, string> => ({
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': `${Math.floor(Date.now() / 1000) + 30}`,
});
const taken = (resource: string, field: string): Pick<StandInFault, 'body'> =>
  says('Validation Failed', [{ resource, code: 'already_exists', field }]);

/** Changes the draft of the release behind the action's back, when there is one. */
function meanwhile(change: (draft: Release, state: GitHubState) => void): Injected {
  return {
    kind: 'meanwhile',
    run: ({ state }) => {
      const draft = state.repositories[0]?.releases.find((release) => release.tag === tag && release.draft);
      if (draft === undefined) throw new Error('no draft to change');
      change(draft, state);
    },
  };
}

const people = '\n\nMany thanks to all who helped.';
/** Requests before which the draft exists. */
const withDraft = (request: Request): boolean =>
  of('repos/list-release-assets', 'repos/update-release', uploadOperation)(request) ||
  (request.kind === 'repos/get-release' && request.nth <= 2);
/** Requests before which all its assets are there and verified. */
const readyToPublish = ({ kind, nth }: Request): boolean =>
  kind === 'repos/update-release' || (kind === 'repos/get-release' && nth === 2);

const anywhere: readonly FaultKind[] = [
  fault('G6', '500 with a page of HTML', 'three', any, { kind: 'status', status: 500, body: page }),
  fault('G5', 'the connection breaks before', 'every', any, { kind: 'reset-before' }),
  fault('G6', '502', 'one', any, { kind: 'status', status: 502, body: page }),
  fault('G6', '503, Retry-After: 2', 'one', any, { kind: 'status', status: 503, headers: { 'retry-after': '2' } }),
  fault('G6', 'the reply breaks off', 'three', isRead, { kind: 'cut-reply' }),
  fault('G9', '403 secondary limit, no header', 'three', api, { kind: 'status', status: 403, ...says(secondary) }),
  fault('G9', '403 secondary limit, Retry-After: 3', 'one', api, {
    kind: 'status',
    status: 403,
    headers: { 'retry-after': '3' },
    ...says(secondary),
  }),
  fault('G9', '403 blocked from content creation', 'one', isChange, {
    kind: 'status',
    status: 403,
    ...says('You have been temporarily blocked from content creation. Please retry your request again later.'),
  }),
  fault('G11', '429, Retry-After: 1', 'three', api, {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '1' },
    ...says('Too Many Requests'),
  }),
  fault('G11', '429, Retry-After: 0', 'one', api, {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '0' },
    ...says('Too Many Requests'),
  }),
  fault('G11', '429, Retry-After: soon', 'one', api, {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': 'soon' },
    ...says('Too Many Requests'),
  }),
  {
    row: 'G19',
    what: '401 from here on',
    reach: 'three',
    ends: 'failed',
    fits: (request) => request.side === 'github' && api(request),
    arm: (world, request) => {
      const ended: Injected = { kind: 'status', status: 401, ...says('Bad credentials') };
      const run = (): void => world.github.faults.add({ ...ended, match: {}, times: Number.POSITIVE_INFINITY });
      return injectAt(world, request, { ...ended, run });
    },
  },
  fault('G21', '307 after a rename', 'one', (request) => api(request) && request.kind !== 'graphql', { kind: 'moved' }),
  fault(
    'G21',
    '301 after a rename',
    'one',
    (request) => isRead(request) && api(request) && request.kind !== 'graphql',
    {
      kind: 'moved',
      status: 301,
    },
  ),
];

/** With headers of the moment in which it is armed. */
function limited(row: string, what: string, status: number, headers: () => Record<string, string>): FaultKind {
  return {
    row,
    what,
    reach: 'one',
    fits: (request) => request.side === 'github' && api(request),
    arm: (world, request) =>
      injectAt(world, request, { kind: 'status', status, headers: headers(), ...says(exhausted) }),
  };
}

const timed: readonly FaultKind[] = [
  limited('G10', '403, the limit of the hour is spent', 403, spent),
  limited('G10', '429, the limit of the hour is spent', 429, spent),
  limited('G11', '429, Retry-After: a date', 429, () => ({ 'retry-after': new Date(Date.now() + 5000).toUTCString() })),
];

const writes: readonly FaultKind[] = [
  fault('G5', 'done, 502 instead of the reply', 'every', isChange, { kind: 'lost-reply' }),
  fault('G5', 'done, then the connection breaks', 'every', isChange, { kind: 'reset-after' }),
  fault('G5', 'done, the reply breaks off', 'three', isChange, { kind: 'cut-reply' }),
  fault('G1', '422 already_exists, and nothing is there', 'every', of('repos/create-release'), {
    kind: 'status',
    status: 422,
    ...taken('Release', 'tag_name'),
  }),
  fault('G2', '422 already_exists on publication', 'every', of('repos/update-release'), {
    kind: 'status',
    status: 422,
    ...taken('Release', 'tag_name'),
  }),
  fault('G3', '422 already_exists, and nothing is there', 'three', of(uploadOperation), {
    kind: 'status',
    status: 422,
    ...taken('ReleaseAsset', 'name'),
  }),
  fault('G3', 'stored, then 422 already_exists', 'every', of(uploadOperation), {
    kind: 'lost-reply',
    status: 422,
    ...taken('ReleaseAsset', 'name'),
  }),
  fault('G4', '502, the asset stays "starter"', 'every', of(uploadOperation), { kind: 'starter' }),
  fault('G7', 'stored one byte short', 'every', of(uploadOperation), { kind: 'truncated' }),
  fault('G7', 'stored with another byte', 'every', of(uploadOperation), { kind: 'corrupt' }),
  fault('G7', 'delivered one byte short', 'three', of('storage'), { kind: 'truncated' }),
  fault('G8', '404 twice, the release is not known yet', 'three', of(uploadOperation), {
    kind: 'status',
    status: 404,
    times: 2,
    ...says('Not Found'),
  }),
  fault(
    'G14',
    '404 for a commit that changes workflows',
    'every',
    of('repos/create-release', 'repos/update-release'),
    {
      kind: 'status',
      status: 404,
      ...says('Not Found'),
    },
    { ends: 'failed' },
  ),
  fault(
    'G14',
    '403 not accessible by integration',
    'every',
    of('repos/create-release', 'repos/update-release'),
    {
      kind: 'status',
      status: 403,
      ...says('Resource not accessible by integration'),
    },
    { ends: 'failed' },
  ),
  fault(
    'G15',
    '422 by a ruleset',
    'every',
    of('repos/update-release'),
    {
      kind: 'status',
      status: 422,
      ...says('Validation Failed', [
        {
          resource: 'Release',
          code: 'custom',
          field: 'pre_receive',
          message:
            'pre_receive Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
        },
        { resource: 'Release', code: 'custom', message: 'Published releases must have a valid tag' },
      ]),
    },
    { ends: 'failed' },
  ),
  fault(
    'G16',
    '422 used by an immutable release',
    'every',
    of('repos/create-release'),
    {
      kind: 'status',
      status: 422,
      ...says('Validation Failed', [
        {
          resource: 'Release',
          code: 'custom',
          field: 'tag_name',
          message: 'tag_name was used by an immutable release',
        },
      ]),
    },
    { ends: 'failed' },
  ),
  fault('G17', '422 cannot upload to an immutable release', 'one', of(uploadOperation), {
    kind: 'status',
    status: 422,
    ...says('Cannot upload assets to an immutable release.'),
  }),
  fault('G22', '404 for the notes', 'every', of('repos/generate-release-notes'), {
    kind: 'status',
    status: 404,
    ...says('Not Found'),
  }),
];

const lookingUp: readonly FaultKind[] = [
  fault('G12', 'does not see the last change', 'every', of(...lookups, 'repos/list-release-assets'), { kind: 'stale' }),
  {
    row: 'G13',
    what: 'no index sees the last change, three times',
    reach: 'every',
    fits: of('repos/get-release-by-tag'),
    arm: (world, request) => {
      const all = lookups.map((kind) => ({ ...request, kind, what: kind }));
      const struck = all.map((lookup) => injectAt(world, lookup, { kind: 'stale', times: 3 }));
      return () => struck.some((strikes) => strikes());
    },
  },
  fault(
    'G24',
    'the draft is called untagged-… meanwhile',
    'one',
    withDraft,
    meanwhile((draft) => (draft.tag = 'untagged-0815')),
  ),
  fault(
    'G25',
    'a person writes into the notes meanwhile',
    'one',
    withDraft,
    meanwhile((draft) => (draft.body = `${draft.body ?? ''}${people}`)),
    {
      expects: (state) => ({
        ...state,
        releases: state.releases.map((release) =>
          release.tag === tag ? { ...release, body: `${release.body ?? ''}${people}` } : release,
        ),
      }),
    },
  ),
  fault(
    'G25',
    'another job publishes first',
    'every',
    readyToPublish,
    meanwhile((draft, { repositories }) => {
      draft.draft = false;
      draft.publishedAt = draft.createdAt;
      for (const repository of repositories) repository.latestId = draft.id;
    }),
  ),
];

/** A broken upload has to be deleted; that goes wrong too. */
function deletion(row: string, what: string, second: Injected): FaultKind {
  return {
    row,
    what: `the asset stays "starter"; ${what}`,
    reach: 'one',
    fits: of(uploadOperation),
    arm: (world, request) => {
      const struck = injectAt(world, request, { kind: 'starter' });
      world.github.faults.add({ match: { operation: 'repos/delete-release-asset' }, ...second });
      return () => struck() && world.github.faults.waiting === 0;
    },
  };
}

const deleting: readonly FaultKind[] = [
  deletion('G23', 'deleted, 404', { kind: 'lost-reply', status: 404, ...says('Not Found') }),
  deletion('G5', 'deleted, 502', { kind: 'lost-reply' }),
  deletion('G5', 'deleted, then the connection breaks', { kind: 'reset-after' }),
  deletion('G6', 'not deleted, 500', { kind: 'status', status: 500, body: page }),
  deletion('G9', 'not deleted, secondary limit', { kind: 'status', status: 403, ...says(secondary) }),
];

export const githubFaults: readonly FaultKind[] = [...anywhere, ...timed, ...writes, ...lookingUp, ...deleting];
