import { doesNotCompile } from '../checks/compile-errors.ts';
import type { Finding, Outcome } from '../engine/outcome.ts';
import { command } from './commands.ts';
import type { Paint } from './paint.ts';
import { placeInWords } from './problem-text.ts';
import { many, oneLine, printableLines } from './text.ts';

type Level = Finding['level'];

const levels: readonly Level[] = ['error', 'warning', 'notice'];

/** GitHub keeps this many annotations of each level from one step. */
const mostPerLevel = 10;

export interface Annotations {
  readonly shown: readonly Finding[];
  /** How many of each level are left out. */
  readonly left: Readonly<Record<Level, number>>;
}

/** All that has a place in a file: the stages' findings, and the problems that made them fail. */
export function findingsOf(outcomes: readonly Outcome[]): Finding[] {
  return outcomes.flatMap((outcome) => {
    const problems = outcome.state === 'failed' ? outcome.problems : [];
    return [
      ...outcome.findings,
      ...problems.flatMap(({ at, message, hint, code }): Finding[] =>
        at === undefined
          ? []
          : [{ level: 'error', at, title: code, message: hint === undefined ? message : `${message}\n${hint}` }],
      ),
    ];
  });
}

/**
 * Each finding once, at most ten of a level. `reserved` errors are kept free for other errors of the same step: the line
 * of `setFailed` counts as one, and GitHub drops what comes last.
 */
export function selectAnnotations(findings: readonly Finding[], reserved: number): Annotations {
  const unique = uniqueOf(findings);
  const left = { error: 0, warning: 0, notice: 0 };
  const shown = levels.flatMap((level) => {
    const most = level === 'error' ? mostPerLevel - reserved : mostPerLevel;
    const ofLevel = unique.filter((finding) => finding.level === level);
    left[level] = Math.max(0, ofLevel.length - most);
    return ofLevel.slice(0, most);
  });
  return { shown, left };
}

/** Annotations as workflow commands, and a line that counts those that are left out. */
export function annotationsForActions(annotations: Annotations): string[] {
  const commands = annotations.shown.map(({ level, message, title, at }) =>
    command(
      level,
      { file: at?.file, line: at?.line, col: at?.column, title: oneLine(title ?? '') },
      printableLines(message).join('\n'),
    ),
  );
  const rest = restLine(annotations);
  return rest === '' ? commands : [...commands, rest];
}

/** Annotations as `file:line:column  message`; a terminal shows them all. */
export function findingsForTerminal(findings: readonly Finding[], paint: Paint): string[] {
  const brush = { error: paint.red, warning: paint.yellow, notice: paint.cyan };
  return uniqueOf(findings).map(({ level, message, title, at }) => {
    const words = [title, message].filter((text) => text !== undefined && text !== '').join(': ');
    const place = at === undefined ? '' : `${oneLine(placeInWords(at))}  `;
    return `${place}${brush[level](level)}  ${oneLine(words)}`;
  });
}

/** Stages may see the same line twice: lint and verify, or a module that two operators share. */
function uniqueOf(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ level, message, title, at }) => {
    const what = title === doesNotCompile ? title : oneLine(message);
    const key = JSON.stringify([level, at?.file, at?.line, at?.column, what]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function restLine({ left }: Annotations): string {
  const counts = levels.filter((level) => left[level] > 0).map((level) => many(left[level], `more ${level}`));
  if (counts.length === 0) return '';
  return `${counts.join(', ')} without an annotation (GitHub shows ${mostPerLevel} of a level); see the logs of the stages`;
}
