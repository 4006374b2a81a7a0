import type { Case } from './case.ts';

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** In an order by chance, always the same for a seed. */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const numbers = randomNumbers(seed);
  return items
    .map((item) => ({ item, place: numbers.next().value }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** Some cases, by chance but always the same for a seed: kills, and one of each of as many rows of the tables as asked for. */
export function sample(cases: readonly Case[], seed: number, count: { kills: number; rows: number }): readonly Case[] {
  const mixed = shuffled(cases, seed);
  const kills = mixed.filter(({ fault }) => fault.ends === 'killed').slice(0, count.kills);
  const others = mixed.filter(({ fault }) => fault.ends !== 'killed');
  const firsts = others.filter((each, at) => others.findIndex(({ fault }) => fault.row === each.fault.row) === at);
  return [...kills, ...firsts.slice(0, count.rows)];
}
