import type { DocsPlace } from './report/problem-text.ts';
import packageJson from '../package.json' with { type: 'json' };

/** The version of the action. */
export const toolVersion: string = packageJson.version;

/** Where people find the page with the error codes. */
export const docs: DocsPlace = {
  errorsPage: 'https://github.com/operator-release/operator-release/blob/v1/docs/errors.md',
};

/**
 * SIGINT and SIGTERM cancel the run. GitHub's runner sends the first one, waits 7.5 s, sends the second and kills 2.5 s
 * later; so the first one starts everything, and further ones change nothing.
 */
export function watchSignals(): { readonly signal: AbortSignal } {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => controller.abort(new Error(`cancelled by ${name}`)));
  }
  return { signal: controller.signal };
}

/** A reader that goes away, as `head` does, ends neither the run nor its clean-up. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/**
 * Ends the process when its output has been read. `process.exit` alone drops what a pipe has not taken yet, which is all
 * beyond its first 64 KiB; waiting for the event loop alone could last as long as a server keeps a connection open.
 */
export async function exitWhenRead(): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit();
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
