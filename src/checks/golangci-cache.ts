import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where golangci-lint keeps its analysis of a checkout (`root`, absolute), unless `env` says where. Its own default is one
 * folder per user, which jobs of a self-hosted machine would share, and the lock that keeps runs apart is off: golangci-lint
 * promises nothing for two runs in one folder (golangci/golangci-lint#879). Ours lies inside of the default one, so that
 * what a workflow restores to it is of use.
 */
export function golangciCache(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Readonly<Record<string, string>> {
  if (env['GOLANGCI_LINT_CACHE'] !== undefined && env['GOLANGCI_LINT_CACHE'] !== '') return {};
  const checkout = createHash('sha256').update(root).digest('hex').slice(0, 12);
  return { GOLANGCI_LINT_CACHE: join(cacheFolder(env, platform), 'golangci-lint', 'checkouts', checkout) };
}

/** As os.UserCacheDir of Go, which golangci-lint asks. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const home = env['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches');
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  return isAbsolute(xdg) ? xdg : join(home, '.cache');
}
