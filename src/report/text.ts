import { stripVTControlCharacters } from 'node:util';

/** What ends a line for the runner that reads our output (.NET `ReadLine`) and for terminals. */
const lineEnds = /\r\n|\r|\n/;

/** Control characters but the tab, and marks that turn the direction of text around. */
const unprintable = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Most text is of these: each its own column, and none acts on a terminal. */
const plain = /^[ -~]*$/;

/** One line of text from elsewhere, without escape sequences and other characters that would act on a terminal. */
export function printable(line: string): string {
  return plain.test(line) ? line : stripVTControlCharacters(line).replace(unprintable, '');
}

/** Text from elsewhere as printable lines. Of a progress bar that rewrites its line only the last state is kept. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => {
    const states = line.split('\r').filter((state) => state.trim() !== '');
    return printable(states.at(-1) ?? '');
  });
}

/** Text from elsewhere on a single line. */
export function oneLine(text: string): string {
  return text.split(lineEnds).map(printable).join(' ').replace(/\s+/g, ' ').trim();
}

/**
 * A line that the Actions runner shows as it is. The runner takes a line for a command when it starts with `::` after
 * white space, or holds `##[` anywhere (runner, `ActionCommand.cs`); a space inside both is seen and harmless.
 * Escaping beats `stop-commands`: act swallows every line that looks like a command while commands are stopped.
 */
export function inert(text: string): string {
  return text
    .split(lineEnds)
    .map((line) => line.replaceAll('##[', '## [').replace(/^([\s\u0085\p{Cf}]*):(?=:)/u, '$1: '))
    .join('\n');
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const zero = /[\p{Mn}\p{Me}\p{Cf}]/u;

function columnsOf(character: string): number {
  if (zero.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Columns that a line takes on a terminal. */
export function width(line: string): number {
  if (plain.test(line)) return line.length;
  let columns = 0;
  for (const character of line) columns += columnsOf(character);
  return columns;
}

/** The line cut to a number of columns; a cut is marked with `…`. */
export function cut(line: string, columns: number): string {
  if (width(line) <= columns) return line;
  let result = '';
  let used = 0;
  for (const character of line) {
    used += columnsOf(character);
    if (used > columns - 1) break;
    result += character;
  }
  return columns > 0 ? `${result}…` : '';
}

/** The line filled with spaces to a number of columns. */
export function pad(line: string, columns: number): string {
  return line + ' '.repeat(Math.max(0, columns - width(line)));
}

/** `a, b, c and 490 more`. */
export function list(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).join(', ');
  return names.length <= most ? shown : `${shown} and ${count(names.length - most)} more`;
}

/** Made once: it takes longer than all that it formats. */
const english = new Intl.NumberFormat('en-US');

/** `1,234`. */
export function count(number: number): string {
  return english.format(number);
}

/** `1 operator`, `1,234 operators`. */
export function many(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A digest short enough for a line: `sha256:81c0a1b2c3d4…`. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(sha\d+:[0-9a-f]{12})[0-9a-f]+$/, '$1…');
}

/** Values by key, in the order in which the keys come first. */
export function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const name = key(value);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  return groups;
}
