import { bytes } from './markdown.ts';

/** A part of the summary that makes sense alone: it is shown whole or not at all. */
export interface Section {
  readonly name: string;
  readonly markdown: string;
}

/** GitHub takes 1 MiB from a step and shows nothing of a larger one; the rest is margin for what others append. */
export const mostSummaryBytes = 1024 * 1024 - 32 * 1024;

/** Sections one after the other, without those that do not fit; a note at the end names these. */
export function joinSections(sections: readonly Section[], mostBytes: number = mostSummaryBytes): string {
  const noteRoom = 1024;
  const shown: string[] = [];
  const left: string[] = [];
  let size = 0;
  for (const { name, markdown } of sections) {
    if (markdown === '') continue;
    const added = bytes(markdown) + 2;
    if (size + added > mostBytes - noteRoom) {
      left.push(name);
    } else {
      shown.push(markdown);
      size += added;
    }
  }
  if (left.length > 0) {
    const names = left.slice(0, 10).join(', ') + (left.length > 10 ? ` and ${left.length - 10} more` : '');
    shown.push(`_Left out, as a summary holds 1 MiB: ${names}. The log has it all._`);
  }
  return `${shown.join('\n\n')}\n`;
}
