import { Problem } from '../errors.ts';
import { printUrl } from '../net/hosts.ts';
import type { HttpReply } from '../net/types.ts';

const again = 'nothing has got a public name by this; run the job again when the service answers';

/** The problem behind a reply of Fulcio or Rekor that is not what was asked for. */
export function refusal(reply: HttpReply, service: string, what: string): Problem {
  const said = words(reply);
  const why = `${printUrl(reply.url)} answered ${reply.status}${said === '' ? '' : `: ${said}`}`;
  if (reply.status === 408 || reply.status === 429 || reply.status >= 499) {
    return new Problem('OR-SIGN-UNREACHABLE', `${service} does not ${what}: ${why}, ${reply.tries} tries`, {
      hint: again,
    });
  }
  return new Problem('OR-SIGN-REFUSED', `${service} refuses to ${what}: ${why}`, {
    hint: `see that the configuration's sign names the address of a ${service} that takes GitHub's identities`,
  });
}

export function unreadable(service: string, why: string): Problem {
  return new Problem('OR-SIGN-CONTENT', `the answer of ${service} cannot be used: ${why}`, {
    hint: `see that the configuration's sign names the address of a ${service}, not of something before it`,
  });
}

/** What the service says of itself, in one line. */
function words(reply: HttpReply): string {
  let text = reply.text();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
      text = body.message;
    }
  } catch {
    // A page of a proxy; its text is what there is.
  }
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .slice(0, 200)
    .trim();
}
