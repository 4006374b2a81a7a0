import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { messageOf, Problem } from '../errors.ts';

export interface UnpackLimits {
  readonly entries: number;
  /** Bytes of all entries together, unpacked. */
  readonly bytes: number;
}

/** The largest of our tools unpacks to some 150 MiB in a dozen entries. */
const defaultLimits: UnpackLimits = { entries: 1_000, bytes: 600 * 1024 * 1024 };

function refuse(archive: string, why: string): never {
  throw new Problem('OR-TOOL-ARCHIVE', `the archive ${archive} is refused: ${why}`, {
    hint: 'put the tool on PATH, and report the archive to the project that publishes it',
  });
}

function isUnsafe(name: string): boolean {
  return name.startsWith('/') || name.includes('\\') || name.includes('\0') || name.split('/').includes('..');
}

/**
 * Writes one file of a `.tar.gz` to `target`, which must not exist, as a program. Nothing else is written.
 * Every entry is looked at, so that an archive with a path out of its folder, a link, a device or too much in it is
 * refused even when the wanted file is fine.
 * Errors: `Problem` OR-TOOL-ARCHIVE.
 */
export async function unpackMember(
  archive: string,
  member: string,
  target: string,
  limits: UnpackLimits = defaultLimits,
): Promise<void> {
  const label = archive.slice(archive.lastIndexOf('/') + 1);
  const entries = extract();
  const feeding = pipeline(createReadStream(archive), createGunzip(), entries);
  // Awaited below; without this a failure of the pipe before that would count as unhandled.
  feeding.catch(() => undefined);
  let seen = 0;
  let bytes = 0;
  let found = false;
  try {
    for await (const entry of entries) {
      const { name, size, type } = entry.header;
      seen += 1;
      bytes += size;
      if (seen > limits.entries) refuse(label, `more than ${limits.entries} entries`);
      if (bytes > limits.bytes) refuse(label, `more than ${limits.bytes} bytes`);
      if (isUnsafe(name)) refuse(label, `the path ${JSON.stringify(name)} leads out of it`);
      if (type !== 'file' && type !== 'directory') refuse(label, `${JSON.stringify(name)} is a ${type}`);
      if (type === 'file' && name.replace(/^(\.\/)+/, '') === member) {
        if (found) refuse(label, `${JSON.stringify(member)} is in it twice`);
        found = true;
        await pipeline(entry, createWriteStream(target, { flags: 'wx', mode: 0o755 }));
      } else {
        entry.resume();
      }
    }
    await feeding;
  } catch (error) {
    entries.destroy();
    if (error instanceof Problem) throw error;
    throw new Problem('OR-TOOL-ARCHIVE', `the archive ${label} cannot be read: ${messageOf(error)}`, {
      hint: 'put the tool on PATH',
      cause: error,
    });
  }
  if (!found) refuse(label, `${JSON.stringify(member)} is not in it`);
}
