import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { denied, unreachable } from '../../src/registry/errors.ts';
import { client } from './helpers.ts';
import { startRegistry, startTimeout } from './real-registry.ts';
import type { RealRegistry } from './real-registry.ts';

let real: RealRegistry;
beforeAll(async () => {
  real = await startRegistry({ login: true, memory: true });
}, startTimeout);
afterAll(async () => real.stop());

describe('a registry that refuses credentials', () => {
  test.each([
    ['without any', null, 'it wants a login'],
    ['with wrong ones', { username: 'octo', password: 'wrong' }, 'it refuses the credentials'],
  ])('%s names the inputs that give them', async (_, credentials, why) => {
    const { registry, waits } = client({ credentials });
    await expect(registry.checkPush(`${real.host}/acme/op`)).rejects.toMatchObject({
      code: 'OR-REGISTRY-DENIED',
      message: expect.stringContaining(why) as string,
      hint: `set the inputs registry-username and registry-password to an account that may write to it, or run docker/login-action for ${real.host} before`,
    });
    expect(waits).toEqual([]);
  });

  test.each(['ghcr.io', 'containers.git.acme.example'])('%s names the permission of the job first', (host) => {
    expect(denied('upload', host, 'push', '403 DENIED').hint).toMatch(/^give the job `permissions: packages: write`/);
    expect(denied('read', host, 'pull', '403 DENIED').hint).toMatch(/^give the job `permissions: packages: read`/);
  });
});

describe('a registry that cannot be reached', () => {
  test.each([
    ['getaddrinfo ENOTFOUND ghcr.oi', 'there is no host of that name; correct the input registry'],
    ['connect ECONNREFUSED 127.0.0.1:1', 'nobody listens there'],
    ['503', 'nothing is wrong with the release itself'],
  ])('%s', (why, hint) => {
    expect(unreachable('read', 'ghcr.oi', why).hint).toContain(hint);
  });
});
