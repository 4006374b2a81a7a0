import type { Place, Problem } from '../errors.ts';
import type { Paint } from './paint.ts';
import { oneLine, printableLines } from './text.ts';

/** Where docs/errors.md is to be found: a path or an address. */
export interface DocsPlace {
  readonly errorsPage: string;
}

/** A stage's tests can fail by the hundred; these many are shown in full. */
export const mostProblems = 20;

/** `file:line:column`. */
export function placeInWords({ file, line, column }: Place): string {
  return [file, ...(line === undefined ? [] : [line, ...(column === undefined ? [] : [column])])].join(':');
}

/** Address of the section on a code: `docs/errors.md#or-e2e-rollout`. */
export function docsOf(problemCode: string, docs: DocsPlace): string {
  return `${docs.errorsPage}#${problemCode.toLowerCase()}`;
}

/** The excerpt's lines without the empty ones around them. */
export function excerptLines(problem: Problem, most: number): string[] {
  const lines = printableLines(problem.excerpt ?? '');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return [];
  const text = lines.slice(first, lines.findLastIndex((line) => line.trim() !== '') + 1);
  return text.length <= most ? text : [`… ${text.length - most} lines before`, ...text.slice(-most)];
}

/** What belongs under the message of a problem: excerpt and hint, indented by two. */
export function underProblem(problem: Problem, paint: Paint): string[] {
  return [
    ...excerptLines(problem, 40).map((line) => `    ${line}`),
    ...(problem.hint === undefined ? [] : [paint.yellow(`  → ${oneLine(problem.hint)}`)]),
  ];
}

/** Problems that stand alone: those found before any stage began. */
export function renderProblems(problems: readonly Problem[], docs: DocsPlace, paint: Paint): string[] {
  return problems.flatMap((problem) => {
    const place = problem.at === undefined ? '' : `${oneLine(placeInWords(problem.at))}  `;
    return [
      `${paint.red('✗')} ${paint.bold(`${place}${oneLine(problem.message)}`)}`,
      ...underProblem(problem, paint),
      paint.dim(`  ${oneLine(`${problem.code} · ${docsOf(problem.code, docs)}`)}`),
    ];
  });
}
