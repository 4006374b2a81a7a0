import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { useProxy } from '../../src/net/proxy.ts';
import { client } from '../registry/helpers.ts';
import { quick, say, serve } from './server.ts';
import type { Server as Answers } from './server.ts';

const before = getGlobalDispatcher();
const variables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'];

let target: Answers;
let proxy: Server;
let proxyUrl: string;
/** `host:port <Proxy-Authorization>` of every tunnel that was asked for. */
let tunnels: string[];

/** A proxy that leads every name to the one server there is, since the names are nobody's. */
beforeEach(async () => {
  target = await serve(say(200, 'through'), say(200, 'through'));
  tunnels = [];
  proxy = createServer();
  proxy.on('connect', ({ url, headers }, socket) => {
    tunnels.push(`${url ?? ''} ${headers['proxy-authorization'] ?? ''}`.trim());
    const { hostname, port } = new URL(target.url);
    const out = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      out.pipe(socket).pipe(out);
    });
    out.on('error', () => socket.destroy());
    socket.on('error', () => out.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxyUrl = `http://127.0.0.1:${address.port}`;
  for (const name of variables) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  setGlobalDispatcher(before);
  proxy.closeAllConnections();
  proxy.close();
  await target.stop();
});

const get = async (url: string): Promise<string> => {
  const reply = await quick().http.send({ method: 'GET', url, repeat: 'always' });
  return reply.text();
};

describe('the proxy of the environment', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('of %s is used for a host that only it knows', async (name) => {
    vi.stubEnv(name, proxyUrl.replace('//', '//me:secret@'));
    useProxy(process.env);
    expect(await get('http://registry.invalid:8080/v2/')).toBe('through');
    expect(tunnels).toEqual([`registry.invalid:8080 Basic ${Buffer.from('me:secret').toString('base64')}`]);
  });

  test('of HTTPS_PROXY is used for https, by the registry client, too', async () => {
    vi.stubEnv('HTTPS_PROXY', proxyUrl);
    useProxy(process.env);
    // The server behind speaks no TLS: that the tunnel was asked for is all there is to see.
    await expect(client().registry.headManifest('registry.invalid/acme/op', 'v1')).rejects.toMatchObject({
      code: 'OR-REGISTRY-UNREACHABLE',
    });
    expect(new Set(tunnels)).toEqual(new Set(['registry.invalid:443']));
  });

  test('is left out for the hosts of NO_PROXY, and when there is none', async () => {
    useProxy(process.env);
    expect(getGlobalDispatcher()).toBe(before);
    vi.stubEnv('HTTP_PROXY', proxyUrl);
    vi.stubEnv('NO_PROXY', 'localhost,127.0.0.1');
    useProxy(process.env);
    expect(getGlobalDispatcher()).not.toBe(before);
    expect(await get(target.url)).toBe('through');
    expect(tunnels).toEqual([]);
  });
});
