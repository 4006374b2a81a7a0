/** A workflow command as the Actions runner understands it. */
export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const registered = new Set(
  [
    'add-mask',
    'add-matcher',
    'add-path',
    'debug',
    'echo',
    'endgroup',
    'error',
    'group',
    'notice',
    'remove-matcher',
  ].concat(['save-state', 'set-env', 'set-output', 'stop-commands', 'warning']),
);

/** .NET `TrimStart`: white space of Unicode, and not the byte order mark that JavaScript counts as such. */
const leadingSpace = /^[\t-\r\u0085\p{Z}]+/u;

/**
 * The commands in an output, by the rules of actions/runner (`ActionCommand.cs`, `OutputManager.cs`): lines end at CR,
 * LF or both; `::name …::` after leading white space; the old `##[name …]` anywhere in a line; names in any case.
 */
export function commandsIn(output: string): RunnerCommand[] {
  return output.split(/\r\n|\r|\n/).flatMap((line) => {
    const found = parseNew(line.replace(leadingSpace, '')) ?? parseOld(line);
    return found === undefined ? [] : [found];
  });
}

function parseNew(line: string): RunnerCommand | undefined {
  const end = line.indexOf('::', 2);
  if (!line.startsWith('::') || end < 0) return undefined;
  return parse(line.slice(2, end), line.slice(end + 2), ',', unescapeProperty, unescapeData);
}

function parseOld(line: string): RunnerCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const unescape = (text: string): string => unescapeData(text.replaceAll('%3B', ';').replaceAll('%5D', ']'));
  return parse(line.slice(start + 3, end), line.slice(end + 1), ';', unescape, unescape);
}

function parse(
  info: string,
  data: string,
  separator: string,
  property: (text: string) => string,
  value: (text: string) => string,
): RunnerCommand | undefined {
  const space = info.indexOf(' ');
  const name = (space < 0 ? info : info.slice(0, space)).toLowerCase();
  if (!registered.has(name)) return undefined;
  const pairs =
    space < 0
      ? []
      : info
          .slice(space + 1)
          .trim()
          .split(separator);
  const properties = pairs.flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals <= 0 || equals === pair.length - 1 ? [] : [[pair.slice(0, equals), property(pair.slice(equals + 1))]];
  });
  return { name, properties: Object.fromEntries(properties) as Record<string, string>, data: value(data) };
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  const lines = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  return lines.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
}
