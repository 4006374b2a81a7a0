import { notFound, type Reply, type Urls } from './call.ts';
import { storageUrl } from './handlers/assets.ts';
import type { World } from './world.ts';

/** What is not in GitHub's description: public downloads and the storage behind them. */

const downloadPath = /^\/([^/]+)\/([^/]+)\/releases\/download\/(.+)\/([^/]+)$/;
const storagePath = '/_storage/';

/** The name under which logs and faults know such a request. */
export function undescribed(side: 'api' | 'upload', url: URL): string {
  if (side === 'upload' && url.pathname.startsWith(storagePath)) return 'storage';
  if (side === 'api' && url.pathname === '/graphql') return 'graphql';
  return side === 'api' && downloadPath.test(url.pathname) ? 'download' : 'unknown';
}

export function fromStorage(world: World, url: URL): Reply {
  return { status: 200, raw: world.bytes(url.pathname.slice(storagePath.length).replace('-', ':')) };
}

/** `browser_download_url`: for everybody, of published releases only. */
export function download(world: World, urls: Urls, url: URL): Reply {
  const found = downloadPath.exec(url.pathname);
  const [owner = '', name = '', tag = '', file = ''] = (found ?? []).slice(1).map(decodeURIComponent);
  const release = world.repository(`${owner}/${name}`)?.releases.find((r) => !r.draft && r.tag === tag);
  const asset = release?.assets.find((a) => a.name === file && a.state === 'uploaded');
  if (asset === undefined) return notFound;
  asset.downloads++;
  return { status: 302, headers: { location: storageUrl({ urls }, asset) } };
}
