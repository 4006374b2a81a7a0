import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { skippingWaits } from './process.ts';

const folder = mkdtempSync(join(tmpdir(), 'preload-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program with the preload; gives what it prints as JSON, and the seconds that it really took. */
async function run(program: string): Promise<{ said: unknown; seconds: number }> {
  const file = join(folder, 'program.mjs');
  // Into a file, as process.ts does it: a pipe would count as something open.
  const output = join(folder, 'output');
  const print = `writeFileSync(${JSON.stringify(output)}, JSON.stringify(said));`;
  writeFileSync(file, `import { writeFileSync } from 'node:fs';\n${program}\n${print}\n`);
  const start = performance.now();
  const env = { ...process.env, ...skippingWaits.env };
  await once(spawn(process.execPath, [...skippingWaits.arguments, file], { env, stdio: 'ignore' }), 'exit');
  return { said: JSON.parse(readFileSync(output, 'utf8')) as unknown, seconds: (performance.now() - start) / 1000 };
}

describe('a process whose waits are skipped', () => {
  it('comes to the end of every kind of wait at once, and its clocks agree', async () => {
    const { said, seconds } = await run(`
      import { scheduler, setTimeout as wait } from 'node:timers/promises';
      import { setTimeout as fromTimers } from 'node:timers';
      import { promisify } from 'node:util';
      const [date, high] = [Date.now(), performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      await new Promise((resolve) => fromTimers(resolve, 60_000));
      await wait(60_000);
      await promisify(setTimeout)(60_000);
      await scheduler.wait(60_000);
      let ticks = 0;
      await new Promise((resolve) => {
        const interval = setInterval(() => {
          if (++ticks < 10) return;
          clearInterval(interval);
          resolve();
        }, 1000);
      });
      const said = { date: new Date() - date, high: performance.now() - high, ticks };
    `);
    expect(seconds).toBeLessThan(20);
    const { date, high, ticks } = said as { date: number; high: number; ticks: number };
    expect(ticks).toBe(10);
    expect(date).toBeGreaterThanOrEqual(310_000);
    expect(date).toBeLessThan(330_000);
    expect(Math.abs(date - high)).toBeLessThan(1000);
  });

  it('keeps the order of timers, and what was cleared or aborted stays so', async () => {
    const { said } = await run(`
      import { setTimeout as wait } from 'node:timers/promises';
      const said = [];
      setTimeout(() => said.push('third'), 3000);
      setTimeout(() => said.push('first'), 1000);
      clearTimeout(setTimeout(() => said.push('cleared'), 1500));
      clearTimeout(Number(setTimeout(() => said.push('cleared by number'), 1600)));
      setTimeout(() => said.push('second'), 2000).unref();
      const controller = new AbortController();
      setTimeout(() => controller.abort('enough'), 500);
      await wait(100_000, null, { signal: controller.signal }).catch((error) => said.push(error.name + ' ' + error.cause));
      await wait(4000);
    `);
    expect(said).toEqual(['AbortError enough', 'first', 'second', 'third']);
  });

  it('waits in real time for the thread pool, which tells nothing of its work', async () => {
    const { said } = await run(`
      import { pbkdf2 } from 'node:crypto';
      import { promisify } from 'node:util';
      import { gzip } from 'node:zlib';
      let early = false;
      const limit = setTimeout(() => { early = true; }, 300_000);
      await promisify(pbkdf2)('password', 'salt', 500_000, 64, 'sha512');
      await promisify(gzip)(Buffer.alloc(30_000_000, 'a chart'), { level: 9 });
      clearTimeout(limit);
      const said = { early };
    `);
    expect(said).toEqual({ early: false });
  });

  it('waits in real time for an answer, a child, and keeps a time limit on them', async () => {
    const server = createServer((_, response) => void setTimeout(() => response.end('late'), 400)).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const { said } = await run(`
      import { execFileSync, execFile } from 'node:child_process';
      import { promisify } from 'node:util';
      let early = false;
      const limit = setTimeout(() => { early = true; }, 5000);
      const reply = await fetch('http://127.0.0.1:${(server.address() as AddressInfo).port}/');
      const text = await reply.text();
      await promisify(execFile)('sleep', ['0.3']);
      clearTimeout(limit);
      const said = { text, early };
    `);
    server.close();
    expect(said).toEqual({ text: 'late', early: false });
  });
});
