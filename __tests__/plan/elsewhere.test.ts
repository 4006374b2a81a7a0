import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { kubebuilder } from '../fixtures/repos/layouts.ts';
import { makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { job, repository } from '../stages/monorepo.ts';
import type { Done } from '../stages/monorepo.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/** `mode: plan` in a job that has no Docker, for jobs that have it. */

describe('a plan that other jobs carry out', () => {
  let origin: Repo;
  let github: GitHubStandIn;
  /** A registry that has nothing. */
  const registry = createServer(({ url }, reply) => {
    reply.writeHead(url === '/v2/' ? 200 : 404, { 'content-type': 'application/json' });
    reply.end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
  });
  beforeAll(async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:9');
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    origin = makeRepo(kubebuilder);
    github = await startGitHub();
    github.seed.repository(repository, { gitDir: origin.root });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    registry.close();
    await github.close();
    origin.remove();
  });

  const plan = (ref: string, event: string, mode = 'plan'): Promise<Done> =>
    job({
      ...{ checkout: origin.root, github, ref, event },
      registryPath: `127.0.0.1:${(registry.address() as AddressInfo).port}/octo`,
      ...{ commit: origin.git('rev-parse', 'HEAD'), inputs: { mode, operators: 'memo' } },
    });

  it.each([
    ['refs/heads/main', 'push'],
    ['refs/pull/7/merge', 'pull_request'],
  ])('asks nothing of the machine that makes it: %s', async (ref, event) => {
    const { problems, plans } = await plan(ref, event);
    expect(problems).toEqual([]);
    const [operator] = plans[0]?.operators ?? [];
    expect(operator?.image?.builder).toBe('buildx');
    const stages = operator?.tasks.map(({ stage }) => stage);
    expect(stages).toEqual(expect.arrayContaining(['image-build', 'cluster', 'e2e']));
  });

  it('still asks for Docker where it is carried out at once', async () => {
    const { problems } = await plan('refs/heads/main', 'push', 'run');
    expect(problems.map(({ code }) => code)).toEqual(['OR-E2E-NO-DOCKER']);
  });
});
