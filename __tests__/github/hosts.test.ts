import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { mayHaveToken, onlyGitHub } from '../../src/github/hosts.ts';
import { ensureRelease } from '../../src/github/release.ts';
import { setUp, wish } from './bench.ts';

describe('mayHaveToken', () => {
  it.each([
    ['https://api.github.com', 'https://api.github.com/x', true],
    ['https://api.github.com', 'https://uploads.github.com/x', true],
    ['https://api.github.com', 'http://api.github.com/x', false],
    ['https://api.github.com', 'https://uploads.github.com.evil.example/x', false],
    ['https://api.github.com', 'https://evil.example/api.github.com', false],
    ['https://api.github.com', 'https://uploads.github.com:8443/x', false],
    ['https://api.octo.ghe.com', 'https://uploads.octo.ghe.com/x', true],
    ['https://ghes.example/api/v3', 'https://ghes.example/api/uploads/x', true],
    ['https://ghes.example/api/v3', 'https://uploads.ghes.example/x', false],
    ['http://127.0.0.1:1000', 'http://127.0.0.1:2000/x', true],
    ['http://127.0.0.1:1000', 'http://example.com/x', false],
  ])('of %s at %s: %s', (api, url, allowed) => {
    expect(mayHaveToken(new URL(api), new URL(url))).toBe(allowed);
  });
});

it('refuses what the API points to before anything is sent', async () => {
  let sent = 0;
  const fetch = onlyGitHub(() => {
    sent++;
    return Promise.resolve(new Response());
  }, 'https://api.github.com');
  await expect(fetch('https://evil.example/next?page=2')).rejects.toMatchObject({ code: 'OR-GITHUB-HOST' });
  await fetch('https://uploads.github.com/x');
  expect(sent).toBe(1);
});

it('sends the token neither to the storage nor along a redirect', async () => {
  const seen: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json').end('[]');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/elsewhere`;
  const bench = await setUp();
  bench.standIn.faults.add({
    match: { operation: 'repos/list-releases' },
    kind: 'status',
    status: 302,
    headers: { location },
  });
  await ensureRelease(bench.client(), wish());
  expect(seen).toEqual([undefined]);
  // The stand-in's storage makes a violation of a request with credentials.
  expect(bench.standIn.violations).toEqual([]);
  await bench.close();
  other.close();
});

it('says no secret in its log and errors', async () => {
  const bench = await setUp({ tokens: { 'very-secret': 'read' } });
  const error: unknown = await ensureRelease(bench.client('very-secret'), wish()).catch((e: unknown) => e);
  expect(`${String(error)}\n${bench.log.lines.join('\n')}`).not.toContain('very-secret');
  await bench.close();
});
