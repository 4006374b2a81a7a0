import { describe, expect, test } from 'vitest';
import { classify } from '../../src/net/classify.ts';
import { reply } from '../../src/net/reply.ts';

const now = 1_800_000_000_000;
const answer = (status: number, body = '', headers: Record<string, string> = {}): ReturnType<typeof reply> =>
  reply({ status, headers: new Headers(headers) }, new URL('https://example.com/x'), Buffer.from(body), 1);

const secondary =
  '{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}';
const wrapped =
  '{"errors":[{"code":"DENIED","message":"permission_denied: Error from intermediary with HTTP status code 403 \\"Forbidden\\" - with-body: You have exceeded a secondary rate limit."}]}';

describe('a reply', () => {
  test.each([200, 201, 202, 304, 400, 401, 404, 409, 416, 422])('%d stands', (status) => {
    expect(classify(answer(status, secondary, { 'retry-after': '5' }), now)).toBeNull();
  });

  test.each([408, 499, 500, 502, 503, 504, 522])('%d may have been carried out', (status) => {
    expect(classify(answer(status), now)).toMatchObject({ refused: false });
  });

  test.each([425, 429])('%d was not carried out', (status) => {
    expect(classify(answer(status), now)).toMatchObject({ refused: true });
  });

  test.each([
    ['429 with seconds', answer(429, '', { 'retry-after': '9' }), { refused: true, waitMs: 9_000 }],
    ['503 with seconds', answer(503, '', { 'retry-after': '9' }), { refused: false, waitMs: 9_000 }],
    [
      '403, primary limit',
      answer(403, '', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 30) }),
      { refused: true, waitMs: 30_000 },
    ],
    [
      '403, secondary limit with seconds',
      answer(403, secondary, { 'retry-after': '4' }),
      { refused: true, waitMs: 4_000 },
    ],
    ['403, secondary limit without', answer(403, secondary), { refused: true, firstMs: 60_000 }],
    [
      '403, secondary limit, garbage',
      answer(403, secondary, { 'retry-after': 'soon' }),
      { refused: true, firstMs: 60_000 },
    ],
    ['403, as GHCR wraps it', answer(403, wrapped), { refused: true, firstMs: 60_000 }],
    [
      '403, content creation',
      answer(403, 'You have been temporarily blocked from content creation.'),
      { firstMs: 60_000 },
    ],
    ['429, secondary limit without', answer(429, secondary), { refused: true, firstMs: 60_000 }],
  ])('%s', (_, given, wanted) => {
    expect(classify(given, now)).toMatchObject(wanted);
  });

  test.each([
    ['a missing right', '{"message":"Resource not accessible by integration"}'],
    ['a refused package', '{"errors":[{"code":"DENIED","message":"permission_denied: write_package"}]}'],
    ['no words', ''],
  ])('403 for %s stands', (_, body) => {
    expect(classify(answer(403, body, { 'x-ratelimit-remaining': '4999' }), now)).toBeNull();
  });
});
