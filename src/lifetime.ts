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
