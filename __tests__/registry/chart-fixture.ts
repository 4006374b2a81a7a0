import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A packed chart of the given Chart.yaml, whose notes say `note`. */
export async function chartBytes(chartYaml: Readonly<Record<string, unknown>>, note = ''): Promise<Buffer> {
  const name = String(chartYaml['name']);
  const tar = pack();
  tar.entry({ name: `${name}/Chart.yaml`, mtime: new Date(0) }, JSON.stringify(chartYaml));
  tar.entry({ name: `${name}/templates/NOTES.txt`, mtime: new Date(0) }, `installed ${note}`);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}
