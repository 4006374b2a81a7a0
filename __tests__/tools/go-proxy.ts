import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** A zip of stored files: all that a module proxy needs. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const bytes = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), bytes]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** Writes one version of a module into a folder that GOPROXY can name as `file://`. */
export async function publishModule(
  proxy: string,
  module: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = path.join(proxy, module, '@v');
  await mkdir(folder, { recursive: true });
  const mod = `module ${module}\n\ngo 1.21\n`;
  const prefixed = Object.entries({ 'go.mod': mod, ...files }).map(([name, text]) => [
    `${module}@v${version}/${name}`,
    text,
  ]);
  await writeFile(path.join(folder, 'list'), `v${version}\n`);
  await writeFile(path.join(folder, `v${version}.info`), JSON.stringify({ Version: `v${version}` }));
  await writeFile(path.join(folder, `v${version}.mod`), mod);
  await writeFile(path.join(folder, `v${version}.zip`), zip(Object.fromEntries(prefixed) as Record<string, string>));
}
