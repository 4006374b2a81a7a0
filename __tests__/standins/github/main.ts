import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Access, startGitHub } from './index.ts';

/**
 * The stand-in as a process of its own: prints one line of JSON with its addresses, ends on SIGTERM or SIGINT.
 *   node main.ts [--state DIR] [--port N] [--upload-port N] [--token NAME=write|read]... [--repo OWNER/NAME]
 *                [--git DIR] [--default-branch NAME] [--immutable]
 */
const { values } = parseArgs({
  options: {
    state: { type: 'string' },
    port: { type: 'string', default: '0' },
    'upload-port': { type: 'string', default: '0' },
    token: { type: 'string', multiple: true },
    repo: { type: 'string' },
    git: { type: 'string' },
    'default-branch': { type: 'string', default: 'main' },
    immutable: { type: 'boolean', default: false },
  },
});

function accessOf(text: string): [string, Access] {
  const [token = '', access = 'write'] = text.split('=');
  if (access !== 'write' && access !== 'read') throw new Error(`--token ${token}=${access}: write or read`);
  return [token, access];
}

const standIn = await startGitHub({
  ...(values.state === undefined ? {} : { stateDir: resolve(values.state) }),
  port: Number(values.port),
  uploadPort: Number(values['upload-port']),
  ...(values.token === undefined ? {} : { tokens: Object.fromEntries(values.token.map(accessOf)) }),
});
if (values.repo !== undefined) {
  standIn.seed.repository(values.repo, {
    defaultBranch: values['default-branch'],
    immutableReleases: values.immutable,
    gitDir: values.git === undefined ? null : resolve(values.git),
  });
}
const { apiUrl, uploadUrl, graphqlUrl, serverUrl } = standIn;
console.log(JSON.stringify({ apiUrl, uploadUrl, graphqlUrl, serverUrl, pid: process.pid }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.close().then(() => process.exit(0)));
}
