import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { folderCache } from '../../src/tools/cache.ts';
import { exec } from '../../src/tools/exec.ts';
import { createToolFinder, findTool } from '../../src/tools/find.ts';
import type { FindPorts } from '../../src/tools/find.ts';
import type { Tool } from '../../src/tools/versions.ts';
import { program, scratch, sha256, site, tarball } from './fixtures.ts';
import type { Site } from './fixtures.ts';
import { publishModule } from './go-proxy.ts';

const script = (version: string): string => `#!/bin/sh\necho "helm v${version}"\n`;

/** A row of the table as helm's, with downloads from the test's own server. */
function row(url: string, sum: string, more: Partial<Tool> = {}): Record<string, Tool> {
  const helm: Tool = {
    version: '4.3.0',
    range: '>=3.14.0 <5',
    ask: { args: ['version'], pattern: /v(\S+)/ },
    go: { module: 'example.com/helm/v{major}', package: 'cmd/helm' },
    download: { url, redirects: [], member: '{os}-{arch}/helm', sha256: { 'linux/amd64': sum } },
    ...more,
  };
  return { helm };
}

interface World extends FindPorts {
  readonly log: BufferLog;
  readonly home: string;
  readonly bin: string;
}

async function world(table: Record<string, Tool>): Promise<World> {
  const home = await scratch();
  const bin = path.join(home, 'bin');
  await mkdir(bin);
  return {
    exec,
    log: new BufferLog(),
    fetch,
    sleep: () => Promise.resolve(),
    toolCache: folderCache(path.join(home, 'cache')),
    env: { PATH: bin },
    platform: 'linux/amd64',
    table,
    home,
    bin,
  };
}

async function release(version = '4.3.0'): Promise<{ site: Site; table: Record<string, Tool> }> {
  const archive = await tarball([
    { name: 'linux-amd64/LICENSE', content: 'free' },
    { name: 'linux-amd64/helm', content: script(version) },
  ]);
  const server = await site((_request, response) => response.end(archive));
  return { site: server, table: row(`${server.url}/helm-v{version}-{os}-{arch}.tar.gz`, sha256(archive)) };
}

const nowhere = 'http://127.0.0.1:9/helm-{version}.tar.gz';

afterEach(() => vi.unstubAllEnvs());

