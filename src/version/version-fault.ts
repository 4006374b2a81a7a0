import { hasLeadingZero, isCountable } from './version.ts';

/** Why a text is no strict semver 2.0 version, as the end of a sentence ("it has two numbers, ..."); null when it is one. */
export function versionFault(text: string): string | null {
  if (text === '') return 'it is empty';
  const stray = /[^0-9A-Za-z.+-]/u.exec(text)?.[0];
  if (stray !== undefined) return `it has a character that semver does not allow: ${JSON.stringify(stray)}`;
  const [rest, ...metadata] = text.split('+');
  if (metadata.length > 1) return 'it has more than one "+"';
  const [core, prerelease] = cut(rest ?? '', '-');
  return (
    coreFault(core) ?? listFault('pre-release', prerelease, true) ?? listFault('build metadata', metadata[0], false)
  );
}

const howMany = ['no number', 'one number', 'two numbers'];

function coreFault(core: string): string | null {
  const numbers = core.split('.');
  const odd = numbers.find((number) => !/^\d+$/.test(number));
  if (odd !== undefined) return odd === '' ? 'a number is missing' : `"${odd}" is not a number`;
  if (numbers.length !== 3) return `it has ${howMany[numbers.length] ?? `${numbers.length} numbers`}, semver has three`;
  const padded = numbers.find(hasLeadingZero);
  if (padded !== undefined) return `the number ${padded} has a leading zero`;
  const large = numbers.find((number) => !isCountable(number));
  return large === undefined ? null : `the number ${large} is above 2^53 - 1`;
}

function listFault(what: string, list: string | undefined, numbersAreStrict: boolean): string | null {
  const identifiers = list?.split('.') ?? [];
  if (identifiers.includes('')) return `its ${what} has an empty part`;
  const padded = numbersAreStrict ? identifiers.find(hasLeadingZero) : undefined;
  return padded === undefined ? null : `the number ${padded} in its ${what} has a leading zero`;
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
