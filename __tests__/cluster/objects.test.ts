import { describe, expect, it } from 'vitest';
import { containersOf, isRolledOut, stateOf, whyHopeless } from '../../src/cluster/objects.ts';
import { pullPatienceMs, Pulls } from '../../src/cluster/pulls.ts';
import type { ContainerStatus, Deployment, Pod } from '../../src/cluster/objects.ts';

const deployment = (status: Deployment['status'] | null, replicas?: number, generation = 2): Deployment => ({
  metadata: { name: 'memo', generation },
  spec: replicas === undefined ? {} : { replicas },
  ...(status === null ? {} : { status: status ?? {} }),
});

const container = (more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name: 'manager',
  image: 'memo:v1',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...more,
});
const pod = (...containerStatuses: ContainerStatus[]): Pod => ({
  metadata: { name: 'memo-1' },
  status: { phase: 'Running', containerStatuses },
});

describe('isRolledOut', () => {
  it.each([
    [
      'all are of the newest template and available',
      deployment({ observedGeneration: 2, updatedReplicas: 1, availableReplicas: 1 }),
      true,
    ],
    [
      'the controller has not seen the template',
      deployment({ observedGeneration: 1, updatedReplicas: 1, availableReplicas: 1 }),
      false,
    ],
    [
      'the old ones are available',
      deployment({ observedGeneration: 2, updatedReplicas: 0, availableReplicas: 1 }),
      false,
    ],
    [
      'some are not available',
      deployment({ observedGeneration: 2, updatedReplicas: 3, availableReplicas: 2 }, 3),
      false,
    ],
    ['there is no status', deployment(null), false],
    ['the status is empty', deployment({}), false],
    ['none is wanted', deployment({ observedGeneration: 2 }, 0), true],
    [
      'more are there than wanted',
      deployment({ observedGeneration: 3, updatedReplicas: 2, availableReplicas: 2 }, 1),
      true,
    ],
  ])('when %s', (_, given, expected) => {
    expect(isRolledOut(given)).toBe(expected);
  });
});

describe('whyHopeless', () => {
  const ended = { terminated: { exitCode: 1, reason: 'Error' } };
  const waiting = (reason: string, message?: string): NonNullable<ContainerStatus['state']> => ({
    waiting: { reason, ...(message === undefined ? {} : { message }) },
  });

  it.each([
    [
      'crashes again and again',
      container({ restartCount: 1, state: waiting('CrashLoopBackOff'), lastState: ended }),
      'crashes (exit 1, 1 restart)',
    ],
    [
      'crashed twice and runs for now',
      container({ restartCount: 2, state: {}, lastState: ended }),
      'crashes (exit 1, 2 restarts)',
    ],
    [
      'has just crashed for the third time',
      container({ restartCount: 2, state: ended }),
      'crashes (exit 1, 2 restarts)',
    ],
    [
      'has no image',
      container({ state: waiting('ImagePullBackOff', 'not found') }),
      'cannot start (ImagePullBackOff: not found)',
    ],
    ['may not pull', container({ state: waiting('ErrImageNeverPull') }), 'cannot start (ErrImageNeverPull: )'],
    [
      'has a broken configuration',
      container({ state: waiting('CreateContainerConfigError', 'no secret') }),
      'cannot start (CreateContainerConfigError: no secret)',
    ],
  ])('tells that a container %s', (_, status, reason) => {
    expect(whyHopeless(pod(status), new Pulls(), 0)).toEqual({ container: 'manager', reason });
  });

  it.each([
    ['is starting', container({ state: waiting('ContainerCreating') })],
    ['crashed once', container({ restartCount: 1, state: {}, lastState: ended })],
    [
      'is ready after it crashed some times, as one that waited for its certificate',
      container({ ready: true, restartCount: 4, state: {}, lastState: ended }),
    ],
    [
      'did its work at the third attempt',
      container({ ready: true, restartCount: 2, state: { terminated: { exitCode: 0 } } }),
    ],
    ['says nothing yet', container()],
  ])('has hope while a container %s', (_, status) => {
    expect(whyHopeless(pod(status), new Pulls(), 0)).toBeNull();
  });

  it('looks at init containers first, and at pods without a status', () => {
    const init = container({ name: 'init', state: waiting('InvalidImageName', 'x') });
    const both: Pod = {
      metadata: { name: 'p' },
      status: { initContainerStatuses: [init], containerStatuses: [container()] },
    };
    expect(whyHopeless(both, new Pulls(), 0)?.container).toBe('init');
    expect(containersOf(both).map((status) => status.name)).toEqual(['init', 'manager']);
    expect(whyHopeless({ metadata: { name: 'p' } }, new Pulls(), 0)).toBeNull();
  });
});

