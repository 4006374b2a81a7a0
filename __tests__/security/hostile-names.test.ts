import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../../src/tools/exec.ts';
import { chartIn } from '../chart/charts.ts';
import { startProcess } from '../conformance/process.ts';
import type { ProcessResult } from '../conformance/process.ts';
import { cloneOf, makeRepo } from '../fixtures/repos/repo.ts';
import type { Repo } from '../fixtures/repos/repo.ts';
import { requires } from '../helpers/lab.ts';
import { pushEvent, pushVariables } from '../lab/push.ts';
import { startRegistry, startTimeout } from '../registry/real-registry.ts';
import type { RealRegistry } from '../registry/real-registry.ts';
import { standInToken, startGitHub } from '../standins/github/index.ts';
import type { GitHubStandIn } from '../standins/github/index.ts';

/**
 * Whole runs over a repository in which everything that has a name tries to run a command or to be an option. The command
 * is a program that is first on PATH and leaves a mark; no run may start it.
 */

const lab = requires('helm');
const root = join(import.meta.dirname, '../..');
const off = '{ enabled: false }';
const config = `tags: { branches: ['**'] }
defaults:
  verify: ${off}
  lint: ${off}
  test: { unit: ${off}, integration: ${off} }
  chart: { check: ${off} }
  image: ${off}
  e2e: ${off}
`;
const branch = '$(pwned)/`pwned`;pwned&&pwned|pwned';
const badTag = 'v1.0.0;pwned';

describe.skipIf(lab.missing.length > 0)(`names that want to be commands${lab.note}`, { timeout: 120_000 }, () => {
  let origin: Repo;
  let checkout: Repo;
  let registry: RealRegistry;
  let github: GitHubStandIn;
  let bin: string;

  beforeAll(async () => {
    origin = makeRepo({
      '.github/operator-release.yaml': config,
      PROJECT: 'projectName: op\n',
      ...chartIn('charts/op', 'op'),
    });
    origin.git('tag', 'v0.1.0');
    origin.write({ '$(pwned)/`pwned`; pwned.yaml': 'x: 1\n', '--help\npwned': 'x\n' });
    origin.git('config', 'user.name', '$(pwned)');
    origin.commit('feat: `pwned` $(pwned); pwned\n\n::set-output name=version::9.9.9\n::error::pwned');
    origin.git('branch', branch);
    for (const tag of ['v0.2.0', badTag, '--exec=pwned']) origin.git('update-ref', `refs/tags/${tag}`, 'HEAD');
    checkout = cloneOf(origin);
    bin = await mkdtemp(join(tmpdir(), 'hostile-bin-'));
    await writeFile(join(bin, 'pwned'), `#!/bin/sh\ntouch "${bin}/mark"\n`);
    await chmod(join(bin, 'pwned'), 0o755);
    registry = await startRegistry({ memory: true });
    github = await startGitHub();
    github.seed.repository('acme/op', { gitDir: origin.root });
  }, startTimeout);
  afterAll(async () => {
    await github.close();
    await registry.stop();
    checkout.remove();
    origin.remove();
    await rm(bin, { recursive: true, force: true });
  });

  const run = async (ref: string, inputs: Readonly<Record<string, string>> = {}): Promise<ProcessResult> => {
    const pushed = { repository: 'acme/op', branch: 'main', ref: 'main', sha: origin.git('rev-parse', 'HEAD') };
    const step = await startProcess({
      main: join(root, 'src/main.ts'),
      post: join(root, 'src/post.ts'),
      workspace: checkout.root,
      event: { ...pushEvent(origin, pushed), ref, before: origin.git('rev-parse', 'v0.1.0') },
      variables: {
        ...pushVariables(github, pushed),
        ...{ GITHUB_REF: ref, GITHUB_REF_NAME: ref.split('/').slice(2).join('/'), GITHUB_ACTOR: '$(pwned)' },
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      },
      inputs: { 'github-token': standInToken, registry: `${registry.host}/acme`, ...inputs },
    });
    const result = await step.end();
    expect(existsSync(join(bin, 'mark')), result.log).toBe(false);
    expect(result.left).toEqual([]);
    return result;
  };

  it('leaves a mark when it is run, so that the tests below can fail', async () => {
    const marking = await mkdtemp(join(tmpdir(), 'marking-'));
    await writeFile(join(marking, 'pwned'), `#!/bin/sh\ntouch "${marking}/mark"\n`, { mode: 0o755 });
    const env = { PATH: `${marking}:${process.env['PATH'] ?? ''}` };
    await exec('bash', ['-c', `echo ${branch}`], { env, allowFailure: true });
    expect(existsSync(join(marking, 'mark'))).toBe(true);
    await rm(marking, { recursive: true });
  });

  it.each(['refs/tags/v0.2.0', `refs/heads/${branch}`])('%s is built and published, and is only text', async (ref) => {
    const result = await run(ref);
    expect(result.exitCode, result.log).toBe(0);
    // A commit's message is no command to the runner either.
    expect(result.log).not.toMatch(/^::(?:set-output|error)/m);
    expect(result.outputs.get('version')).not.toBe('9.9.9');
  });

  it.each([
    [`the tag ${badTag}`, `refs/tags/${badTag}`, {}, 'OR-TAG-INVALID'],
    ['the input operators', 'refs/heads/main', { operators: '$(pwned)' }, 'OR-INPUT-VALUE'],
    ['the input operators as a path', 'refs/heads/main', { operators: '../..' }, 'OR-INPUT-VALUE'],
    ['the input base', 'refs/heads/main', { base: '--upload-pack=pwned' }, 'OR-INPUT-VALUE'],
    ['the input registry', 'refs/heads/main', { registry: 'ghcr.io/$(pwned)' }, 'OR-INPUT-VALUE'],
    ['the input version', 'refs/heads/main', { version: '1.0.0;pwned' }, 'OR-INPUT-VALUE'],
    ['the input platforms', 'refs/heads/main', { platforms: 'linux/amd64;pwned' }, 'OR-INPUT-VALUE'],
    ['the input config', 'refs/heads/main', { config: '`pwned`' }, 'OR-CONFIG-MISSING'],
    ['an unknown input', 'refs/heads/main', { '$(pwned)': 'x' }, 'OR-INPUT-UNKNOWN'],
  ])('%s is refused', async (_, ref, inputs, code) => {
    github.requests.length = 0;
    const result = await run(ref, inputs);
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain(code);
    expect(github.requests.filter(({ write }) => write)).toEqual([]);
    if (code.startsWith('OR-INPUT')) expect(github.requests).toEqual([]);
  });
});
