import { readFile } from 'node:fs/promises';

export interface JunitReport {
  readonly total: number;
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name ?? ''] ?? whole;
  });
}

/** Tests and failures of a JUnit file as chainsaw writes it; a missing file has none. */
export async function failuresOfJunit(file: string): Promise<JunitReport> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const cases = text.split('<testcase').slice(1);
  const failures = cases.flatMap((body) => {
    const failure = /<failure[^>]*?(?:message="([^"]*)")?[^>]*>([\s\S]*?)<\/failure>/.exec(body);
    if (failure === null) return [];
    const name = decode(/\bname="([^"]*)"/.exec(body)?.[1] ?? 'unnamed');
    return [{ name, message: decode((failure[2] ?? '').trim() || (failure[1] ?? '')) }];
  });
  return { total: cases.length, failures };
}
