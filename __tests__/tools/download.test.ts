import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { download } from '../../src/tools/download.ts';
import type { DownloadPorts } from '../../src/tools/download.ts';
import { scratch, sha256, site } from './fixtures.ts';

const body = Buffer.from('the program\n'.repeat(1000));

async function get(
  url: string,
  options: { redirects?: string[]; sha256?: string } & Partial<DownloadPorts> = {},
): Promise<string> {
  const target = path.join(await scratch(), 'file');
  const { redirects = [], sha256: sum = sha256(body), ...ports } = options;
  const sleep = (): Promise<void> => Promise.resolve();
  try {
    await download({ url, redirects, sha256: sum, target }, { fetch, log: new BufferLog(), sleep, ...ports });
  } catch (error) {
    await expect(access(target), 'nothing may be left behind').rejects.toThrow();
    throw error;
  }
  return target;
}

describe('download', () => {
  it('writes the file when its sum is the pinned one', async () => {
    const server = await site((_request, response) => response.end(body));
    expect(await readFile(await get(`${server.url}/tool`))).toEqual(body);
  });

  it('refuses other bytes, and names both sums', async () => {
    const server = await site((_request, response) => response.end('something else'));
    await expect(get(`${server.url}/tool`)).rejects.toMatchObject({
      code: 'OR-TOOL-CHECKSUM',
      message: expect.stringMatching(`${sha256('something else')}, not ${sha256(body)}`) as string,
    });
  });

  it.each([403, 404, 500])('fails for the status %i', async (status) => {
    const server = await site((_request, response) => response.writeHead(status).end('no'));
    await expect(get(`${server.url}/tool`)).rejects.toMatchObject({
      code: 'OR-TOOL-DOWNLOAD',
      message: expect.stringContaining(`HTTP status ${status}`) as string,
    });
  });

  it('fails for a body that ends early', async () => {
    const server = await site((_request, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 5000), () => response.destroy());
    });
    await expect(get(`${server.url}/tool`)).rejects.toMatchObject({ code: 'OR-TOOL-DOWNLOAD' });
  });

  it('tries again after a passing failure, from the start', async () => {
    let tries = 0;
    const server = await site((_request, response) => {
      tries += 1;
      if (tries === 1) response.writeHead(503).end();
      else if (tries === 2) response.write(body.subarray(0, 7000), () => response.destroy());
      else response.end(body);
    });
    expect(await readFile(await get(`${server.url}/tool`))).toEqual(body);
    expect(tries).toBe(3);
  });

  it('refuses a body that ends early without having said how long it is', async () => {
    const server = await site((_request, response) => response.end(body.subarray(0, 5000)));
    await expect(get(`${server.url}/tool`)).rejects.toMatchObject({ code: 'OR-TOOL-CHECKSUM' });
  });

  it('fails for a body without an end', async () => {
    const server = await site((_request, response) => {
      const more = (): void => void response.write(Buffer.alloc(65536), more);
      more();
    });
    await expect(get(`${server.url}/tool`, { maxBytes: 1e6 })).rejects.toThrow(/more than 1000000 bytes/);
  });

  it('fails for an answer that does not come', async () => {
    const server = await site(() => undefined);
    await expect(get(`${server.url}/tool`, { timeoutMs: 200 })).rejects.toThrow(/takes too long/);
  });

  it('fails where nobody listens', async () => {
    await expect(get('http://127.0.0.1:9/tool')).rejects.toMatchObject({ code: 'OR-TOOL-DOWNLOAD' });
  });

  it('follows a redirect to a host that is allowed, and to no other', async () => {
    const files = await site((_request, response) => response.end(body));
    const front = await site((_request, response) => response.writeHead(302, { location: `${files.url}/f` }).end());
    await get(`${front.url}/tool`, { redirects: [files.host] });
    expect(files.requests).toEqual(['/f']);
    await expect(get(`${front.url}/tool`)).rejects.toMatchObject({ code: 'OR-TOOL-UNTRUSTED' });
    expect(files.requests, 'the foreign host was not asked').toHaveLength(1);
  });

  it('gives up on redirects in a circle', async () => {
    const server = await site((_request, response) => response.writeHead(302, { location: '/again' }).end());
    await expect(get(`${server.url}/tool`)).rejects.toThrow(/redirects/);
    expect(server.requests.length).toBeLessThan(10);
  });

  it('refuses plain HTTP to anything but the loopback, before any request', async () => {
    const fetch = (): never => {
      throw new Error('a request was made');
    };
    await expect(get('http://tools.example.com/tool', { fetch })).rejects.toMatchObject({ code: 'OR-TOOL-UNTRUSTED' });
    await expect(get('ftp://tools.example.com/tool', { fetch })).rejects.toMatchObject({ code: 'OR-TOOL-UNTRUSTED' });
  });

  it('refuses to be led from HTTPS to HTTP', async () => {
    const fetch = (): Promise<Response> =>
      Promise.resolve(new Response(null, { status: 302, headers: { location: 'http://tools.example.com/tool' } }));
    await expect(get('https://tools.example.com/tool', { fetch })).rejects.toThrow(/leave HTTPS/);
  });

  it('ends with the reason of a cancel', async () => {
    const server = await site(() => undefined);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    setTimeout(() => controller.abort(reason), 50);
    await expect(get(`${server.url}/tool`, { signal: controller.signal })).rejects.toBe(reason);
  });
});
