import { Problem } from '../errors.ts';

/** A secret, and the user name that it is sent with, if there is one. */
export interface Secret {
  readonly value: string;
  readonly user?: string;
}

export type Mask = (text: string) => string;

const stars = '***';
/** A shorter text is no secret, and hiding it would spoil every line; also keeps a masked text from growing. */
const shortest = 3;
/** Lines of a secret of several lines count from here: the braces of a JSON key are no secret. */
const shortestLine = 8;

/** Every form in which the secret may turn up in an output. */
function formsOf(secret: Secret): string[] {
  const base64 = (text: string): string[] => {
    const standard = Buffer.from(text, 'utf8').toString('base64');
    return [standard, standard.replace(/=+$/, ''), Buffer.from(text, 'utf8').toString('base64url')];
  };
  const { value, user } = secret;
  const lines = value.split(/\r\n|\r|\n/).filter((line) => line.trim().length >= shortestLine);
  const encoded = encodeUri(value);
  return [
    value,
    value.trim(),
    ...(/[\r\n]/.test(value) ? [...lines, ...lines.map((line) => line.trim())] : []),
    JSON.stringify(value).slice(1, -1),
    ...base64(value),
    ...(user === undefined ? [] : base64(`${user}:${value}`)),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    new URLSearchParams({ '': value }).toString().slice(1),
  ];
}

/** `encodeURIComponent` throws on half a surrogate pair. */
function encodeUri(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

const unmasked: Mask = (text) => text;

/**
 * Makes what replaces every given secret by `***` in a text: as it is, in base64 (alone and as `user:secret`, as HTTP
 * Basic sends it), percent-encoded and in JSON. Where two overlap nothing of either is left. The result is never
 * longer than the text.
 */
export function createMask(secrets: readonly Secret[]): Mask {
  const forms = [...new Set(secrets.filter(({ value }) => value.trim() !== '').flatMap(formsOf))].filter(
    (form) => form.trim().length >= shortest,
  );
  if (forms.length === 0) return unmasked;
  return (text) => {
    const found: [start: number, end: number][] = [];
    for (const form of forms) {
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) found.push([at, at + form.length]);
    }
    if (found.length === 0) return text;
    found.sort((a, b) => a[0] - b[0]);
    let result = '';
    let shown = 0;
    let [start, end] = found[0] ?? [0, 0];
    for (const [nextStart, nextEnd] of found) {
      if (nextStart > end) {
        result += text.slice(shown, start) + stars;
        shown = end;
        start = nextStart;
        end = nextEnd;
      } else {
        end = Math.max(end, nextEnd);
      }
    }
    return result + text.slice(shown, start) + stars + text.slice(end);
  };
}

/**
 * The same value with every text in it masked. Renderers escape text, which would hide a secret from a mask that comes
 * after them: so plan and result are masked before, and what is written once more after. What holds no secret is not
 * copied: the plan of a large repository is read several times.
 */
export function maskAll<T>(value: T, mask: Mask): T {
  return mask === unmasked ? value : (masked(value, mask) as T);
}

function masked(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => masked(item, mask));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (value instanceof Problem) {
    const { code, message, hint, at, excerpt } = value;
    return new Problem(code, mask(message), masked(present({ hint, at, excerpt }), mask) as object);
  }
  const entries = Object.entries(value).map(([key, item]): [string, unknown, boolean] => {
    const safe = masked(item, mask);
    return [key, safe, safe === item];
  });
  return entries.every(([, , isSame]) => isSame)
    ? value
    : Object.fromEntries(entries.map(([key, safe]) => [key, safe]));
}

/** Without the keys that hold nothing. */
function present(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
