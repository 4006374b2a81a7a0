import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createGunzip, gzipSync } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';

/** Charts are small; what is larger is not one. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Packs a chart archive again so that the same content gives the same bytes: entries sorted, one time, no owner.
 * Helm itself writes the files' times and order into the archive (helm/helm#3612).
 * `seconds`: time of all entries, since 1970. Returns the SHA-256 in hex of what it wrote to `file`.
 */
export async function repack(file: string, seconds: number): Promise<string> {
  const entries = await readArchive(file);
  const archive = pack();
  const chunks: Buffer[] = [];
  archive.on('data', (chunk) => chunks.push(chunk as Buffer));
  const ended = new Promise<void>((resolve, reject) => {
    archive.once('end', resolve);
    archive.once('error', reject);
  });
  const sorted = [...entries].sort(([a], [b]) => (order(a) < order(b) ? -1 : 1));
  for (const [name, content] of sorted) archive.entry({ name, mode: 0o644, mtime: new Date(seconds * 1000) }, content);
  archive.finalize();
  await ended;
  const bytes = gzipSync(Buffer.concat(chunks), { level: 9 });
  await writeFile(file, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

/** Helm reads Chart.yaml first; it stays at the front, as Helm packs it. */
function order(name: string): string {
  return name.split('/').length === 2 && name.endsWith('/Chart.yaml') ? '' : name;
}

/** The files of a gzipped tar, by name. */
export async function readArchive(file: string): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  let size = 0;
  const reader = extract();
  reader.on('entry', (header, stream, next) => {
    const chunks: Buffer[] = [];
    stream.on('data', (data) => {
      const chunk = data as Buffer;
      size += chunk.length;
      if (size > maxBytes) stream.destroy(new Error(`the chart has more than ${maxBytes} bytes`));
      chunks.push(chunk);
    });
    stream.on('end', () => {
      if (header.type === 'file') entries.set(header.name, Buffer.concat(chunks));
      next();
    });
    stream.on('error', next);
    stream.resume();
  });
  await pipeline(createReadStream(file), createGunzip(), reader);
  return entries;
}
