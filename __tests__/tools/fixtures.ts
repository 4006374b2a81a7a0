import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { onTestFinished } from 'vitest';
import { ownerOf } from '../../src/tools/owner.ts';

export type Entry =
  | { readonly name: string; readonly content: string | Buffer }
  | {
      readonly name: string;
      readonly type: 'symlink' | 'link' | 'character-device' | 'fifo';
      readonly linkname?: string;
    };

/** A `.tar.gz`, with whatever names and types the test asks for. */
export async function tarball(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const entry of entries) {
    if ('content' in entry) tar.entry({ name: entry.name, mode: 0o644 }, entry.content);
    else tar.entry({ name: entry.name, type: entry.type, linkname: entry.linkname ?? '/etc/passwd' });
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** An empty folder that is gone after the test. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'operator-release-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A program that prints a line and ends. */
export async function program(folder: string, name: string, prints: string, exitCode = 0): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\ncat <<'END'\n${prints}\nEND\nexit ${exitCode}\n`);
  await chmod(file, 0o755);
  return file;
}

export interface Site {
  readonly url: string;
  readonly host: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
}

/** A real HTTP server on the loopback for the time of the test. */
export async function site(listener: RequestListener): Promise<Site> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, requests };
}

/** The mark of a process that was killed. */
export async function killedOwner(): Promise<string> {
  const child = spawn('sleep', ['60']);
  const owner = await ownerOf(child.pid ?? 0);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return owner;
}
