import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';
import { job, names, pushTested, repository, tree } from './monorepo.ts';

/** Programs of a machine whose cluster takes no image. */
const programs = {
  docker: `case "$1" in info) printf '28.0.0\\t[]' ;; buildx) echo 'buildx v0.30.0' ;; esac`,
  kind: `case "$1" in version) echo 'kind v0.33.0' ;; load) exit 1 ;; esac`,
  kubectl: `case "$*" in *--client*) echo 'Client Version: v1.37.0' ;; *'get pods'*) echo "pods of $(basename "$PWD")" ;; esac`,
};

const lab = requires('helm');

describe.skipIf(lab.missing.length > 0)(`the logs of a failed e2e${lab.note}`, { timeout: 120_000 }, () => {
  let origin: Repo;
  let clone: Repo;
  let registry: RealRegistry;
  let github: GitHubStandIn;
  const machine = mkdtempSync(join(tmpdir(), 'machine-'));

  beforeAll(async () => {
    registry = await startRegistry({ memory: true });
    const configFile = '.github/operator-release.yaml';
    const config = (tree[configFile] ?? '').replace('  e2e: { enabled: false }\n', '');
    origin = makeRepo({ ...tree, [configFile]: config });
    for (const tag of ['nova/v1.0.0', 'keystone/v2.0.0']) origin.git('tag', tag);
    for (const name of names) await pushTested(`${registry.host}/octo`, name, origin.git('rev-parse', 'HEAD'));
    clone = cloneOf(origin);
    github = await startGitHub();
    github.seed.repository(repository, { gitDir: origin.root });
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(machine, name), `#!/bin/bash\n${script}\n`);
      chmodSync(join(machine, name), 0o755);
    }
    vi.stubEnv('PATH', `${machine}:${process.env['PATH'] ?? ''}`);
    // The clusters of other runs on this machine are not for a kind that is none.
    vi.stubEnv('TMPDIR', machine);
  }, startTimeout);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await github.close();
    await registry.stop();
    for (const repo of [origin, clone]) repo.remove();
    rmSync(machine, { recursive: true, force: true });
  });

  const run = (ref: string, mode: string): ReturnType<typeof job> =>
    job({
      ...{ checkout: clone.root, registryPath: `${registry.host}/octo`, github, ref, inputs: { mode } },
      ...{ commit: clone.git('rev-parse', 'HEAD'), event: mode === 'run' ? 'push' : 'schedule' },
    });
  const podsIn = (folder: string): string | null => {
    const file = join(clone.root, folder, 'pods.yaml');
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  };

  it('are in the checkout', async () => {
    const { log } = await run('refs/tags/nova/v1.0.0', 'run');
    expect(log).toContain('logs of the cluster: e2e-logs/nova/');
    expect(podsIn('e2e-logs/nova')).toBe('pods of nova');
  });

  it('are there by tag, after mode: reconcile took its own checkouts away', async () => {
    const { log, problems } = await run('refs/heads/main', 'reconcile');
    expect(problems.at(-1)?.code).toBe('OR-RECONCILE');
    expect(clone.git('worktree', 'list').split('\n')).toHaveLength(1);
    for (const [tag, name] of [
      ['nova/v1.0.0', 'nova'],
      ['keystone/v2.0.0', 'keystone'],
    ] as const) {
      expect(log).toContain(`logs of the cluster: e2e-logs/${tag}/${name}/`);
      expect(podsIn(`e2e-logs/${tag}/${name}`)).toBe(`pods of ${name}`);
    }
  });
});
