import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What the tests of a file need of the machine and do not find. */
export interface Lab {
  /** One reason each; empty when all is there. */
  readonly missing: readonly string[];
  /** For the end of a title: why its tests are left out; empty when they run. */
  readonly note: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Looks for what tests need: programs on PATH, of which `docker` and `kind` want an engine that answers, `buildx`
 * (Docker's plugin) and `envtest` (KUBEBUILDER_ASSETS). Tests that lack something are left out, and say so:
 *
 *     const lab = requires('docker', 'helm');
 *     describe.skipIf(lab.missing.length > 0)(`charts${lab.note}`, () => { … });
 *
 * Throws, which fails the file, when something is missing where nothing may be left out: in a CI run (`CI=true`) with
 * the lab (`LAB_HOME`) everything is there, and what is missing is broken.
 */
export function requires(...needs: readonly string[]): Lab {
  const missing = lacking(needs, process.env);
  if (missing.length === 0) return { missing, note: '' };
  if (!maySkip(process.env)) throw new Error(`${missing.join(', ')}; with the lab nothing may be left out in CI`);
  return { missing, note: ` (left out: ${missing.join(', ')})` };
}

export function maySkip(env: Env): boolean {
  return env['CI'] !== 'true' || (env['LAB_HOME'] ?? '') === '';
}

export function lacking(needs: readonly string[], env: Env): string[] {
  const reasons = new Set<string>();
  for (const need of needs) {
    const reason = reasonAgainst(need, env);
    if (reason !== null) reasons.add(reason);
  }
  return [...reasons];
}

function reasonAgainst(need: string, env: Env): string | null {
  if (need === 'envtest') return (env['KUBEBUILDER_ASSETS'] ?? '') === '' ? 'no KUBEBUILDER_ASSETS for envtest' : null;
  const program = need === 'buildx' ? 'docker' : need;
  if (!isOnPath(program, env)) return `no ${program} on PATH`;
  if (program !== 'docker' && program !== 'kind') return null;
  if (!answers(env, 'docker', 'info', '--format', '{{.ServerVersion}}')) return 'no Docker engine answers';
  if (need === 'buildx' && !answers(env, 'docker', 'buildx', 'version')) return 'Docker has no buildx plugin';
  return null;
}

function isOnPath(program: string, env: Env): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return statSync(join(folder, program)).isFile();
    } catch {
      return false;
    }
  });
}

function answers(env: Env, program: string, ...args: readonly string[]): boolean {
  const { status, stdout } = spawnSync(program, args, { env: { ...env }, encoding: 'utf8', timeout: 60_000 });
  return status === 0 && stdout.trim() !== '';
}
