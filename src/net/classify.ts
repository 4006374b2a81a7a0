import { parseRateLimitReset, parseRetryAfter } from './retry-after.ts';
import type { Classify } from './types.ts';

/** GitHub asks for at least a minute where a secondary limit carries no header. */
const secondaryWaitMs = 60_000;
/** Words of GitHub's and GHCR's 403 for a rate limit; GHCR wraps them into `denied: permission_denied: ...`. */
const limitWords = /rate limit|temporarily blocked from content creation|abuse detection/i;
const wordsWithin = 16 * 1024;

/**
 * Which replies call for another try: 408, 425, 429, 499, 5xx, and the 403 that is a rate limit.
 * Only 425, 429 and that 403 say that nothing was done.
 */
export const classify: Classify = (reply, now) => {
  const { status, headers } = reply;
  const asked = parseRetryAfter(headers.get('retry-after'), now);
  const reset = parseRateLimitReset(headers, now);
  const wait = asked ?? reset;
  const pause = wait === null ? {} : { waitMs: wait };

  if (status === 425 || status === 429) {
    const secondary = wait === null && /secondary rate limit/i.test(reply.text().slice(0, wordsWithin));
    return {
      why: status === 429 ? '429, too many requests' : '425, too early',
      refused: true,
      ...(secondary ? { firstMs: secondaryWaitMs } : pause),
    };
  }
  if (status === 403) {
    const limited = wait !== null || limitWords.test(reply.text().slice(0, wordsWithin));
    if (!limited) return null;
    return { why: '403, rate limit', refused: true, ...(wait === null ? { firstMs: secondaryWaitMs } : pause) };
  }
  if (status === 408 || status === 499 || status >= 500) {
    return { why: `answered ${status}`, refused: false, ...pause };
  }
  return null;
};
