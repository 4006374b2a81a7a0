import { describe, expect, test } from 'vitest';
import { isInside, isLoopback, printUrl } from '../../src/net/hosts.ts';

describe('where a host is', () => {
  test.each([
    ['localhost', true, true],
    ['registry.localhost', true, true],
    ['127.0.0.1', true, true],
    ['127.255.0.9', true, true],
    ['[::1]', true, true],
    ['[::ffff:127.0.0.1]', true, true],
    ['10.1.2.3', false, true],
    ['172.31.0.1', false, true],
    ['172.32.0.1', false, false],
    ['192.168.0.1', false, true],
    ['169.254.169.254', false, true],
    ['100.64.0.1', false, true],
    ['0.0.0.0', false, true],
    ['[fd00::1]', false, true],
    ['[fe80::1]', false, true],
    ['[::ffff:10.0.0.1]', false, true],
    ['8.8.8.8', false, false],
    ['[2001:db8::1]', false, false],
    ['registry.example.com', false, false],
    ['localhost.example.com', false, false],
    ['127.0.0.1.example.com', false, false],
  ])('%s: loopback %s, inside %s', (host, loopback, inside) => {
    // As a URL gives it, so that 0x7f.1 and the like are written out.
    const { hostname } = new URL(`http://${host}`);
    expect([isLoopback(hostname), isInside(hostname)]).toEqual([loopback, inside]);
  });

  test.each(['http://0x7f.1/', 'http://2130706433/', 'http://017700000001/'])('%s is loopback in disguise', (url) => {
    expect(isLoopback(new URL(url).hostname)).toBe(true);
  });
});

test('a printed URL has neither credentials nor query', () => {
  expect(printUrl('https://octo:secret@example.com:8443/a/b?token=secret#secret')).toBe('example.com:8443/a/b');
});
