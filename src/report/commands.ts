/**
 * A workflow command for the runner: `::name key=value,key=value::data`. @actions/core writes such lines straight to
 * standard output; here they are needed as text. Escapes are those that the runner undoes (`ActionCommand.cs`): `%` and
 * line ends everywhere, in properties also `:` and `,`. Empty properties are left out, as the runner ignores them.
 */
export function command(
  name: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  data: string,
): string {
  const list = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name}${list.length > 0 ? ` ${list.join(',')}` : ''}::${escapeData(data)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
