import { Problem } from '../errors.ts';
import { tail } from '../tools/exec.ts';

/**
 * What a failed `docker buildx build --progress=plain` wrote, as a problem. A missing COPY source is the most common
 * cause; everything else speaks for itself in the last lines. `dockerfile`: from the repository's root.
 */
export function buildProblem(stderr: string, dockerfile: string): Problem {
  const missing = /failed to calculate checksum[^\n]*"\/?([^"]+)": not found/.exec(stderr)?.[1];
  const line = /^\s*(\d+) \| >>> /m.exec(stderr)?.[1];
  const at = { file: dockerfile, ...(line === undefined ? {} : { line: Number(line) }) };
  if (missing !== undefined) {
    return new Problem('OR-IMAGE-SOURCE', `the Dockerfile copies ${missing}, which is not in the build context`, {
      hint: 'if a command makes it first, name the command in operators[].image.before; else see .dockerignore',
      excerpt: fromFault(stderr),
      at,
    });
  }
  const base = /failed to resolve source metadata for ([^\s:]+(?::\d+\/[^\s:]+)?(?::[^\s:]+)?): (?:.*: )?([^\n]+)/.exec(
    stderr,
  );
  if (base !== null) {
    const [, image = '', reason = ''] = base;
    return new Problem('OR-IMAGE-BUILD', `the base image ${image} cannot be pulled: ${reason.trim()}`, {
      hint: 'correct its name and tag in the FROM line, or log in to its registry before this step',
      excerpt: fromFault(stderr),
      at,
    });
  }
  const reason = /failed to solve: ([^\n]+)/.exec(stderr)?.[1];
  return new Problem('OR-IMAGE-BUILD', `docker buildx build failed${reason === undefined ? '' : `: ${reason}`}`, {
    hint: `docker buildx build --file ${dockerfile} shows the same on your machine`,
    excerpt: fromFault(stderr),
    at,
  });
}

/** BuildKit tells at the end which step failed, with its last lines, between rulers. */
function fromFault(stderr: string): string {
  const ruler = stderr.search(/^------\n > /m);
  return tail(ruler === -1 ? stderr : stderr.slice(ruler), 30);
}
