const weekday = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * `Retry-After` (RFC 9110, 10.2.3): whole seconds, or one of the three date forms.
 * Milliseconds from `now`, 0 for a moment that has passed, null for an absent or unreadable value.
 */
export function parseRetryAfter(value: string | null, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse alone reads almost anything as a date, "1.5" and "-3" too.
  if (text.length > 40 || !weekday.test(text)) return null;
  const moment = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}

/** Wait until a spent rate limit is filled again: `x-ratelimit-remaining: 0` with `x-ratelimit-reset` in epoch seconds. */
export function parseRateLimitReset(headers: Headers, now: number): number | null {
  const reset = headers.get('x-ratelimit-reset')?.trim() ?? '';
  if (headers.get('x-ratelimit-remaining')?.trim() !== '0' || !/^\d{1,12}$/.test(reset)) return null;
  return Math.max(0, Number(reset) * 1000 - now);
}
