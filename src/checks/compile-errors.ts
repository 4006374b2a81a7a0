import type { Finding } from '../engine/outcome.ts';
import { placeInWords } from '../report/problem-text.ts';

/** What Go's compiler, loader and vet write of each error: `./file.go:12:3: message`, more of it indented below. */
const error = /^(?:vet: )?(?:\.\/)?([^\s:]+\.go):(\d+)(?::(\d+))?: (.+)$/;

/** Title of a finding that is an error of the compiler: every tool that loads the code meets it, in words of its own. */
export const doesNotCompile = 'does not compile';

/**
 * The errors in what Go wrote on code that it cannot compile, each once; files as Go names them.
 */
export function compileErrors(output: string): readonly Finding[] {
  const found = new Map<string, { message: string; at: { file: string; line: number; column?: number } }>();
  let last: { message: string } | undefined;
  for (const line of output.split('\n')) {
    const match = error.exec(line);
    if (match === null) {
      if (last !== undefined && /^\t/.test(line)) last.message += `\n${line.trim()}`;
      else last = undefined;
      continue;
    }
    const [, file = '', row, column, message = ''] = match;
    const at = { file, line: Number(row), ...(column === undefined ? {} : { column: Number(column) }) };
    const key = `${file}:${row ?? ''}:${message}`;
    const known = found.get(key);
    last = known === undefined ? { message } : undefined;
    if (last !== undefined) found.set(key, Object.assign(last, { at }));
  }
  return [...found.values()].map((each) => ({ level: 'error', title: doesNotCompile, ...each }));
}

/** An error as the compiler shows it, on one line. */
export function lineOf({ at, message }: Finding): string {
  const place = at === undefined ? '' : `${placeInWords(at)}: `;
  return `${place}${message.replace(/\n/g, ' ')}`;
}
