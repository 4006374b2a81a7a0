import { Problem } from '../errors.ts';
import { attempt } from './attempt.ts';
import { createBackoff } from './backoff.ts';
import type { BackoffOptions, Pause } from './backoff.ts';
import { classify } from './classify.ts';
import { printUrl } from './hosts.ts';
import type { Fetch, Http, HttpReply, HttpRequest, Verdict } from './types.ts';

export interface HttpOptions extends BackoffOptions {
  readonly fetch?: Fetch;
  /** Tries where nobody answers at all (unknown name, nobody listens); default as for every failure. */
  readonly unansweredTries?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

function pauseOf(verdict: Verdict): Pause {
  return {
    ...(verdict.waitMs === undefined ? {} : { waitMs: verdict.waitMs }),
    ...(verdict.firstMs === undefined ? {} : { firstMs: verdict.firstMs }),
    ...(verdict.tries === undefined ? {} : { tries: verdict.tries }),
  };
}

/** The client for every request of this program: one retry policy, one budget, one line per retry, bounded replies. */
export function createHttp(options: HttpOptions): Http {
  const { fetch = globalThis.fetch, clock = Date.now } = options;
  const backoff = createBackoff(options);

  async function send(request: HttpRequest): Promise<HttpReply> {
    const signals = [options.signal, request.signal].filter((signal) => signal !== undefined);
    const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
    const what = `${request.method} ${printUrl(request.url)}`;
    for (let tries = 1; ; tries += 1) {
      const result = await attempt(fetch, request, signals, tries);
      if ('reply' in result) {
        const verdict = (request.classify ?? classify)(result.reply, clock());
        if (verdict === null || (request.repeat === 'when-refused' && !verdict.refused)) return result.reply;
        if (!(await backoff(what, verdict.why, tries, pauseOf(verdict), signal))) return result.reply;
        continue;
      }
      const { failure } = result;
      const repeatable = failure.passing && (request.repeat === 'always' || failure.unsent);
      const fewer = [failure.tries, failure.unsent ? options.unansweredTries : undefined].filter(
        (n) => n !== undefined,
      );
      const pause = fewer.length === 0 ? {} : { tries: Math.min(...fewer) };
      if (repeatable && (await backoff(what, failure.why, tries, pause, signal))) continue;
      throw new Problem('OR-NET-UNREACHABLE', `${what}: ${failure.why}`, {
        hint: 'see that the host is reachable from this machine; a re-run goes on where this one stopped',
        cause: failure.cause,
      });
    }
  }

  return { send, backoff, signal: options.signal };
}
