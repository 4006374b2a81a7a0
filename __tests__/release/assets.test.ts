import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AssetWish } from '../../src/github/release-types.ts';
import { asset, checksums, globAssets } from '../../src/release/assets.ts';
import { filesBelow } from '../../src/release/files.ts';

function treeOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'assets-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function matched(root: string, ...globs: string[]): Promise<AssetWish[]> {
  const files = (await filesBelow(root)).map((file) => relative(root, file));
  return globAssets(root, files, globs);
}

describe('asset', () => {
  it.each([
    ['memo-1.0.0.tgz', 'application/gzip'],
    ['a.tar.gz', 'application/gzip'],
    ['install.yaml', 'application/yaml'],
    ['x.yml', 'application/yaml'],
    ['release.json', 'application/json'],
    ['checksums.txt', 'text/plain'],
    ['manager', 'application/octet-stream'],
  ])('knows what %s is', async (name, contentType) => {
    const root = treeOf({ [name]: 'abc' });
    expect(await asset(join(root, name))).toEqual({
      name,
      path: join(root, name),
      contentType,
      digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });
});

describe('checksums', () => {
  it('is what sha256sum checks, sorted by name and the same for any order', async () => {
    const root = treeOf({ 'b.tgz': 'b', 'a b.yaml': 'a', Z: 'z' });
    const assets = await Promise.all(['b.tgz', 'a b.yaml', 'Z'].map((name) => asset(join(root, name))));
    const first = await checksums(assets, join(root, 'checksums.txt'));
    expect(execFileSync('sha256sum', ['--check', '--strict', 'checksums.txt'], { cwd: root, encoding: 'utf8' })).toBe(
      'Z: OK\na b.yaml: OK\nb.tgz: OK\n',
    );
    const second = await checksums([...assets].reverse(), join(root, 'checksums.txt'));
    expect(second).toEqual(first);
    expect(first).toMatchObject({ name: 'checksums.txt', contentType: 'text/plain' });
    writeFileSync(join(root, 'Z'), 'other');
    expect(() => execFileSync('sha256sum', ['--check', 'checksums.txt'], { cwd: root, stdio: 'ignore' })).toThrow();
  });
});

describe('globAssets', () => {
  it('takes the files that globs mean, each once', async () => {
    const root = treeOf({ 'dist/a.tar.gz': '', 'dist/b.tar.gz': '', 'dist/sub/c.tar.gz': '', 'other.txt': '' });
    const names = async (...globs: string[]): Promise<string[]> =>
      (await matched(root, ...globs)).map((each) => each.name);
    expect(await names('dist/*.tar.gz')).toEqual(['a.tar.gz', 'b.tar.gz']);
    expect(await names('dist/**/*.tar.gz', 'dist/a.*', 'other.txt')).toEqual([
      'a.tar.gz',
      'b.tar.gz',
      'c.tar.gz',
      'other.txt',
    ]);
  });

  it('says which glob matches nothing', async () => {
    const root = treeOf({ 'a.txt': '' });
    await expect(matched(root, 'a.txt', 'dist/*.zip')).rejects.toMatchObject({
      code: 'OR-RELEASE-GLOB',
      message: 'release.assets: "dist/*.zip" matches no file',
    });
  });

  it.each([
    '.env',
    'config/.env.production',
    '.netrc',
    'x/.npmrc',
    '.git-credentials',
    '.docker/config.json',
    'home/.dockerconfigjson',
    '.config/helm/registry/config.json',
    'home/.config/gh/hosts.yml',
    'helm/registry.json',
    '.envrc',
    '.vault-token',
    'infra/terraform.tfstate',
    '.kube/config',
    '.aws/credentials',
    '.ssh/known_hosts',
    'kubeconfig',
    'e2e-kubeconfig.yaml',
    'id_rsa',
    'keys/id_ed25519',
    'id_ecdsa.pub',
    'cosign.key',
    'certs/tls.pem',
    'store.p12',
  ])('refuses %s', async (path) => {
    const root = treeOf({ [path]: 'secret' });
    await expect(globAssets(root, [path], [path])).rejects.toMatchObject({ code: 'OR-RELEASE-FILE' });
  });

  it('refuses links out of the repository and to what is refused, and follows the others', async () => {
    const outside = treeOf({ secret: 'x' });
    const root = treeOf({ 'real.txt': 'x', '.env': 'x', 'folder/x': 'x' });
    symlinkSync(join(outside, 'secret'), join(root, 'out.txt'));
    symlinkSync('../../../../etc/hostname', join(root, 'up.txt'));
    symlinkSync('.env', join(root, 'env.txt'));
    symlinkSync('real.txt', join(root, 'link.txt'));
    symlinkSync('folder', join(root, 'folder.txt'));
    symlinkSync('nowhere', join(root, 'broken.txt'));
    expect(await matched(root, 'link.txt')).toMatchObject([{ name: 'link.txt' }]);
    for (const name of ['out', 'up', 'env', 'folder', 'broken']) {
      await expect(matched(root, `${name}.txt`), name).rejects.toMatchObject({ code: 'OR-RELEASE-FILE' });
    }
  });

  it('works in a checkout that is a link itself', async () => {
    const root = treeOf({ 'a.txt': '' });
    const link = join(mkdtempSync(join(tmpdir(), 'link-')), 'checkout');
    symlinkSync(root, link);
    expect(await matched(link, 'a.txt')).toMatchObject([{ name: 'a.txt' }]);
  });
});

describe('filesBelow', () => {
  it('is sorted, and leaves out what git and npm keep for themselves', async () => {
    const root = treeOf({ 'b/x': '', a: '', '.git/config': '', 'sub/node_modules/x': '', 'sub/.hidden': '' });
    symlinkSync(root, join(root, 'circle'));
    expect((await filesBelow(root)).map((file) => relative(root, file))).toEqual(['a', 'b/x', 'circle', 'sub/.hidden']);
  });
});
