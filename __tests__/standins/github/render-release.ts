import type { Call } from './call.ts';
import type { Asset, Release } from './model.ts';
import { user } from './render-owner.ts';

export function renderRelease(call: Call, release: Release): Record<string, unknown> {
  const { urls, repository } = call;
  const fullName = `${repository.owner}/${repository.name}`;
  const url = `${urls.api}/repos/${fullName}/releases/${release.id}`;
  const shown = release.draft ? `untagged-${release.id}` : release.tag;
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${urls.upload}/repos/${fullName}/releases/${release.id}/assets{?name,label}`,
    html_url: `${urls.web}/${fullName}/releases/tag/${encodeTag(shown)}`,
    id: release.id,
    author: user(call, release.author),
    node_id: Buffer.from(`Release:${release.id}`).toString('base64'),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: release.immutable,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.publishedAt,
    // A failed upload does not show here, only in the list of assets.
    assets: release.assets.filter((a) => a.state === 'uploaded').map((asset) => renderAsset(call, release, asset)),
    tarball_url: release.draft ? null : `${urls.api}/repos/${fullName}/tarball/${encodeTag(release.tag)}`,
    zipball_url: release.draft ? null : `${urls.api}/repos/${fullName}/zipball/${encodeTag(release.tag)}`,
    body: release.body,
  };
}

export function renderAsset(call: Call, release: Release, asset: Asset): Record<string, unknown> {
  const { urls, repository } = call;
  const fullName = `${repository.owner}/${repository.name}`;
  const shown = release.draft ? `untagged-${release.id}` : release.tag;
  return {
    url: `${urls.api}/repos/${fullName}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: Buffer.from(`Asset:${asset.id}`).toString('base64'),
    name: asset.name,
    label: asset.label,
    uploader: user(call, release.author),
    content_type: asset.contentType,
    state: asset.state,
    size: asset.size,
    digest: asset.digest,
    download_count: asset.downloads,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    browser_download_url: `${urls.web}/${fullName}/releases/download/${encodeTag(shown)}/${encodeURIComponent(asset.name)}`,
  };
}

/** GitHub keeps the slash of `operator/v1.2.3` in its addresses. */
function encodeTag(tag: string): string {
  return tag.split('/').map(encodeURIComponent).join('/');
}
