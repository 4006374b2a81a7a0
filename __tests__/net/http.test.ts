import { openAsBlob } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { createHttp } from '../../src/net/http.ts';
import { freePort } from '../registry/real-registry.ts';
import { breakOff, quick, say, serve, truncated } from './server.ts';
import type { Server, Step } from './server.ts';

let running: Server[] = [];
const start = async (...steps: readonly Step[]): Promise<Server> => {
  const server = await serve(...steps);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
});

const get = (url: string): { method: string; url: string; repeat: 'always' } => ({
  method: 'GET',
  url,
  repeat: 'always',
});

describe('what is safe to repeat', () => {
  test.each([
    ['408', say(408)],
    ['425', say(425)],
    ['429', say(429)],
    ['500 with a page of HTML', say(500, '<html>')],
    ['502', say(502)],
    ['503', say(503)],
    ['522', say(522)],
    ['a broken connection', breakOff],
    ['a truncated body', truncated],
  ])('is repeated after %s', async (_, fault) => {
    const server = await start(fault, fault, say(200, '{"ok":true}'));
    const { http, log } = quick();
    const reply = await http.send(get(`${server.url}/a?token=secret`));
    expect(reply).toMatchObject({ status: 200, tries: 3 });
    expect(reply.json()).toEqual({ ok: true });
    expect(log.lines).toHaveLength(2);
    expect(log.lines.join()).not.toContain('secret');
  });

  test('sends a large body again from the start', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'blob-')), 'layer');
    await writeFile(file, Buffer.alloc(3_000_000, 'x'));
    const server = await start(breakOff, say(503), say(201));
    const body = await openAsBlob(file);
    const reply = await quick().http.send({ method: 'PUT', url: server.url, body, repeat: 'always' });
    expect(reply.status).toBe(201);
    expect(server.requests.map((request) => request.body.length)).toEqual([3_000_000, 3_000_000, 3_000_000]);
  });

  test('hands back the last reply when the tries are used up', async () => {
    const server = await start(say(503, 'down'));
    const reply = await quick().http.send(get(server.url));
    expect([reply.status, reply.text(), reply.tries]).toEqual([503, 'down', 8]);
    expect(server.requests).toHaveLength(8);
  });

  test('says that nobody answers', async () => {
    const port = await freePort();
    const { http, log } = quick();
    await expect(http.send(get(`http://127.0.0.1:${port}/x?secret`))).rejects.toMatchObject({
      code: 'OR-NET-UNREACHABLE',
      message: expect.stringMatching(/^GET 127\.0\.0\.1:\d+\/x: .*ECONNREFUSED/) as unknown,
    });
    expect(log.lines).toHaveLength(8);
  });

  test('says it sooner where nothing would be gained by waiting, but waits for one that answers', async () => {
    const { http, log } = quick({ unansweredTries: 2 });
    const nobody = http.send(get(`http://127.0.0.1:${await freePort()}`));
    await expect(nobody).rejects.toMatchObject({ code: 'OR-NET-UNREACHABLE' });
    expect(log.lines).toHaveLength(2);
    const server = await start(say(503), say(503), say(503), say(200, 'up'));
    expect((await http.send(get(server.url))).tries).toBe(4);
  });
});

