/** A command as it ran among others, and how long it takes alone. */
export interface Link {
  readonly start: number;
  readonly end: number;
  readonly aloneMs: number;
  /** Commands of different lanes do not wait for each other; all wait for those of the lane `plan`. */
  readonly lane: string;
}

/** How long the longest chain takes alone: commands of which each began after the one before it had ended. Sorted by start. */
export function longestChain(links: readonly Link[]): number {
  const ends: number[] = [];
  for (const link of links) {
    const before = links
      .slice(0, ends.length)
      .map((other, index) =>
        other.end <= link.start && (other.lane === link.lane || other.lane === 'plan') ? (ends[index] ?? 0) : 0,
      );
    ends.push(Math.max(0, ...before) + link.aloneMs);
  }
  return Math.max(0, ...ends);
}
