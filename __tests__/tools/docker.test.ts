import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BufferLog } from '../../src/log.ts';
import { dockerReachable, ensureBuilder, removeBuilder } from '../../src/tools/docker.ts';
import { exec } from '../../src/tools/exec.ts';
import { ownerOf } from '../../src/tools/owner.ts';
import { program, scratch } from './fixtures.ts';

/**
 * A `docker` whose builders are files: `<name>` holds the driver, `current` the name of the one in use. Creating one
 * that is there fails, as with the real one. All calls are in `calls`.
 */
const fakeDocker = (home: string): string => `#!/bin/sh
cd ${home}
echo "$*" >> calls
[ "$1" = buildx ] || exit 64
case "$2" in
  version) echo 'github.com/docker/buildx v0.30.1 9e66234' ;;
  inspect)
    for name in "$@"; do :; done
    case "$name" in inspect) name=$(cat current) ;; esac
    [ -f "builders/$name" ] || { echo "ERROR: no builder \\"$name\\" found" >&2; exit 1; }
    printf 'Name:          %s\\nDriver:        %s\\n\\nNodes:\\nName:  %s0\\n' "$name" "$(cat builders/$name)" "$name" ;;
  create)
    [ -f "builders/$4" ] && { echo "ERROR: existing instance for $4" >&2; exit 1; }
    sleep 0.1
    echo "$6" > "builders/$4" ;;
  rm) rm "builders/$4" || exit 1 ;;
esac
`;

let home = '';
let leases = '';

beforeEach(async () => {
  home = await scratch();
  leases = path.join(home, 'leases');
  await mkdir(path.join(home, 'builders'));
  await writeFile(path.join(home, 'builders/default'), 'docker\n');
  await writeFile(path.join(home, 'current'), 'default');
  await writeFile(path.join(home, 'docker'), fakeDocker(home), { mode: 0o755 });
  vi.stubEnv('PATH', `${home}:${process.env.PATH ?? ''}`);
});

afterEach(() => vi.unstubAllEnvs());

const calls = async (verb: string): Promise<string[]> =>
  (await readFile(path.join(home, 'calls'), 'utf8')).split('\n').filter((line) => line.startsWith(`buildx ${verb}`));
const builders = (): Promise<string[]> => readdir(path.join(home, 'builders'));

async function join(log = new BufferLog()): Promise<string> {
  let lease = '';
  await ensureBuilder(exec, log, { leases, onLease: (value) => (lease = value), driverOptions: ['network=host'] });
  return lease;
}

describe('ensureBuilder', () => {
  it('uses the builder that the project set up, without a lease', async () => {
    await writeFile(path.join(home, 'builders/builder-1'), 'docker-container\n');
    await writeFile(path.join(home, 'current'), 'builder-1');
    const onLease = vi.fn();
    const found = await ensureBuilder(exec, new BufferLog(), { leases, onLease });
    expect(found).toEqual({ name: 'builder-1', driver: 'docker-container' });
    expect(onLease).not.toHaveBeenCalled();
    expect(await builders()).toEqual(['builder-1', 'default']);
  });

  it('creates one where the current builder can only build for this machine', async () => {
    expect(await join()).toMatch(/^operator-release\/[0-9a-f-]{36}$/);
    expect(await calls('create')).toEqual([
      'buildx create --name operator-release --driver docker-container --driver-opt network=host',
    ]);
    expect(await calls('inspect --bootstrap')).toEqual(['buildx inspect --bootstrap operator-release']);
  });

  it('names the lease before anything is created', async () => {
    const order: string[] = [];
    await ensureBuilder(
      async (tool, args, options) => {
        order.push(args[1] ?? '');
        return exec(tool, args, options);
      },
      new BufferLog(),
      { leases, onLease: () => order.push('lease') },
    );
    expect(order).toEqual(['inspect', 'lease', 'inspect', 'create', 'inspect']);
  });

  it('creates one builder for runs that start at the same time', async () => {
    await Promise.all([join(), join(), join()]);
    expect(await calls('create')).toHaveLength(1);
  });

  it('says what to do when there is none to be had', async () => {
    await writeFile(path.join(home, 'docker'), '#!/bin/sh\necho "unknown command: docker buildx" >&2\nexit 1\n');
    await expect(join()).rejects.toMatchObject({
      code: 'OR-DOCKER-BUILDER',
      excerpt: 'unknown command: docker buildx',
      hint: expect.stringContaining('docker/setup-buildx-action') as string,
    });
  });
});

