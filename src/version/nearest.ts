/**
 * The candidate that is a likely misspelling's right form: at most two edits away, and at most one edit per three
 * characters. Case does not count. Null when none is that close; the first one when several are.
 */
export function nearest<T>(text: string, candidates: readonly T[], spelling: (candidate: T) => string): T | null {
  const wanted = text.toLowerCase();
  let best: T | null = null;
  let fewest = 3;
  for (const candidate of candidates) {
    const name = spelling(candidate).toLowerCase();
    const allowed = Math.min(fewest - 1, Math.floor(Math.max(name.length, wanted.length) / 3));
    if (Math.abs(name.length - wanted.length) > allowed) continue;
    const distance = edits(wanted, name);
    if (distance > allowed) continue;
    best = candidate;
    fewest = distance;
  }
  return best;
}

/** Edits by which `a` becomes `b`: one letter put in, left out, replaced, or two neighbours swapped. */
function edits(a: string, b: string): number {
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line++) {
    const next = [line];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1] ? above[column - 2] : undefined;
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (swapped ?? Infinity) + 1));
    }
    [above, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
