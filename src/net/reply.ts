import { Problem } from '../errors.ts';
import { printUrl } from './hosts.ts';
import type { HttpReply } from './types.ts';

/** A reply whose body has been read. */
export function reply(
  head: { readonly status: number; readonly headers: Headers },
  url: URL,
  body: Buffer,
  tries: number,
): HttpReply {
  return {
    status: head.status,
    headers: head.headers,
    url: url.href,
    body,
    tries,
    text: () => body.toString('utf8'),
    json: () => {
      try {
        return JSON.parse(body.toString('utf8')) as unknown;
      } catch (error) {
        throw new Problem('OR-NET-REPLY', `${printUrl(url)} answered ${head.status} with something that is not JSON`, {
          cause: error,
        });
      }
    },
  };
}