describe('findTool on PATH', () => {
  it('takes a program whose version fits, without any download', async () => {
    const ports = await world(row(nowhere, ''));
    const helm = await program(ports.bin, 'helm', 'helm v3.19.0+g3d8990f');
    expect(await findTool('helm', ports)).toEqual({ path: helm, version: '3.19.0', source: 'path' });
    expect(ports.log.lines).toEqual([`helm 3.19.0, on PATH: ${helm}`]);
  });

  it('passes over one that is too old, and one that does not run, for a later one that fits', async () => {
    const ports = await world(row(nowhere, ''));
    const [old, broken, fit] = ['old', 'broken', 'fit'].map((name) => path.join(ports.home, name)) as [
      string,
      string,
      string,
    ];
    await program(old, 'helm', 'helm v2.17.0');
    await program(broken, 'helm', 'helm v4.0.0', 3);
    const helm = await program(fit, 'helm', 'helm v4.1.0');
    const env = { PATH: [`${ports.home}/none`, old, broken, fit].join(':') };
    expect((await findTool('helm', { ...ports, env })).path).toBe(helm);
    expect(ports.log.lines.slice(0, 2)).toEqual([
      `helm: ${old}/helm is 2.17.0, needed is >=3.14.0 <5`,
      `helm: ${broken}/helm does not run`,
    ]);
  });

  it('ignores folders, relative entries of PATH and a second name of the same program', async () => {
    const ports = await world(row(nowhere, ''));
    await mkdir(path.join(ports.home, 'a/helm'), { recursive: true });
    const old = await program(ports.bin, 'helm', 'helm v2.0.0');
    await mkdir(path.join(ports.home, 'b'));
    await symlink(old, path.join(ports.home, 'b/helm'));
    const env = { PATH: ['.', `${ports.home}/a`, ports.bin, `${ports.home}/b`].join(':') };
    await expect(
      findTool('helm', {
        ...ports,
        env,
        table: row(nowhere, '', { go: null, download: { url: nowhere, redirects: [], member: null, sha256: {} } }),
      }),
    ).rejects.toMatchObject({
      code: 'OR-TOOL-MISSING',
    });
    expect(ports.log.lines).toEqual([`helm: ${old} is 2.0.0, needed is >=3.14.0 <5`]);
  });

  it('takes one that cannot tell its version only where the table says that it may not know, and says so', async () => {
    const { table } = await release();
    const ports = await world({ ...table });
    const dev = await program(ports.bin, 'helm', 'helm (devel)');
    expect(await findTool('helm', ports)).toMatchObject({ source: 'download' });
    const silent = { helm: { ...(table.helm as Tool), mayBeSilent: true as const } };
    expect(await findTool('helm', { ...ports, table: silent })).toEqual({ path: dev, version: null, source: 'path' });
    expect(ports.log.lines.at(-1)).toContain('of unknown version');
  });

  it('takes exactly the version that the project asks for', async () => {
    const { table } = await release();
    const ports = await world(table);
    await program(ports.bin, 'helm', 'helm v4.2.0');
    expect(await findTool('helm', ports, 'v4.2.0')).toMatchObject({ source: 'path', version: '4.2.0' });
    expect(await findTool('helm', ports, '4.3.0')).toMatchObject({ source: 'download', version: '4.3.0' });
    await expect(findTool('helm', ports, '2.17.0')).rejects.toMatchObject({ code: 'OR-TOOL-VERSION' });
    await expect(findTool('helm', ports, 'latest')).rejects.toMatchObject({ code: 'OR-TOOL-VERSION' });
  });
});