describe('an image that is not pulled', () => {
  const failing = (reason: string, message: string): Pod =>
    pod(container({ name: 'sidecar', state: { waiting: { reason, message } } }));
  const desc = 'failed to pull and unpack image "ghcr.io/acme/sidecar:v1": failed to resolve reference';

  it.each([
    `rpc error: code = NotFound desc = ${desc} "ghcr.io/acme/sidecar:v1": ghcr.io/acme/sidecar:v1: not found`,
    `Back-off pulling image "x": ErrImagePull: ${desc}: unexpected status from HEAD request: 403 Forbidden`,
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope',
    'failed to fetch anonymous token: 401 Unauthorized',
    'denied: requested access to the resource is denied',
    'manifest unknown',
    'no match for platform in manifest: not found',
  ])('ends the wait at once when the registry says %s', (message) => {
    expect(whyHopeless(failing('ErrImagePull', message), new Pulls(), 0)).toEqual({
      container: 'sidecar',
      reason: `cannot start (ErrImagePull: ${message})`,
    });
  });

  it.each([
    'dial tcp 140.82.121.33:443: i/o timeout',
    'unexpected status from HEAD request to https://ghcr.io/v2/x: 503 Service Unavailable',
    'dial tcp: lookup ghcr.io: no such host',
    'lookup ghcr.io: host not found',
    '429 Too Many Requests - toomanyrequests: You have reached your unauthenticated pull rate limit',
    'connection refused',
    '',
  ])('is waited for, as kubelet tries again, for a while when it says "%s"', (message) => {
    const pulls = new Pulls();
    const at = (now: number, reason: string, text = message): unknown => whyHopeless(failing(reason, text), pulls, now);
    expect(at(1_000, 'ErrImagePull')).toBeNull();
    expect(at(2_000, 'ImagePullBackOff', 'Back-off pulling image "x"')).toBeNull();
    expect(at(12_000, 'ContainerCreating', '')).toBeNull();
    expect(at(pullPatienceMs, 'ErrImagePull')).toBeNull();
    expect(at(1_000 + pullPatienceMs, 'ImagePullBackOff')).toEqual({
      container: 'sidecar',
      reason: `cannot start (ImagePullBackOff: ${message})`,
    });
  });

  it('is waited for anew once it was there, and apart for each container', () => {
    const pulls = new Pulls();
    const late = pullPatienceMs + 1_000;
    expect(whyHopeless(failing('ErrImagePull', 'i/o timeout'), pulls, 0)).toBeNull();
    expect(whyHopeless(pod(container({ name: 'sidecar', state: {} })), pulls, 30_000)).toBeNull();
    expect(whyHopeless(failing('ErrImagePull', 'i/o timeout'), pulls, late)).toBeNull();
    const other = pod(container({ name: 'other', state: { waiting: { reason: 'ImagePullBackOff' } } }));
    expect(whyHopeless(other, pulls, late + pullPatienceMs - 1)).toBeNull();
  });
});

describe('stateOf', () => {
  const unscheduled = { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' };
  it.each<[string, Pod]>([
    ['ContainerCreating', pod(container({ state: { waiting: { reason: 'ContainerCreating' } } }))],
    ['Running', pod(container({ ready: true }))],
    ['0/1 nodes are available', { metadata: { name: 'p' }, status: { phase: 'Pending', conditions: [unscheduled] } }],
    ['Pending', { metadata: { name: 'p' } }],
  ])('is %s', (expected, given) => {
    expect(stateOf(given)).toBe(expected);
  });
});
