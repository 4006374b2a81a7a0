import { createHash } from 'node:crypto';

/** kind calls the node `<cluster>-control-plane`, and that is a label in Kubernetes, of at most 63 characters. */
const longest = 40;
const hashLength = 8;

/**
 * The name of an operator's cluster: unique per run, attempt, process and operator, with the run's id whole in it. Where the
 * operator's name does not fit, or has characters that are not for a cluster's, a hash keeps operators apart.
 */
export function clusterName(
  operator: string,
  env: Readonly<Record<string, string | undefined>>,
  pid = process.pid,
): string {
  const run = plain(env['GITHUB_RUN_ID'] ?? 'local');
  const prefix = `orp-${run}-${plain(env['GITHUB_RUN_ATTEMPT'] ?? '1')}-${pid}-`;
  const room = longest - prefix.length;
  if (plain(operator) === operator && operator.length <= room) return `${prefix}${operator}`;
  // GitHub's ids leave room; any other id is kept as far as it fits, and the hash has the rest.
  if (room < hashLength) {
    return `orp-${cut(run, longest - hashLength - 'orp--'.length)}-${hashOf(`${prefix}${operator}`)}`;
  }
  return `${prefix}${[cut(plain(operator), room - hashLength - 1), hashOf(operator)].filter(Boolean).join('-')}`;
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function cut(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).replace(/-$/, '');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, hashLength);
}