describe('removeBuilder', () => {
  it('removes it with the last lease only, and keeps its layers', async () => {
    const [first, second] = [await join(), await join()];
    const log = new BufferLog();
    await removeBuilder(exec, first, log, leases);
    expect(await builders()).toContain('operator-release');
    expect(log.lines).toEqual(['builder operator-release stays: 1 other run uses it']);
    await removeBuilder(exec, second, log, leases);
    expect(await builders()).toEqual(['default']);
    expect(await calls('rm')).toEqual(['buildx rm --keep-state operator-release']);
  });

  it('does nothing the second time', async () => {
    const lease = await join();
    await removeBuilder(exec, lease, new BufferLog(), leases);
    await removeBuilder(exec, lease, new BufferLog(), leases);
    expect(await calls('rm')).toHaveLength(1);
  });

  it('does not wait for a run that was killed', async () => {
    const [killed, lease] = [await join(), await join()];
    const [, start = '', namespace = ''] = (await ownerOf(process.pid)).split('.');
    // The highest number that Linux gives is 4194304.
    await writeFile(path.join(leases, path.basename(killed)), `4194305.${start}.${namespace}`);
    await removeBuilder(exec, lease, new BufferLog(), leases);
    expect(await builders()).toEqual(['default']);
    expect(await readdir(leases)).toEqual([]);
  });

  it('waits six hours for a run in a container, of which nothing can be told', async () => {
    const [killed, first, lease] = [await join(), await join(), await join()];
    await writeFile(path.join(leases, path.basename(killed)), '4711.1.99');
    await removeBuilder(exec, first, new BufferLog(), leases);
    expect(await builders()).toContain('operator-release');
    const yesterday = new Date(Date.now() - 24 * 60 * 60_000);
    await utimes(path.join(leases, path.basename(killed)), yesterday, yesterday);
    await removeBuilder(exec, lease, new BufferLog(), leases);
    expect(await builders()).toEqual(['default']);
    expect(await readdir(leases)).toEqual([]);
  });

  it.each(['operator-release', 'operator-release/../../etc/passwd', 'default'])(
    'refuses %j, which is no lease',
    async (lease) => {
      await expect(removeBuilder(exec, lease, new BufferLog(), leases)).rejects.toThrow(/not a lease/);
    },
  );
});

describe('dockerReachable', () => {
  async function docker(info: string, exitCode = 0): Promise<void> {
    await program(home, 'docker-info', info, exitCode);
    await writeFile(
      path.join(home, 'docker'),
      `#!/bin/sh\n[ "$1" = info ] && exec ${home}/docker-info\necho 'github.com/docker/buildx v0.30.1 9e66234'\n`,
    );
  }

  it('tells engine, buildx and where images are kept', async () => {
    await docker('20.10.24\t[["Backing Filesystem","extfs"]]');
    expect(await dockerReachable(exec)).toEqual({
      reachable: true,
      engine: '20.10.24',
      buildx: '0.30.1',
      containerdStore: false,
    });
    await docker('29.1.3\t[["driver-type","io.containerd.snapshotter.v1"]]');
    expect(await dockerReachable(exec)).toMatchObject({ engine: '29.1.3', containerdStore: true });
  });

  it('gives the reason of the client when there is no engine', async () => {
    await program(home, 'docker', 'Cannot connect', 1);
    expect(await dockerReachable(exec)).toEqual({ reachable: false, reason: 'docker info names no engine' });
    await writeFile(path.join(home, 'docker'), '#!/bin/sh\necho "Is the docker daemon running?" >&2\nexit 1\n');
    expect(await dockerReachable(exec)).toEqual({ reachable: false, reason: 'Is the docker daemon running?' });
  });

  it('gives the reason when there is no client', async () => {
    vi.stubEnv('PATH', path.join(home, 'builders'));
    expect(await dockerReachable(exec)).toMatchObject({
      reachable: false,
      reason: expect.stringContaining('docker cannot be started') as string,
    });
  });
});
