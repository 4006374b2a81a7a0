import { standInToken } from '../../__tests__/standins/github/index.ts';
import { pullChart } from '../../src/registry/chart.ts';
import { digestOf } from '../../src/registry/digest.ts';
import { isIndex, parseIndex, printPlatform } from '../../src/registry/json.ts';
import { manifestAnnotations } from '../../src/registry/layout.ts';
import type { Manifest } from '../../src/registry/types.ts';
import type { Receipt } from '../../src/release/receipt.ts';
import { subject } from './checkout.ts';
import type { Services } from './services.ts';

/** What a user who knows only the tag finds in the registry and at GitHub. */
export interface Inspection {
  /** What was looked at and is as it should be. */
  readonly good: readonly string[];
  /** What is not; empty when the release is complete. */
  readonly faults: readonly string[];
  readonly release: Release | null;
  readonly receipt: Receipt | null;
}

export interface Release {
  readonly url: string;
  readonly assets: readonly { readonly name: string; readonly size: number; readonly url: string }[];
}

interface Findings {
  readonly good: string[];
  readonly faults: string[];
}

/** As GitHub answers; the fields that count here. */
interface ReleaseReply {
  readonly id: number;
  readonly html_url: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly assets: readonly { readonly name: string; readonly size: number; readonly browser_download_url: string }[];
}

/** Looks for itself, and believes nothing that the action said. Only reads. */
export async function inspect(services: Services, commit: string): Promise<Inspection> {
  const findings: Findings = { good: [], faults: [] };
  const reply = await ask(services, `releases/tags/${subject.tag}`);
  if (reply === null) {
    return { ...findings, faults: [`there is no public release ${subject.tag}`], release: null, receipt: null };
  }
  await inspectRelease(services, reply, findings);
  const files = await download(reply, findings);
  inspectChecksums(files, findings);
  const receipt = readReceipt(files, commit, findings);
  if (receipt !== null) {
    await inspectImage(services, receipt, findings);
    await inspectChart(services, receipt, files, findings);
  }
  const assets = reply.assets.map(({ name, size, browser_download_url: url }) => ({ name, size, url }));
  return { ...findings, release: { url: reply.html_url, assets }, receipt };
}

async function ask({ github }: Services, path: string): Promise<ReleaseReply | null> {
  const reply = await fetch(`${github.apiUrl}/repos/${subject.repository}/${path}`, {
    headers: { authorization: `Bearer ${standInToken}`, 'user-agent': 'demo' },
  });
  return reply.ok ? ((await reply.json()) as ReleaseReply) : null;
}

async function inspectRelease(services: Services, release: ReleaseReply, { good, faults }: Findings): Promise<void> {
  const latest = await ask(services, 'releases/latest');
  if (release.draft) faults.push('the release is a draft');
  if (release.prerelease) faults.push('the release is marked as a pre-release');
  if (latest?.id !== release.id) faults.push('the release is not marked as Latest');
  if (!release.draft && !release.prerelease && latest?.id === release.id)
    good.push(`release ${subject.tag} is public and Latest`);
}

/** The bytes that anybody gets, without a token. */
async function download(release: ReleaseReply, { faults }: Findings): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const { name, browser_download_url: url } of release.assets) {
    const reply = await fetch(url);
    if (reply.ok) files.set(name, Buffer.from(await reply.arrayBuffer()));
    else faults.push(`${name} cannot be downloaded: ${reply.status}`);
  }
  return files;
}

function inspectChecksums(files: ReadonlyMap<string, Buffer>, { good, faults }: Findings): void {
  const before = faults.length;
  const text = files.get('checksums.txt')?.toString();
  if (text === undefined) {
    faults.push('the release has no checksums.txt');
    return;
  }
  const sums = new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(66), `sha256:${line.slice(0, 64)}`]),
  );
  for (const [name, sum] of sums) {
    const bytes = files.get(name);
    if (bytes === undefined) faults.push(`the release lacks ${name}, which checksums.txt names`);
    else if (digestOf(bytes) !== sum) faults.push(`${name} is ${digestOf(bytes)}, checksums.txt says ${sum}`);
  }
  for (const name of files.keys()) {
    if (name !== 'checksums.txt' && !sums.has(name)) faults.push(`checksums.txt does not name ${name}`);
  }
  if (faults.length === before) good.push(`${files.size} assets downloaded, their bytes are those of checksums.txt`);
}

