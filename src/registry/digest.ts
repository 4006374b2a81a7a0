import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Problem } from '../errors.ts';

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Algorithm of a digest that `isDigest` accepts. */
export function hashFor(digest: string): ReturnType<typeof createHash> {
  return createHash(digest.slice(0, digest.indexOf(':')));
}

/** Digest of some bytes by the algorithm that `like` uses. */
export function digestLike(like: string, bytes: Uint8Array): string {
  return `${like.slice(0, like.indexOf(':'))}:${hashFor(like).update(bytes).digest('hex')}`;
}

export async function digestOfFile(like: string, file: string): Promise<string> {
  const hash = hashFor(like);
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `${like.slice(0, like.indexOf(':'))}:${hash.digest('hex')}`;
}

/** What came is not what its digest promised. */
export function mismatch(what: string, wanted: string, got: string): Problem {
  return new Problem('OR-REGISTRY-DIGEST', `${what} has the digest ${got}, not ${wanted}`, {
    hint: 'the registry, or something between it and this machine, changes content; nothing more was written',
  });
}
