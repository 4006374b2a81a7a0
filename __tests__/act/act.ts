import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** This checkout, whose `dist/` act runs as the published action. */
export const checkout = resolve(import.meta.dirname, '../..');

const readme = readFileSync(join(checkout, 'README.md'), 'utf8');
/** The README's smallest workflow, word for word. */
export const smallestWorkflow = /```yaml\n(name: operator\n[\s\S]*?)```/.exec(readme)?.[1] ?? '';
/** The only action in it that act would fetch: checkout it does itself. */
const setupGo = /actions\/setup-go@[0-9a-f]{40}/.exec(smallestWorkflow)?.[0] ?? '';

export interface ActRun {
  readonly event: 'pull_request' | 'push';
  readonly payload: unknown;
  /** Folder of the repository, and the workflow in it. */
  readonly repository: string;
  readonly workflow: string;
  /** Folder for the payload and stand-ins of other actions. */
  readonly scratch: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly token: string;
}

/** A real run of a workflow by act on this machine. `output`: everything it printed. */
export async function act(run: ActRun): Promise<{ readonly exitCode: number; readonly output: string }> {
  const payload = join(run.scratch, `event-${run.event}.json`);
  writeFileSync(payload, JSON.stringify(run.payload));
  const args = [
    ...[run.event, '-W', run.workflow, '-P', 'ubuntu-latest=-self-hosted', '-e', payload, '--actor', 'octo'],
    ...['--local-repository', `operator-release/operator-release@v1=${checkout}`],
    ...['--local-repository', `${setupGo}=${noAction(run.scratch)}`],
    ...['-s', 'GITHUB_TOKEN', '--env', `GITHUB_API_URL=${run.apiUrl}`, '--env', `GITHUB_SERVER_URL=${run.serverUrl}`],
  ];
  const env = {
    ...process.env,
    // act starts actions with the node on PATH; a runner has node 24.
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    GITHUB_TOKEN: run.token,
  };
  const child = spawn('act', args, { cwd: run.repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exitCode = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code ?? 128));
  });
  // Colours and act's own prefix are noise here.
  const output = Buffer.concat(chunks)
    .toString()
    .replaceAll(/\u001b\[[0-9;]*m/g, '');
  return { exitCode, output };
}

/** An action that does nothing, in place of one that would be fetched from GitHub: the machine has Go. */
function noAction(scratch: string): string {
  const folder = join(scratch, 'no-action');
  mkdirSync(folder, { recursive: true });
  const step = '{ run: "true", shell: bash }';
  writeFileSync(join(folder, 'action.yml'), `name: none\nruns:\n  using: composite\n  steps:\n    - ${step}\n`);
  return folder;
}

/** The outputs that the step set, as act shows them. */
export function outputOf(output: string, name: string): string | undefined {
  return new RegExp(`::set-output:: ${name}=(.*)$`, 'm').exec(output)?.[1];
}

/** kind's clusters on this machine, those of other runs on it too. */
export function clusters(): readonly string[] {
  return execFileSync('kind', ['get', 'clusters'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .split('\n')
    .filter((name) => name !== '');
}
