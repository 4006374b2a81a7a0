// Loaded into the measured program before its own code (node --import): notes which programs it starts and when, and at
// its end what it used itself. JavaScript, so that the measured program does not pay for stripping types.
import child_process from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const file = process.env.BENCH_METER;
// Programs that are started below are not the measured one.
delete process.env.BENCH_METER;
delete process.env.NODE_OPTIONS;

const commands = [];
const spawn = child_process.spawn;
child_process.spawn = (tool, args, options) => {
  const child = spawn(tool, args, options);
  const command = {
    tool,
    args: [...args],
    cwd: options.cwd ?? process.cwd(),
    input: '',
    start: performance.now(),
    end: 0,
  };
  commands.push(command);
  child.once('close', () => (command.end = performance.now()));
  if (child.stdin) {
    const end = child.stdin.end.bind(child.stdin);
    child.stdin.end = (data) => {
      command.input += data ?? '';
      return end(data);
    };
  }
  return child;
};
syncBuiltinESMExports();

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const used = { cpuMs: (user + system) / 1000, maxRssMiB: process.resourceUsage().maxRSS / 1024 };
  writeFileSync(file, JSON.stringify({ ...used, commands }));
});
