import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { folderCache } from '../../src/tools/cache.ts';
import { exec } from '../../src/tools/exec.ts';
import { findTool } from '../../src/tools/find.ts';
import { programsOnPath } from '../../src/tools/path.ts';
import { hostPlatform, tools } from '../../src/tools/versions.ts';
import type { Tool } from '../../src/tools/versions.ts';
import { scratch } from './fixtures.ts';

const rows = Object.entries(tools) as [string, Tool][];

describe('the table of versions', () => {
  it.each(rows)('%s is pinned to a version of its range, with verified downloads over HTTPS', (_name, tool) => {
    expect(semver.valid(tool.version)).toBe(tool.version);
    expect(semver.satisfies(tool.version, tool.range)).toBe(true);
    expect(tool.download.url).toMatch(/^https:\/\/\S+\{version\}\S+$/);
    const sums = Object.values(tool.download.sha256);
    expect(sums.length).toBeGreaterThan(0);
    for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names each sum once: one copied from another row would let the wrong file through', () => {
    const sums = rows.flatMap(([, tool]) => Object.values(tool.download.sha256));
    expect(new Set(sums).size).toBe(sums.length);
  });

  it.each([
    ['golangci-lint', 'golangci-lint has version 2.12.2 built with go1.26.3 from 3b4e2d5 on 2026-05-06', '2.12.2'],
    ['golangci-lint', 'golangci-lint has version v2.15.0 built with go1.26.8 from (unknown)', 'v2.15.0'],
    ['helm', 'v3.19.0+g3d8990f', '3.19.0'],
    ['helm', 'v4.3', '4.3'],
    ['kind', 'kind v0.33.0 go1.26.8 linux/amd64', '0.33.0'],
    ['kind', 'kind v0.30.0-alpha+6e4a1f7c go1.24.2 linux/amd64', '0.30.0-alpha'],
    ['kubectl', 'Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0', '1.32.4'],
    ['kustomize', 'v5.8.1', '5.8.1'],
    ['kustomize', '{Version:kustomize/v5.0.0 GitCommit:738ca56}', '5.0.0'],
    ['setup-envtest', 'setup-envtest version: v0.25.1', '0.25.1'],
    ['chainsaw', 'Version: v0.2.14\nTime: 2025-12-01', '0.2.14'],
    ['ko', '0.19.1', '0.19.1'],
    ['syft', 'Application:   syft\nVersion:       1.48.0\nBuildDate:     2026-07-01', '1.48.0'],
  ] as const)('%s tells its version as %j', (name, output, version) => {
    expect(tools[name].ask.pattern.exec(output)?.[1]?.replace(/^v/, '')).toBe(version.replace(/^v/, ''));
  });

  it.each([
    ['chainsaw', 'Version: (devel)\nTime: ---'],
    ['kustomize', '(devel)'],
    ['syft', 'Application:   syft\nVersion:       [not provided]'],
  ] as const)('%s that says %j tells none', (name, output) => {
    expect(tools[name].ask.pattern.exec(output)).toBeNull();
  });

  it.each([
    ['linux', 'x64', 'linux/amd64'],
    ['darwin', 'arm64', 'darwin/arm64'],
    ['win32', 'x64', null],
    ['linux', 's390x', null],
  ] as const)('%s on %s is %s', (os, arch, platform) => {
    expect(hostPlatform(os, arch)).toBe(platform);
  });
});

describe('the tools of this machine', async () => {
  const here: [string, Tool][] = [];
  for (const row of rows) if ((await programsOnPath(row[0], process.env)).length > 0) here.push(row);

  it.runIf(here.length > 0).each(here)('%s tells a version', async (name, tool) => {
    const log = new BufferLog();
    const toolCache = folderCache(await scratch());
    const wide = { [name]: { ...tool, range: '*' } };
    const found = await findTool(name, { exec, log, fetch, toolCache, env: process.env, table: wide });
    expect(found.source).toBe('path');
    expect(semver.valid(found.version)).toBe(found.version);
  });
});
