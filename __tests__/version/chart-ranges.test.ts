import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devChartVersion } from '../../src/version/chart-version.ts';
import { requires } from '../helpers/lab.ts';
import { v } from './arbitraries.ts';

const lab = requires('helm');
const helm = promisify(execFile);
/** A build of a branch so many commits after a release. */
const dev = (lastRelease: string | null, commits: number): string =>
  devChartVersion({
    lastRelease: lastRelease === null ? null : v(lastRelease),
    commits,
    // Later builds have ids that sort lower.
    sha: (1_000 - commits).toString(16).padStart(40, '0'),
  }).text;

/** What a user gets of a range: by Helm itself, whose library for ranges is the one of Flux (Masterminds/semver). */
describe.skipIf(lab.missing.length > 0)(`chart versions under the ranges of Helm and Flux${lab.note}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'helm-'));
  const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
  let server: Server;
  let published: readonly string[] = [];

  beforeAll(async () => {
    server = createServer((_, response) => {
      const entries = published.map((version) => `  - {name: memo, version: "${version}", urls: [memo.tgz]}`);
      response.end(`apiVersion: v1\nentries:\n  memo:\n${entries.join('\n')}\n`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
    rmSync(home, { recursive: true });
  });

  async function chosen(versions: readonly string[], range: string): Promise<string | undefined> {
    published = versions;
    const { port } = server.address() as AddressInfo;
    await helm('helm', ['repo', 'add', '--force-update', 'r', `http://127.0.0.1:${port}`], { env });
    const { stdout } = await helm('helm', ['search', 'repo', 'r/memo', '--version', range, '--output', 'json'], {
      env,
    });
    return (JSON.parse(stdout) as { version: string }[])[0]?.version;
  }

  const nothing = [dev(null, 2), dev(null, 10)];
  const stable = ['1.2.2', '1.2.3', dev('1.2.3', 9), dev('1.2.3', 10)];
  const candidate = [...stable, '1.3.0-rc.1', dev('1.3.0-rc.1', 2), dev('1.3.0-rc.1', 11)];

  it.each<[string, readonly string[], string, string | undefined]>([
    ['who wants no pre-release gets no build of a branch', stable, '>=1.0.0', '1.2.3'],
    ['nor with a caret', stable, '^1.2.0', '1.2.3'],
    ['nor with x', stable, '1.x.x', '1.2.3'],
    ['nor where nothing was released', nothing, '>=0.0.0', undefined],
    ['who wants pre-releases gets the newest build, by number and not by text', stable, '>=1.0.0-0', dev('1.2.3', 10)],
    ['before the first release, too', nothing, '>=0.0.0-0', dev(null, 10)],
    ['within a minor', stable, '~1.2.0-0', dev('1.2.3', 10)],
    ['the next patch is above the builds before it', [...stable, '1.2.4'], '>=1.0.0-0', '1.2.4'],
    ['the next minor is, too', [...stable, '1.3.0'], '>=1.0.0-0', '1.3.0'],
    ['a candidate is, too', [...stable, '1.3.0-rc.1'], '>=1.0.0-0', '1.3.0-rc.1'],
    ['a build after a candidate is above it', candidate, '>=1.0.0-0', dev('1.3.0-rc.1', 11)],
    ['the next candidate is above that build', [...candidate, '1.3.0-rc.2'], '>=1.0.0-0', '1.3.0-rc.2'],
    ['the release is above both', [...candidate, '1.3.0'], '>=1.0.0-0', '1.3.0'],
    ['a candidate is nothing for who wants no pre-release', candidate, '>=1.0.0', '1.2.3'],
  ])('%s', async (_, versions, range, expected) => {
    expect(await chosen(versions, range)).toBe(expected);
    expect(await chosen([...versions].reverse(), range)).toBe(expected);
  });
});
