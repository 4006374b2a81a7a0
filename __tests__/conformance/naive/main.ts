import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** An action without a thought for what may go wrong: look the tag up, make a draft, upload, publish. */
const { env } = process;
const input = (name: string): string => env[`INPUT_${name.toUpperCase()}`] ?? '';

interface Release {
  readonly id: number;
  readonly upload_url: string;
  readonly assets: readonly { readonly id: number; readonly name: string }[];
}

async function ask(method: string, url: string, body?: string | Buffer): Promise<Response> {
  return fetch(url, {
    method,
    headers: { authorization: `token ${input('token')}`, 'user-agent': 'naive' },
    ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
  });
}

async function must(method: string, url: string, body?: string | Buffer): Promise<Release> {
  const reply = await ask(method, url, body);
  if (!reply.ok) throw new Error(`${method} ${url}: ${reply.status}`);
  return (reply.status === 204 ? {} : await reply.json()) as Release;
}

const releases = `${env['GITHUB_API_URL'] ?? ''}/repos/${env['GITHUB_REPOSITORY'] ?? ''}/releases`;
const tag = input('tag');
const found = await ask('GET', `${releases}/tags/${tag}`);
if (!found.ok && found.status !== 404) throw new Error(`look-up: ${found.status}`);
const release = found.ok
  ? ((await found.json()) as Release)
  : await must('POST', releases, JSON.stringify({ tag_name: tag, draft: true, prerelease: tag.includes('-') }));
for (const path of input('files').split('\n')) {
  const file = join(env['GITHUB_WORKSPACE'] ?? '', path);
  if (!existsSync(file)) continue;
  const old = release.assets.find(({ name }) => name === basename(path));
  if (old !== undefined) await must('DELETE', `${releases}/assets/${old.id}`);
  const url = release.upload_url.replace(/\{.*\}$/, `?name=${basename(path)}`);
  await must('POST', url, readFileSync(file));
}
const latest = input('latest') === 'false' || tag.includes('-') ? 'false' : 'true';
await must('PATCH', `${releases}/${release.id}`, JSON.stringify({ draft: false, make_latest: latest }));
