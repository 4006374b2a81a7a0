import { describe, expect, test } from 'vitest';
import { nextHop } from '../../src/net/redirect.ts';
import type { Hop } from '../../src/net/redirect.ts';

const hop = (method: string, url = 'https://api.example.com/repos/a'): Hop => ({
  method,
  url: new URL(url),
  headers: { Authorization: 'Bearer secret', cookie: 'a=secret', accept: 'application/json' },
  withBody: method !== 'GET',
});

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('%d keeps the method, and the credentials within the origin', (status) => {
    const next = nextHop(hop('POST'), status, '/repos/b?x=1');
    expect(next).toMatchObject({ method: 'POST', withBody: true });
    expect(next?.url.href).toBe('https://api.example.com/repos/b?x=1');
    expect(next?.headers).toEqual(hop('POST').headers);
  });

  test('303 makes it a GET without the body', () => {
    expect(nextHop(hop('POST'), 303, '/b')).toMatchObject({ method: 'GET', withBody: false });
  });

  test.each([
    'https://cdn.example.com/b',
    'https://api.example.com:8443/b',
    'https://api.example.com.evil.example/b',
    'http://127.0.0.1:80/b',
  ])('to %s loses the credentials', (location) => {
    expect(nextHop(hop('GET'), 307, location)?.headers).toEqual({ accept: 'application/json' });
  });

  test('does not send the user name that it names', () => {
    expect(nextHop(hop('GET'), 307, 'https://octo:secret@cdn.example.com/b')?.url.href).toBe(
      'https://cdn.example.com/b',
    );
  });

  test.each([
    ['GET', 'http://api.example.com/b', 'not https'],
    ['GET', 'ftp://api.example.com/b', 'not https'],
    ['GET', 'file:///etc/passwd', 'not https'],
    ['GET', 'https://[', 'no URL'],
    ['PUT', 'https://cdn.example.com/b', 'another host'],
    ['DELETE', 'https://cdn.example.com/b', 'another host'],
  ])('of a %s to %s is refused: %s', (method, location, why) => {
    expect(() => nextHop(hop(method), 307, location)).toThrow(why);
  });

  test.each([
    [200, '/b'],
    [304, '/b'],
    [300, '/b'],
    [301, null],
  ])('%d with location %j is none', (status, location) => {
    expect(nextHop(hop('GET'), status, location)).toBeNull();
  });
});