describe('a write that may not be sent twice', () => {
  const post = (url: string): { method: string; url: string; body: string; repeat: 'when-refused' } => ({
    method: 'POST',
    url,
    body: '{}',
    repeat: 'when-refused',
  });

  test.each([
    ['429', say(429)],
    ['425', say(425)],
    ['a secondary limit', say(403, '{"message":"You have exceeded a secondary rate limit."}')],
    ['a spent limit', say(403, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' })],
  ])('is sent again after %s', async (_, fault) => {
    const server = await start(fault, say(201));
    expect((await quick().http.send(post(server.url))).status).toBe(201);
    expect(server.requests).toHaveLength(2);
  });

  test.each([408, 500, 502, 503])('is handed back after %d', async (status) => {
    const server = await start(say(status), say(201));
    expect((await quick().http.send(post(server.url))).status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test('fails when the connection breaks: it may have been carried out', async () => {
    const server = await start(breakOff, say(201));
    await expect(quick().http.send(post(server.url))).rejects.toMatchObject({ code: 'OR-NET-UNREACHABLE' });
    expect(server.requests).toHaveLength(1);
  });

  test('is sent again when nobody listened', async () => {
    const { http, waits } = quick();
    await expect(http.send(post(`http://127.0.0.1:${await freePort()}`))).rejects.toMatchObject({
      code: 'OR-NET-UNREACHABLE',
    });
    expect(waits).toHaveLength(7);
  });
});

describe('waits', () => {
  test('follow Retry-After and the minute of a secondary limit', async () => {
    const server = await start(say(429, '', { 'retry-after': '11' }), say(403, 'secondary rate limit'), say(200));
    const { http, waits } = quick();
    await http.send(get(server.url));
    expect(waits).toEqual([11_000, 120_000]);
  });

  test('give up at once when the limit resets after the budget', async () => {
    const server = await start(say(403, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9999999999' }));
    const { http, waits, log } = quick();
    expect((await http.send(get(server.url))).status).toBe(403);
    expect(waits).toEqual([]);
    expect(log.lines[0]).toMatch(/given up, \d+\.\d s to wait are more than the 900\.0 s/);
  });
});

describe('redirects', () => {
  test('leave the credentials at home', async () => {
    const other = await start(say(200, 'blob'));
    const home = await start(say(307, '', { location: `${other.url}/blob?sig=1` }));
    const reply = await quick().http.send({ ...get(home.url), headers: { authorization: 'Bearer secret' } });
    expect([reply.text(), reply.url]).toEqual(['blob', `${other.url}/blob?sig=1`]);
    expect(home.requests[0]?.headers.authorization).toBe('Bearer secret');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('send the body again within the host', async () => {
    const server = await start(say(308, '', { location: '/new' }), say(201));
    const reply = await quick().http.send({ method: 'POST', url: server.url, body: 'text', repeat: 'when-refused' });
    expect(reply.status).toBe(201);
    expect(server.requests[1]).toMatchObject({ method: 'POST', url: '/new', body: Buffer.from('text') });
  });

  test('end', async () => {
    const server = await start(say(302, '', { location: '/again' }));
    await expect(quick().http.send(get(server.url))).rejects.toMatchObject({ code: 'OR-NET-REDIRECT' });
    expect(server.requests).toHaveLength(6);
  });

  test('are handed back on request', async () => {
    const server = await start(say(302, '', { location: '/again' }));
    expect((await quick().http.send({ ...get(server.url), redirects: 'return' })).status).toBe(302);
  });
});

describe('bounds', () => {
  test('a longer reply is an error, and not asked for again', async () => {
    const server = await start(say(200, 'x'.repeat(101)));
    const { http } = quick();
    await expect(http.send({ ...get(server.url), maxBytes: 100 })).rejects.toMatchObject({ code: 'OR-NET-TOO-LARGE' });
    expect(server.requests).toHaveLength(1);
    expect((await http.send({ ...get(server.url), maxBytes: 101 })).body).toHaveLength(101);
  });

  test('a limit is that of what was asked for: a long page of an error is asked again', async () => {
    const page = `<html>${'x'.repeat(20_000)}</html>`;
    const server = await start(say(502, page), say(503, page), say(200, 'x'.repeat(100)));
    const reply = await quick().http.send({ ...get(server.url), maxBytes: 100 });
    expect(reply).toMatchObject({ status: 200, tries: 3 });
  });

  test('a refusal that is longer than what was asked for is read', async () => {
    const words = JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'x'.repeat(200) }] });
    const server = await start(say(401, words, { 'www-authenticate': 'Basic realm="r"' }));
    const reply = await quick().http.send({ ...get(server.url), maxBytes: 100 });
    expect(reply.status).toBe(401);
    expect(reply.text()).toBe(words);
  });

  test('an endless page of an error is cut, its status stands', async () => {
    const endless: Step = (out) => {
      out.writeHead(404);
      const more = (): void => {
        while (!out.destroyed && out.write('x'.repeat(65_536)));
        if (!out.destroyed) out.once('drain', more);
      };
      more();
    };
    const server = await start(endless);
    const reply = await quick().http.send(get(server.url));
    expect(reply.status).toBe(404);
    expect(reply.body).toHaveLength(256 * 1024);
  });

  test('a silent server is left and asked again', async () => {
    const silent: Step = () => undefined;
    const halted: Step = (out) => void out.writeHead(200, { 'content-length': '10' }).write('01');
    const server = await start(silent, halted, say(200, 'here'));
    const { http, log } = quick();
    expect((await http.send({ ...get(server.url), timeoutMs: 60 })).text()).toBe('here');
    expect(log.lines.every((line) => line.includes('no answer in time'))).toBe(true);
  });

  test('a body that is not JSON is no crash', async () => {
    const server = await start(say(200, '<html>'));
    const reply = await quick().http.send(get(server.url));
    expect(() => reply.json()).toThrow(expect.objectContaining({ code: 'OR-NET-REPLY' }) as Error);
  });
});

describe('a sink', () => {
  test('gets the bytes of a good reply, again from the start after a break', async () => {
    const server = await start(truncated, say(200, 'whole'));
    const tries: string[] = [];
    const reply = await quick().http.send({
      ...get(server.url),
      sink: async (chunks) => {
        const at = tries.push('') - 1;
        for await (const chunk of chunks) tries[at] = `${tries[at] ?? ''}${Buffer.from(chunk).toString()}`;
      },
    });
    expect(tries).toEqual(['01234', 'whole']);
    expect(reply.body).toHaveLength(0);
  });

  test('may fail by itself, which no retry hides', async () => {
    const server = await start(say(200, 'whole'));
    const sink = (): Promise<void> => Promise.reject(Object.assign(new Error('disk full'), { code: 'ENOSPC' }));
    await expect(quick().http.send({ ...get(server.url), sink })).rejects.toThrow('disk full');
    expect(server.requests).toHaveLength(1);
  });

  test('does not get the body of an error', async () => {
    const server = await start(say(404, 'gone'));
    const sink = (): Promise<void> => Promise.reject(new Error('called'));
    expect((await quick().http.send({ ...get(server.url), sink })).text()).toBe('gone');
  });
});

describe('an abort', () => {
  test('ends a wait at once', async () => {
    const server = await start(say(429, '', { 'retry-after': '600' }));
    const controller = new AbortController();
    const http = createHttp({ log: new BufferLog(), signal: controller.signal });
    const started = Date.now();
    setTimeout(() => controller.abort(new Error('cancelled')), 30);
    await expect(http.send(get(server.url))).rejects.toThrow('cancelled');
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test('ends a request that is under way, and starts no other', async () => {
    const server = await start(() => undefined);
    const controller = new AbortController();
    const { http } = quick();
    setTimeout(() => controller.abort(new Error('cancelled')), 30);
    const request = { ...get(server.url), signal: controller.signal };
    await expect(http.send(request)).rejects.toThrow('cancelled');
    await expect(http.send(request)).rejects.toThrow('cancelled');
    expect(server.requests).toHaveLength(1);
  });
});