function readReceipt(files: ReadonlyMap<string, Buffer>, commit: string, { faults }: Findings): Receipt | null {
  const text = files.get('release.json')?.toString();
  if (text === undefined) {
    faults.push('the release has no release.json');
    return null;
  }
  const receipt = JSON.parse(text) as Receipt;
  if (receipt.commit !== commit) {
    faults.push(
      `the release was made from commit ${receipt.commit}, the example is now ${commit}: start anew with --fresh`,
    );
  }
  return receipt;
}

async function inspectImage(
  { registry, proxy }: Services,
  receipt: Receipt,
  { good, faults }: Findings,
): Promise<void> {
  const image = receipt.operators[0]?.image ?? null;
  const repository = `${proxy.host}/${subject.repository}`;
  if (image?.repository !== repository) {
    faults.push(`release.json names the image ${image?.repository ?? '(none)'}, expected is ${repository}`);
    return;
  }
  const before = faults.length;
  for (const tag of subject.imageTags) {
    const digest = (await registry.headManifest(repository, tag))?.digest ?? 'absent';
    if (digest !== image.digest) faults.push(`${repository}:${tag} is ${digest}, release.json says ${image.digest}`);
  }
  const manifest = await registry.getManifest(repository, image.digest);
  if (manifest === null) return;
  const platforms = platformsOf(manifest);
  if (platforms.join() !== [...image.platforms].sort().join()) {
    faults.push(`the image is for ${platforms.join(', ')}, release.json says ${image.platforms.join(', ')}`);
  }
  const revision = manifestAnnotations(manifest)['org.opencontainers.image.revision'];
  if (revision !== receipt.commit) faults.push(`the image says that it was built from ${revision ?? 'nowhere'}`);
  if (faults.length > before) return;
  good.push(`image ${subject.imageTags.join(', ')}: ${image.digest}, ${platforms.join(', ')}, as in release.json`);
}

function platformsOf({ mediaType, bytes, digest }: Manifest): readonly string[] {
  if (!isIndex(mediaType)) return [];
  return parseIndex(bytes, digest)
    .flatMap(({ platform }) => (platform === null ? [] : [printPlatform(platform)]))
    .sort();
}

async function inspectChart(
  { registry, proxy }: Services,
  receipt: Receipt,
  files: ReadonlyMap<string, Buffer>,
  { good, faults }: Findings,
): Promise<void> {
  const chart = receipt.operators[0]?.chart ?? null;
  const repository = `${proxy.host}/${subject.repository.replace('/', '/charts/')}`;
  if (chart?.repository !== repository) {
    faults.push(`release.json names the chart ${chart?.repository ?? '(none)'}, expected is ${repository}`);
    return;
  }
  const pulled = await pullChart(registry, repository, chart.version);
  const asset = files.get(`${subject.operator}-${chart.version}.tgz`);
  const found = { digest: pulled?.digest ?? 'absent', sha256: pulled === null ? '' : digestOf(pulled.tgz) };
  const before = faults.length;
  if (found.digest !== chart.digest)
    faults.push(`${repository}:${chart.version} is ${found.digest}, release.json says ${chart.digest}`);
  if (found.sha256 !== `sha256:${chart.sha256}`)
    faults.push('the chart in the registry has other bytes than release.json says');
  if (asset !== undefined && digestOf(asset) !== found.sha256)
    faults.push('the chart in the release is another one than in the registry');
  if (faults.length === before)
    good.push(`chart ${chart.version}: ${chart.digest}, the same bytes in the registry and in the release`);
}
