import { type Call, failure, type Handler, invalid, notFound, page, type Reply } from '../call.ts';
import type { Asset, Release } from '../model.ts';
import { renderAsset } from '../render-release.ts';

function releaseOf(call: Call): Release | undefined {
  const release = call.repository.releases.find((r) => r.id === Number(call.params['release_id']));
  return release?.draft === true && call.access !== 'write' ? undefined : release;
}

function find(call: Call): [Release, Asset] | null {
  for (const release of call.repository.releases) {
    const asset = release.assets.find((a) => a.id === Number(call.params['asset_id']));
    if (asset !== undefined) return [release, asset];
  }
  return null;
}

export const listAssets: Handler = (call) => {
  const release = releaseOf(call);
  if (release === undefined) return notFound;
  return page(
    call,
    release.assets.map((asset) => renderAsset(call, release, asset)),
  );
};

/** JSON, or with `accept: application/octet-stream` a redirect to the storage, as at GitHub. */
export const getAsset: Handler = (call) => {
  const found = find(call);
  if (found === null || (found[0].draft && call.access !== 'write')) return notFound;
  const [release, asset] = found;
  if (call.headers['accept'] !== 'application/octet-stream') {
    return { status: 200, body: renderAsset(call, release, asset) };
  }
  return asset.blob === null ? notFound : { status: 302, headers: { location: storageUrl(call, asset) } };
};

export function storageUrl(call: Pick<Call, 'urls'>, asset: Asset): string {
  return `${call.urls.upload}/_storage/${(asset.blob ?? '').replace(':', '-')}`;
}

export const deleteAsset: Handler = (call) => {
  const found = find(call);
  if (found === null) return notFound;
  const [release, asset] = found;
  if (release.immutable) return failure(422, 'Cannot delete assets from an immutable release.');
  release.assets.splice(release.assets.indexOf(asset), 1);
  return { status: 204 };
};

export const uploadAsset: Handler = (call) => {
  const release = releaseOf(call);
  const name = renamed(call.query.get('name') ?? '');
  if (release === undefined) return notFound;
  if (release.immutable) return failure(422, 'Cannot upload assets to an immutable release.');
  if (call.headers['content-length'] === undefined) return failure(411, 'Length Required');
  if (release.assets.some((a) => a.name === name)) return assetExists;
  if (call.raw.length === 0)
    return invalid([
      { resource: 'ReleaseAsset', code: 'custom', field: 'size', message: 'size must be greater than or equal to 1' },
    ]);
  const asset = addAsset(call, release, name, call.raw);
  return { status: 201, body: renderAsset(call, release, asset) };
};

export const assetExists: Reply = invalid([{ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' }]);

/** `bytes` null: an upload that broke off. */
export function addAsset(call: Call, release: Release, name: string, bytes: Buffer | null): Asset {
  const blob = bytes === null ? null : call.world.store(bytes);
  const asset: Asset = {
    id: call.world.id(),
    name,
    label: call.query.get('label'),
    contentType: call.headers['content-type'] ?? 'application/octet-stream',
    state: bytes === null ? 'starter' : 'uploaded',
    size: bytes?.length ?? 0,
    blob,
    digest: blob,
    createdAt: call.now.toISOString(),
    downloads: 0,
  };
  release.assets.push(asset);
  return asset;
}

/** GitHub puts a period for each special character and drops those at the ends. */
export function renamed(name: string): string {
  return name.replace(/[^A-Za-z0-9._+@-]+/g, '.').replace(/^\.+|\.+$/g, '') || 'default';
}
