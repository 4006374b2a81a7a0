import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../examples/demo/demo.ts');

/** A place of its own for demos that run one after the other. */
export interface Playground {
  /** For `--state`. */
  readonly state: string;
  /** Everything temporary of the demos and of what they start. */
  readonly temporary: string;
  /** Starts the demo on a machine whose Docker engine does not answer. */
  start(...args: string[]): Demo;
  remove(): Promise<void>;
}

export interface Demo {
  /** All output up to now. */
  said(): string;
  /** Resolves when the output has this; rejects when the demo ends without. */
  says(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

export async function openPlayground(): Promise<Playground> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const [state, temporary] = [join(folder, 'state'), join(folder, 'tmp')];
  await mkdir(temporary);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DOCKER_HOST: `unix://${join(folder, 'dead.sock')}`,
    TMPDIR: temporary,
  };
  // The demo makes a base image of its own.
  delete env['KO_DEFAULTBASEIMAGE'];
  const started: Demo[] = [];
  return {
    state,
    temporary,
    start: (...args) => {
      const demo = startDemo(['--state', state, ...args], env);
      started.push(demo);
      return demo;
    },
    remove: async () => {
      // One that a failed test left running.
      for (const demo of started) demo.signal('SIGINT');
      await Promise.all(started.map((demo) => demo.ended));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startDemo(args: readonly string[], env: NodeJS.ProcessEnv): Demo {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      child.emit('said');
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return {
    said: () => output,
    says: (text) =>
      new Promise((settle, refuse) => {
        const look = (): void => {
          if (output.includes(text)) settle();
        };
        child.on('said', look);
        child.once('close', () => refuse(new Error(`the demo ended without "${text}":\n${output}`)));
        look();
      }),
    signal: (name) => child.kill(name),
    ended,
  };
}

/** What a demo left in the folder for temporary files; Node's own cache of compiled code is nobody's leftover. */
export async function leftovers(playground: Playground): Promise<readonly string[]> {
  return (await readdir(playground.temporary)).filter((name) => name !== 'node-compile-cache');
}
