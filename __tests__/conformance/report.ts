import type { Verdict } from './suite.ts';

/** A verdict for the terminal: a line, and one for each finding and note. */
export function lines({ row, findings, notes, seconds }: Verdict, number: number): string {
  const line = `${findings.length === 0 ? '✓' : '✗'} ${String(number).padStart(2)}  ${row.name}  (${seconds.toFixed(1)} s)`;
  return [line, ...findings, ...notes.map((note) => `(${note})`)].join('\n        ');
}

export function count(verdicts: readonly Verdict[]): string {
  return `${verdicts.filter(({ findings }) => findings.length === 0).length} of ${verdicts.length}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The rows and how they ended, as a table in Markdown. */
export function table(verdicts: readonly Verdict[], first = 1): string {
  const body = verdicts.map(({ row, findings }, at) => {
    const result = findings.length === 0 ? '✓' : `✗ ${findings.join('; ')}`;
    return [String(at + first), row.name, row.expected, result];
  });
  const rows = [['#', 'What happens', 'What must come of it', 'Result'], ['---', '---', '---', '---'], ...body];
  return rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

const begin = '<!-- result:begin (npm run conformance writes this part) -->';
const end = '<!-- result:end -->';

/** The document with the generated part put in place of the one before. Throws when it has no place for it. */
export function putResult(document: string, result: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no part between ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${result}\n\n${document.slice(to)}`;
}
