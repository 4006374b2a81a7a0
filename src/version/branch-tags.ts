import { createHash } from 'node:crypto';
import { channelTags, type ImageTags, type LatestPolicy } from './image-tags.ts';
import { checkTagPrefix, longestTag } from './oci-tag.ts';

const hashLength = 8;
const endsLikeHash = new RegExp(`-[0-9a-f]{${hashLength}}$`);

/** `sha-<12>`: the image of one commit, whatever branch it was built for. */
export function commitImageTag(sha: string): string {
  return `sha-${shortSha(sha)}`;
}

/** First 12 of a commit's hex digits. */
export function shortSha(sha: string): string {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw new TypeError(`not a full commit id: ${sha}`);
  return sha.slice(0, 12);
}

/**
 * The image tags of a branch build: the commit's, the branch's, and `latest` on the default branch where the policy is
 * `branch`. No branch can take the name of a version, of a moving release tag, or of a commit's tag, and two branches
 * never share a tag. Throws `OR-CONFIG-TAG-PREFIX`.
 */
export function branchImageTags(options: {
  readonly branch: string;
  readonly sha: string;
  readonly defaultBranch: string;
  readonly latest: LatestPolicy;
  readonly prefix?: string;
}): ImageTags {
  const { branch, sha, defaultBranch, latest, prefix = 'v' } = options;
  checkTagPrefix(prefix);
  const own = branchTag(branch, prefix);
  const isDefault = branch === defaultBranch;
  const tags = [
    { tag: commitImageTag(sha), moving: false, reason: 'this commit, never moves' },
    { tag: own.tag, moving: true, reason: own.reason },
  ];
  const skippedTags: { tag: string; reason: string }[] = [];
  if (own.kept !== null && own.kept !== 'latest') {
    skippedTags.push({ tag: own.kept, reason: 'this name is kept for releases and commits' });
  }
  const why = latestWithheld(isDefault, latest, defaultBranch);
  if (why === null) tags.push({ tag: 'latest', moving: true, reason: 'newest tested build of the default branch' });
  else skippedTags.push({ tag: 'latest', reason: why });
  return { tags, skippedTags };
}

function latestWithheld(isDefault: boolean, latest: LatestPolicy, defaultBranch: string): string | null {
  if (latest === 'release') return 'latest follows stable releases (tags.latest: release)';
  return isDefault ? null : `latest follows the default branch, ${defaultBranch}`;
}

/** A branch's tag, why it is spelled so, and the plain name where that one is kept for releases. */
function branchTag(branch: string, prefix: string): { tag: string; reason: string; kept: string | null } {
  const plain = branch.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '') || 'branch';
  const kept = isKept(plain, prefix);
  const newest = `newest tested build of branch ${branch}`;
  // A name that ends like our hash gets one too; otherwise it could be the changed name of another branch.
  const unchanged = plain === branch && plain.length <= longestTag && !endsLikeHash.test(plain);
  if (unchanged && !kept) return { tag: plain, reason: newest, kept: null };
  const hash = createHash('sha256').update(branch).digest('hex').slice(0, hashLength);
  const hashed = withHash(plain, hash);
  if (kept || isKept(hashed, prefix)) {
    const name = kept ? plain : hashed;
    const reason = `${newest}; renamed because ${name} is kept for releases and commits`;
    return { tag: withHash(`branch-${plain}`, hash), reason, kept: name };
  }
  return { tag: hashed, reason: `${newest}; the hash keeps it apart from similar names`, kept: null };
}

function withHash(name: string, hash: string): string {
  return `${name.slice(0, longestTag - hashLength - 1)}-${hash}`;
}

/** Whether a name belongs to a release (with the prefix, with `v` or without) or to a commit or digest. */
function isKept(name: string, prefix: string): boolean {
  const lower = name.toLowerCase();
  if (lower === 'stable' || lower === 'latest' || channelTags.includes(lower) || /^sha\d*-/.test(lower)) return true;
  return ['', 'v', prefix.toLowerCase()].some(
    (start) => lower.startsWith(start) && /^\d+(?:\.\d+){0,2}$|^\d+\.\d+\.\d+[-_]/.test(lower.slice(start.length)),
  );
}
