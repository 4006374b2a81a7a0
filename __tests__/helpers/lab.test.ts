import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { lacking, maySkip, requires } from './lab.ts';

let bin: string;
beforeAll(async () => {
  bin = await mkdtemp(join(tmpdir(), 'bin-'));
  await writeFile(join(bin, 'helm'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(bin, 'crane'), 'not a program', { mode: 0o644 });
  await writeFile(join(bin, 'kind'), '#!/bin/sh\n', { mode: 0o755 });
});
afterAll(() => rm(bin, { recursive: true }));

/** A Docker client whose `info` and `buildx` are these lines of a shell. */
const docker = (info: string, buildx: string): Promise<void> =>
  writeFile(join(bin, 'docker'), `#!/bin/sh\nif [ "$1" = info ]; then ${info}; else ${buildx}; fi\n`, { mode: 0o755 });

describe('lacking', () => {
  it('finds programs on PATH, and names each that is missing once', () => {
    expect(lacking(['helm'], { PATH: `/nowhere${delimiter}${bin}` })).toEqual([]);
    expect(lacking(['helm', 'crane', 'ko', 'ko'], { PATH: bin })).toEqual(['no crane on PATH', 'no ko on PATH']);
    expect(lacking(['helm'], {})).toEqual(['no helm on PATH']);
  });

  it('wants an engine that answers for docker, buildx and kind', async () => {
    await docker('exit 1', 'echo v0.30.1');
    expect(lacking(['docker', 'buildx', 'kind'], { PATH: bin })).toEqual(['no Docker engine answers']);
    await docker('echo', 'echo v0.30.1');
    expect(lacking(['kind'], { PATH: bin })).toEqual(['no Docker engine answers']);
    await docker('echo 28.2.2', 'exit 1');
    expect(lacking(['docker', 'buildx', 'kind'], { PATH: bin })).toEqual(['Docker has no buildx plugin']);
    await docker('echo 28.2.2', 'echo v0.30.1');
    expect(lacking(['docker', 'buildx', 'kind'], { PATH: bin })).toEqual([]);
  });

  it('knows envtest by its variable', () => {
    expect(lacking(['envtest'], {})).toEqual(['no KUBEBUILDER_ASSETS for envtest']);
    expect(lacking(['envtest'], { KUBEBUILDER_ASSETS: '/envtest' })).toEqual([]);
  });
});

describe('requires', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('says in the title why tests are left out', () => {
    vi.stubEnv('PATH', bin).stubEnv('CI', '');
    expect(requires('helm')).toEqual({ missing: [], note: '' });
    expect(requires('helm', 'ko')).toEqual({ missing: ['no ko on PATH'], note: ' (left out: no ko on PATH)' });
  });

  it('throws in CI with the lab', () => {
    vi.stubEnv('PATH', bin).stubEnv('CI', 'true').stubEnv('LAB_HOME', '/lab');
    expect(requires('helm').missing).toEqual([]);
    expect(() => requires('helm', 'ko')).toThrow('no ko on PATH; with the lab nothing may be left out');
  });

  it('leaves out elsewhere', () => {
    expect(maySkip({ CI: 'true', LAB_HOME: '/lab' })).toBe(false);
    expect(maySkip({ CI: 'true' })).toBe(true);
    expect(maySkip({ LAB_HOME: '/lab' })).toBe(true);
  });
});