describe('findTool elsewhere', () => {
  it('downloads, verifies and unpacks, and finds it in the cache the next time', async () => {
    const { site: server, table } = await release();
    const ports = await world(table);
    const first = await findTool('helm', ports);
    expect(first).toMatchObject({ version: '4.3.0', source: 'download' });
    expect(execFileSync(first.path, { encoding: 'utf8' })).toBe('helm v4.3.0\n');
    expect(await findTool('helm', ports)).toEqual({ ...first, source: 'cache' });
    expect(server.requests).toEqual(['/helm-v4.3.0-linux-amd64.tar.gz']);
    expect(ports.log.lines).toEqual([
      `helm 4.3.0, downloaded and verified: ${first.path}`,
      `helm 4.3.0, from the tool cache: ${first.path}`,
    ]);
  });

  it('downloads a bare program under the names that a project uses', async () => {
    const bytes = script('4.3.0');
    const server = await site((_request, response) => response.end(bytes));
    const spelling = { linux: 'Linux', amd64: 'x86_64' };
    const url = `${server.url}/helm_{version}_{os}_{arch}`;
    const table = row(url, '', {
      download: { url, redirects: [], member: null, spelling, sha256: { 'linux/amd64': sha256(bytes) } },
    });
    const found = await findTool('helm', await world(table));
    expect(execFileSync(found.path, { encoding: 'utf8' })).toBe('helm v4.3.0\n');
    expect(server.requests).toEqual(['/helm_4.3.0_Linux_x86_64']);
  });

  it('stops at a wrong sum: nothing is unpacked, kept or built instead', async () => {
    const { site: server } = await release();
    const ports = await world(row(`${server.url}/helm.tar.gz`, sha256('the real one')));
    const go = await program(ports.bin, 'go', 'was called');
    vi.stubEnv('PATH', `${path.dirname(go)}:${process.env.PATH ?? ''}`);
    const run = vi.fn(exec);
    await expect(findTool('helm', { ...ports, exec: run })).rejects.toMatchObject({ code: 'OR-TOOL-CHECKSUM' });
    expect(run).not.toHaveBeenCalled();
    expect(await readdir(ports.home)).toEqual(['bin']);
  });

  it('stops at a redirect to another host', async () => {
    const { site: files, table } = await release();
    const front = await site((_request, response) => response.writeHead(302, { location: `${files.url}/x` }).end());
    const helm = table.helm as Tool;
    const ports = await world({ helm: { ...helm, download: { ...helm.download, url: front.url } } });
    await expect(findTool('helm', ports)).rejects.toMatchObject({ code: 'OR-TOOL-UNTRUSTED' });
  });

  it('stops at an archive with a path that leads out of it, although its sum is right', async () => {
    const evil = await tarball([
      { name: '../../evil', content: 'x' },
      { name: 'linux-amd64/helm', content: script('4.3.0') },
    ]);
    const server = await site((_request, response) => response.end(evil));
    const ports = await world(row(server.url, sha256(evil)));
    await expect(findTool('helm', ports)).rejects.toMatchObject({ code: 'OR-TOOL-ARCHIVE' });
    expect(ports.toolCache.find('helm', '4.3.0', process.arch)).toBeNull();
  });

  it('names the fix when there is neither a download nor a go', async () => {
    const ports = await world(row(nowhere, 'unused'));
    vi.stubEnv('PATH', ports.bin);
    await expect(findTool('helm', ports)).rejects.toMatchObject({
      code: 'OR-TOOL-MISSING',
      hint: expect.stringContaining('install helm, or go') as string,
    });
    expect(ports.log.lines.some((line) => line.includes('the download failed'))).toBe(true);
  });

  it('builds it with go install where the network gives nothing, for the major version that is asked for', async () => {
    const ports = await world(row(nowhere, 'unused'));
    const main = 'package main\n\nfunc main() { println("helm v4.3.0") }\n';
    await publishModule(path.join(ports.home, 'proxy'), 'example.com/helm/v4', '4.3.0', { 'cmd/helm/main.go': main });
    vi.stubEnv('GOPROXY', `file://${ports.home}/proxy`);
    vi.stubEnv('GOSUMDB', 'off');
    vi.stubEnv('GOMODCACHE', path.join(ports.home, 'modules'));
    // A project's flags must not leak into the build of a tool.
    vi.stubEnv('GOFLAGS', '-mod=vendor');
    const found = await findTool('helm', ports);
    expect(found).toMatchObject({ version: '4.3.0', source: 'go install' });
    expect(spawnSync(found.path, { encoding: 'utf8' }).stderr).toBe('helm v4.3.0\n');
    const info = execFileSync('go', ['version', '-m', found.path], { encoding: 'utf8' });
    expect(info).toContain('example.com/helm/v4\tv4.3.0');
    expect(info).toContain('-trimpath=true');
    expect(info).toContain('CGO_ENABLED=0');
    expect(await findTool('helm', ports)).toMatchObject({ source: 'cache' });

    // What go wrote into a program tells its version where the program does not know it.
    const silent = {
      helm: { ...(ports.table?.helm as Tool), mayBeSilent: true as const, ask: { args: [], pattern: /none/ } },
    };
    await rename(found.path, path.join(ports.bin, 'helm'));
    expect(await findTool('helm', { ...ports, table: silent })).toMatchObject({ source: 'path', version: '4.3.0' });

    vi.stubEnv('GOPROXY', `file://${ports.home}/empty`);
    await expect(findTool('helm', { ...ports, env: {} }, '4.4.0')).rejects.toMatchObject({ code: 'OR-TOOL-INSTALL' });
    execFileSync('chmod', ['-R', 'u+w', path.join(ports.home, 'modules')]);
  });
});

describe('createToolFinder', () => {
  it('looks once per tool and version, also for callers at the same time', async () => {
    const { site: server, table } = await release();
    const ports = await world(table);
    const find = createToolFinder(ports);
    const [first, second] = await Promise.all([find('helm'), find('helm')]);
    expect(second).toBe(first);
    expect(await find('helm')).toBe(first);
    expect(server.requests).toHaveLength(1);
    expect(ports.log.lines).toHaveLength(1);
    expect((await find('helm', '4.3.0')).source).toBe('cache');
  });
});
