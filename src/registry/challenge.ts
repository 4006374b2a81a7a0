/** One way in that a 401 offers: `Bearer realm="…",service="…"`. Names in lower case, the first of equal names counts. */
export interface Challenge {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

const longest = 8 * 1024;
const tokenCharacter = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/;
/** More than the grammar allows: a URL without its quotes is still read whole. */
const bareCharacter = /[^\s,"]/;
/** `token68` of RFC 9110, as in `Negotiate YII=`. */
const token68Character = /[A-Za-z0-9\-._~+/=]/;

/** Walks over a text; every step moves forward, so the time is linear in its length. */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(): string {
    return this.#text.charAt(this.#at);
  }

  next(): void {
    this.#at += 1;
  }

  take(character: RegExp): string {
    const start = this.#at;
    while (!this.done && character.test(this.peek())) this.#at += 1;
    return this.#text.slice(start, this.#at);
  }

  quoted(): string {
    let value = '';
    for (this.#at += 1; !this.done && this.peek() !== '"'; this.#at += 1) {
      if (this.peek() === '\\') this.#at += 1;
      value += this.peek();
    }
    this.#at += 1;
    return value;
  }
}

/** `WWW-Authenticate` (RFC 9110, 11.6.1), also several challenges in one value. What is not understood is left out. */
export function parseChallenges(header: string | null): Challenge[] {
  const found: { scheme: string; params: Map<string, string> }[] = [];
  if (header === null || header.length > longest) return found;
  const cursor = new Cursor(header);
  while (!cursor.done) {
    cursor.take(/[\s,]/);
    const name = cursor.take(tokenCharacter).toLowerCase();
    if (name === '') {
      cursor.next();
      continue;
    }
    cursor.take(/[ \t]/);
    if (cursor.peek() !== '=') {
      found.push({ scheme: name, params: new Map() });
      continue;
    }
    cursor.next();
    if (cursor.peek() === '=') {
      cursor.take(token68Character);
      continue;
    }
    cursor.take(/[ \t]/);
    const value = cursor.peek() === '"' ? cursor.quoted() : cursor.take(bareCharacter);
    const params = found.at(-1)?.params;
    if (params !== undefined && !params.has(name)) params.set(name, value);
  }
  return found;
}
