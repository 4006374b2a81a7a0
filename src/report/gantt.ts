import type { Outcome } from '../engine/outcome.ts';
import { many } from './text.ts';
import type { Verdict } from './verdict.ts';

/** More bars than these nobody can read, and Mermaid refuses texts above 50,000 characters. */
const mostBars = 120;
/** Times of day stand for times since the start, so a longer run has no picture. */
const longestMs = 23 * 3_600_000;

/** Letters, digits, spaces and `-._`: nothing that Mermaid reads as more than a name. */
function plainName(text: string): string {
  const name = text
    .replace(/[^\p{L}\p{N}._-]+/gu, ' ')
    .trim()
    .slice(0, 40);
  return name === '' ? 'unnamed' : name;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * Milliseconds since the start as a time of day. Seconds since 1970 would be shown in the reader's time zone, which is
 * wrong where that is not a whole number of hours from UTC.
 */
function timeOfDay(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
}

const tags: Partial<Record<Outcome['state'], string>> = { done: 'done, ', failed: 'crit, ', cancelled: 'active, ' };

/** What ran when, as the lines of a Mermaid Gantt diagram, and a note on what it leaves out; null when it says nothing. */
export function gantt(
  verdicts: readonly Verdict[],
): { readonly lines: readonly string[]; readonly note: string } | null {
  const ran = verdicts
    .map(({ operator, outcomes }) => ({
      name: operator.name,
      bars: outcomes.filter((outcome) => tags[outcome.state] !== undefined && outcome.ms > 0),
    }))
    .filter(({ bars }) => bars.length > 0);
  const ends = ran.flatMap(({ bars }) => bars.map((bar) => bar.startMs + bar.ms));
  const end = ends.reduce((a, b) => Math.max(a, b), 0);
  if (ends.length < 2 || end > longestMs) return null;
  // Among several operators only what took its time is worth a bar.
  const shortest = ran.length > 1 ? end * 0.02 : 0;
  const worthShowing = ran.map(({ name, bars }) => ({ name, bars: bars.filter((bar) => bar.ms >= shortest) }));
  let room = mostBars;
  const shown = worthShowing.filter(({ bars }) => bars.length > 0 && (room -= bars.length) >= 0);
  const lines = [
    'gantt',
    '  dateFormat HH:mm:ss',
    `  axisFormat ${end >= 3_600_000 ? '%H:%M' : '%M:%S'}`,
    '  todayMarker off',
    ...shown.flatMap(({ name, bars }) => [
      `  section ${plainName(name)}`,
      ...bars.map((bar) => {
        const seconds = Math.max(1, Math.round(bar.ms / 1000));
        return `  ${plainName(bar.stage)} :${tags[bar.state] ?? ''}${timeOfDay(bar.startMs)}, ${seconds}s`;
      }),
    ]),
  ];
  const left = ran.length - shown.length;
  return { lines, note: left > 0 ? `without ${many(left, 'more operator')}` : '' };
}
