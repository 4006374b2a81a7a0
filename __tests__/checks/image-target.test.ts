import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCleanup, tearDown } from '../../src/engine/cleanup.ts';
import { buildWithBuildx } from '../../src/image/buildx.ts';
import { hostPlatform } from '../../src/image/platform.ts';
import { BufferLog } from '../../src/log.ts';
import { readLayout } from '../../src/registry/layout.ts';
import type { StageHost } from '../../src/stages/types.ts';
import { exec } from '../../src/tools/exec.ts';
import { requires } from '../helpers/lab.ts';
import { repository } from './bench.ts';

const lab = requires('buildx');
const root = repository({
  Dockerfile: 'FROM scratch AS first\nCOPY a /a\nFROM scratch AS second\nCOPY missing /b\n',
  a: 'a',
});

describe.skipIf(lab.missing.length > 0)(`the target of an image${lab.note}`, { timeout: 300_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'operator-release-target-'));
  const log = new BufferLog();
  const cleanup = createCleanup(() => undefined);
  afterAll(async () => {
    await tearDown(cleanup.resources(), exec, log);
    rmSync(scratch, { recursive: true, force: true });
  });
  const host = {
    root,
    scratch,
    log,
    signal: new AbortController().signal,
    progress: () => undefined,
    ports: { exec, cleanup },
    run: (tool: string, args: readonly string[], given = {}) => exec(tool, args, { cwd: root, log, ...given }),
  } as unknown as StageHost;
  const build = async (target: string | null): Promise<number> => {
    const layout = join(scratch, String(target));
    const request = { context: '.', target, platforms: [hostPlatform()], buildArgs: {}, labels: {}, seconds: 1 };
    await buildWithBuildx(host, request, 'Dockerfile', layout);
    return (await readLayout(layout)).platforms.length;
  };

  it('is the stage that is built, and the last one without it', async () => {
    expect(await build('First')).toBe(1);
    await expect(build(null)).rejects.toMatchObject({ code: 'OR-IMAGE-SOURCE' });
  });
});
