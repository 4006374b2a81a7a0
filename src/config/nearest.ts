import { nearest as nearestOf } from '../version/nearest.ts';

/** The known name that a misspelt one most likely stands for; `_` counts as `-`. Undefined when none is near. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const fold = (text: string): string => text.trim().replaceAll('_', '-');
  return nearestOf(fold(name), [...known], fold) ?? undefined;
}

/** `did you mean "chart"?`, or undefined when nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const best = nearest(name, known);
  return best === undefined ? undefined : `did you mean "${best}"?`;
}
