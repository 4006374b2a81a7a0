import { getOctokit } from '@actions/github';
import { afterEach, expect, test } from 'vitest';
import { toFetch } from '../../src/net/to-fetch.ts';
import { quick, say, serve } from './server.ts';
import type { Server, Step } from './server.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };
let server: Server | undefined;
const start = async (...steps: readonly Step[]): Promise<Server> => (server = await serve(...steps));
afterEach(async () => server?.stop());

const octokit = (url: string): ReturnType<typeof getOctokit> =>
  getOctokit('token', { baseUrl: url, request: { fetch: toFetch(quick().http) } });

test('octokit reads through it, with retries', async () => {
  const { url, requests } = await start(say(502, '<html>'), say(200, '{"name":"op"}', json));
  const { data, url: from } = await octokit(url).rest.repos.get({ owner: 'o', repo: 'op' });
  expect(data.name).toBe('op');
  expect(from).toBe(`${url}/repos/o/op`);
  expect(requests.map(({ headers }) => headers.authorization)).toEqual(['token token', 'token token']);
});

test('octokit writes through it, once', async () => {
  const { url, requests } = await start(say(502, 'lost'), say(201, '{}', json));
  const create = octokit(url).rest.repos.createRelease({ owner: 'o', repo: 'op', tag_name: 'v1' });
  await expect(create).rejects.toMatchObject({ status: 502 });
  expect(requests).toHaveLength(1);
});

test('a refused write is sent again', async () => {
  const { url, requests } = await start(say(429), say(201, '{"id":7}', json));
  const { data } = await octokit(url).rest.repos.createRelease({ owner: 'o', repo: 'op', tag_name: 'v1' });
  expect(data.id).toBe(7);
  expect(requests.map(({ body }) => body.toString())).toEqual(['{"tag_name":"v1"}', '{"tag_name":"v1"}']);
});

test('takes bytes of every kind, no stream', async () => {
  const { url, requests } = await start(say(200));
  const fetch = toFetch(quick().http);
  const bytes = new TextEncoder().encode('abc');
  for (const body of ['abc', bytes, bytes.buffer, new Blob(['abc']), Buffer.from('abc')]) {
    await fetch(url, { method: 'POST', body });
  }
  expect(requests.map(({ body }) => body.toString())).toEqual(['abc', 'abc', 'abc', 'abc', 'abc']);
  await expect(fetch(url, { method: 'POST', body: new Blob(['abc']).stream() })).rejects.toThrow(
    'string, bytes or a Blob',
  );
});

test.each([204, 304])('%d has no body', async (status) => {
  const { url } = await start(say(status));
  const response = await toFetch(quick().http)(url);
  expect([response.status, response.body, await response.text()]).toEqual([status, null, '']);
});
