function parts(ms: number): { hours: number; minutes: number; seconds: number } {
  const total = Math.max(0, Math.round(ms / 1000));
  return { hours: Math.floor(total / 3600), minutes: Math.floor(total / 60) % 60, seconds: total % 60 };
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** Milliseconds as `0:41`, `12:05`, `1:02:03`. */
export function clock(ms: number): string {
  const { hours, minutes, seconds } = parts(ms);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Milliseconds since the start of a run, in a fixed width: `03:12`, `1:03:12`. */
export function stopwatch(ms: number): string {
  return clock(ms).padStart(5, '0');
}

/** Milliseconds in words: `0.4 s`, `41 s`, `6 min 31 s`, `14 min`, `1 h 2 min`. */
export function inWords(ms: number): string {
  if (ms > 0 && ms < 950) return `${Math.max(0.1, Math.round(ms / 100) / 10)} s`;
  const { hours, minutes, seconds } = parts(ms);
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return seconds > 0 ? `${minutes} min ${seconds} s` : `${minutes} min`;
  return `${seconds} s`;
}
