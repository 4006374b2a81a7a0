import { readFile } from 'node:fs/promises';

export interface JunitReport {
  readonly total: number;
  readonly failures: readonly JunitFailure[];
}

export interface JunitFailure {
  readonly name: string;
  /** Of chainsaw: the test's folder, from the one it was started in. */
  readonly suite: string;
  readonly message: string;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decode(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      if (name === undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      return entities[name] ?? whole;
    },
  );
}

/** A section of literal text, or a tag that opens, with its attributes; values may hold ">". */
const markup = /<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;

/**
 * Tests and failures of a JUnit file as chainsaw writes it; a missing file has none. A failure's message is in its
 * attribute, its text, or both; the text tells more.
 */
export async function failuresOfJunit(file: string): Promise<JunitReport> {
  const xml = await readFile(file, 'utf8').catch(() => '');
  const failures: JunitFailure[] = [];
  let [total, suite, name, end] = [0, '', 'unnamed', 0];
  let open: { message: string; text: string } | null = null;
  for (const found of xml.matchAll(markup)) {
    const [whole, literal, closing, tag = '', attributes = '', empty] = found;
    if (open !== null) open.text += decode(xml.slice(end, found.index)) + (literal ?? '');
    end = found.index + whole.length;
    const attribute = (key: string): string =>
      decode(new RegExp(`\\s${key}\\s*=\\s*(["'])([\\s\\S]*?)\\1`).exec(attributes)?.[2] ?? '');
    if (tag === 'failure' || tag === 'error') {
      if (closing === '') open = { message: attribute('message'), text: '' };
      if ((closing === '/' || empty === '/') && open !== null) {
        failures.push({ name, suite, message: open.text.trim() || open.message });
        open = null;
      }
    } else if (closing === '' && tag === 'testsuite') suite = attribute('name');
    else if (closing === '' && tag === 'testcase') {
      total++;
      name = attribute('name') || 'unnamed';
    }
  }
  return { total, failures };
}
