import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mkdir, writeFile } from 'node:fs/promises';
import { BufferLog } from '../../src/log.ts';
import { exec } from '../../src/tools/exec.ts';
import { envtestAssets, goEnvironment } from '../../src/tools/go.ts';
import { program, scratch } from './fixtures.ts';

describe('goEnvironment', () => {
  it('tells the toolchain, its caches and the workspace of a folder', async () => {
    const folder = await scratch();
    await mkdir(path.join(folder, 'operators/a'), { recursive: true });
    await writeFile(path.join(folder, 'operators/a/go.mod'), 'module example.com/a\n\ngo 1.21\n');
    const alone = await goEnvironment(exec, path.join(folder, 'operators/a'));
    expect(alone.version).toMatch(/^\d+\.\d+/);
    expect([alone.os, alone.arch]).toEqual([process.platform, process.arch === 'x64' ? 'amd64' : process.arch]);
    expect(path.isAbsolute(alone.moduleCache) && path.isAbsolute(alone.buildCache)).toBe(true);
    expect(alone.workspace).toBeNull();
    await writeFile(path.join(folder, 'go.work'), 'go 1.21\n\nuse ./operators/a\n');
    const { workspace } = await goEnvironment(exec, path.join(folder, 'operators/a'));
    expect(workspace).toBe(path.join(folder, 'go.work'));
  });
});

describe('envtestAssets', () => {
  async function assets(folder: string, names: readonly string[]): Promise<string> {
    await mkdir(folder, { recursive: true });
    for (const name of names) await program(folder, name, name);
    return folder;
  }
  const unexpected = (): Promise<string> => Promise.reject(new Error('setup-envtest is not needed'));

  it('takes KUBEBUILDER_ASSETS when both programs are there', async () => {
    const set = await assets(await scratch(), ['kube-apiserver', 'etcd']);
    const request = {
      exec,
      findTool: unexpected,
      log: new BufferLog(),
      env: { KUBEBUILDER_ASSETS: set },
      kubernetes: null,
    };
    expect(await envtestAssets(request)).toBe(set);
  });

  it('asks setup-envtest for the version otherwise, and says why', async () => {
    const folder = await scratch();
    const half = await assets(path.join(folder, 'half'), ['etcd']);
    const full = await assets(path.join(folder, '1.34.1-linux-amd64'), ['kube-apiserver', 'etcd', 'kubectl']);
    const tool = path.join(folder, 'setup-envtest');
    await writeFile(tool, `#!/bin/sh\necho "$@" > ${folder}/asked\necho ${full}\n`, { mode: 0o755 });
    const log = new BufferLog();
    const request = {
      exec,
      findTool: () => Promise.resolve(tool),
      log,
      env: { KUBEBUILDER_ASSETS: half },
      kubernetes: '1.34',
    };
    expect(await envtestAssets(request)).toBe(full);
    expect(log.lines).toEqual([`warning: KUBEBUILDER_ASSETS is ${half}, but there is no kube-apiserver: not used`]);
    const { stdout } = await exec('cat', [`${folder}/asked`]);
    expect(stdout).toBe('use 1.34 -p path\n');
  });

  it('refuses a folder of setup-envtest that lacks a program', async () => {
    const folder = await scratch();
    const tool = await program(folder, 'setup-envtest', path.join(folder, 'gone'));
    const request = { exec, findTool: () => Promise.resolve(tool), log: new BufferLog(), env: {}, kubernetes: null };
    await expect(envtestAssets(request)).rejects.toMatchObject({
      code: 'OR-ENVTEST-ASSETS',
      message: expect.stringContaining('no kube-apiserver and no etcd') as string,
    });
  });
});
