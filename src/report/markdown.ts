import { oneLine, printableLines } from './text.ts';

/** Zero-width space: breaks a mention, which GitHub looks for in the finished page, where a backslash is gone. */
const gap = '\u200b';

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/**
 * Data as words of a sentence: one line, no markup, no HTML, no mention, no formula. Every character is replaced on its
 * own, so that the result is safe wherever it stands but at the start of a line.
 */
export function prose(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<|~&]/g, '\\$&')
    .replaceAll('$', '<span>$</span>')
    .replaceAll('@', `@${gap}`);
}

/** Data as text between HTML tags. */
function html(text: string): string {
  return oneLine(text).replace(/[^\p{L}\p{N} ./+,;()-]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Data as a code span, unchanged but for white space. Not for a table's cell: see `codeCell`. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const ticks = '`'.repeat(longestRun(line) + 1);
  return /^`|`$/.test(line) ? `${ticks} ${line} ${ticks}` : ticks + line + ticks;
}

/**
 * Data as code in a table's cell. A pipe ends a cell even inside a code span, and Markdown parsers disagree on what a
 * backslash before it does; entities leave them nothing to disagree on.
 */
export function codeCell(text: string): string {
  return /[|\\]/.test(text) ? `<code>${html(text)}</code>` : code(text);
}

/** Lines as a code block that no line inside can end. */
export function fence(lines: readonly string[], language = ''): string {
  const body = lines.flatMap(printableLines).join('\n');
  const ticks = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${ticks}${language}\n${body}\n${ticks}`;
}

/** Rows of cells that are Markdown already; a cell with a line end would end its row, so there is none. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/\s+/g, ' ')).join(' | ')} |`;
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

/** A link when the address is one of the web, else the text alone. */
export function link(text: string, address: string): string {
  if (!URL.canParse(address)) return prose(text);
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return prose(text);
  // `href` is percent-encoded but for these.
  const target = url.href.replace(/[()|\\<>`*_[\]@]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `[${prose(text)}](${target})`;
}

/** A part that opens with a click. `body` is Markdown. */
export function foldable(title: string, body: string): string {
  return `<details><summary>${html(title)}</summary>\n\n${body}\n\n</details>`;
}

/**
 * Lines that a stage wrote as Markdown, kept from acting on what follows them: HTML is shown as text, mentions are
 * broken, and a code block that was left open is closed. Each line stays a line (two spaces at its end).
 */
export function contained(lines: readonly string[]): string {
  const result: string[] = [];
  let open: string | undefined;
  for (const line of lines.flatMap(printableLines)) {
    if (open === undefined) {
      open = /^(`{3,}(?=[^`]*$)|~{3,})/.exec(line)?.[1];
      result.push(open === undefined && line.trim() !== '' ? `${harmless(line)}  ` : line);
    } else {
      result.push(line);
      if (/^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1]?.startsWith(open) === true) open = undefined;
    }
  }
  if (open !== undefined) result.push(open);
  return result.join('\n');
}

/** A line that opens neither HTML, nor code that goes on below it, nor a block of code inside a list. */
function harmless(line: string): string {
  const parts = line.split(/((?<!`)(`+)(?!`).*?(?<!`)\2(?!`))/);
  return parts
    .map((part, index) => {
      // Entities, as a backslash may stand before the character already.
      if (index % 3 === 0) {
        const text = part.replaceAll('<', '&lt;').replaceAll('`', '&#96;').replaceAll('~~~', '&#126;&#126;&#126;');
        return text.replaceAll('@', `@${gap}`);
      }
      if (index % 3 === 2) return '';
      const ticks = parts[index + 1]?.length ?? 0;
      return `<code>${html(part.slice(ticks, -ticks))}</code>`;
    })
    .join('');
}

/** Bytes in UTF-8, which is what GitHub's limits count. */
export function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
