import { fastest, alone } from './measure.ts';

const rounds = 15;

export interface StartResult {
  readonly helpMs: number;
  readonly emptyMs: number;
}

/** The bundle's start beside that of node with nothing to do, in turns. */
export async function benchStart(cli: string): Promise<StartResult> {
  const help: number[] = [];
  const empty: number[] = [];
  const node = (...args: string[]): Promise<number> => alone({ tool: process.execPath, args, cwd: '.', input: '' });
  for (let round = 0; round < rounds; round++) {
    help.push(await node(cli, 'help'));
    empty.push(await node('-e', '0'));
  }
  return { helpMs: fastest(help), emptyMs: fastest(empty) };
}
