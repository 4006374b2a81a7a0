import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bodyLimit, cutLines, hasMarker, mergeBody, releaseMarker, sameBody } from '../../src/github/body.ts';

const marker = releaseMarker('keystone', 'keystone/v1.2.3');
const more = 'https://example.com/compare';
const merge = (existing: string | null, generated: string): string => mergeBody(existing, marker, generated, more);

it('says the same when it is merged again, also after the web editor made CRLF of it', () => {
  fc.assert(
    fc.property(fc.option(fc.string({ unit: 'binary' })), fc.string({ unit: 'grapheme' }), (existing, generated) => {
      const once = merge(existing, generated);
      expect(hasMarker(once, marker)).toBe(true);
      expect(sameBody(once, merge(once, generated))).toBe(true);
      expect(sameBody(once, merge(once.replaceAll('\n', '\r\n'), generated))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

it('puts new text in place of the old and keeps what surrounds it', () => {
  const first = merge(null, 'one');
  const edited = `Hello\n\n${first}\n\nBye`;
  expect(merge(edited, 'two')).toBe(`Hello\n\n${first.replace('\none\n', '\ntwo\n')}\n\nBye`);
});

it('is never longer than GitHub takes, whatever people wrote', () => {
  const line = `- ${'x'.repeat(98)}\n`;
  const body = merge('By hand.', line.repeat(2000));
  expect(body.length).toBeLessThanOrEqual(bodyLimit);
  expect(body.length).toBeGreaterThan(bodyLimit - 300);
  expect(body).toMatch(/^By hand\.\n/);
  expect(body).toContain(`x\n\n…and more: ${more}\n<!-- operator-release:end -->`);
  expect(
    body
      .split('\n')
      .filter((l) => l.startsWith('- x'))
      .every((l) => l.length === 100),
  ).toBe(true);
});

it('closes a block of code that it cuts', () => {
  const cut = cutLines('```sh\naaa\nbbb\nccc\n```\nend', 30, 'u');
  expect(cut.match(/^```/gm)).toHaveLength(2);
  expect(cut.length).toBeLessThanOrEqual(30);
});

it('is found by operator and tag, and no name ends its comment', () => {
  expect(marker).toBe('<!-- operator-release: keystone keystone/v1.2.3 -->');
  expect(releaseMarker('a--> <b>', 'v1')).toBe('<!-- operator-release: a-b v1 -->');
});
