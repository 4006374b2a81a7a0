/** Shows a step's output as the runner's page does: groups folded unless they failed, commands in words. */
export class RunnerLog {
  readonly #write: (line: string) => void;
  readonly #unfold: boolean;
  #group: { readonly title: string; readonly lines: string[] } | null = null;

  /** `unfold`: show what is in every group. */
  constructor(write: (line: string) => void, unfold: boolean) {
    this.#write = write;
    this.#unfold = unfold;
  }

  line(text: string): void {
    const [, name = '', , data = ''] = /^::([a-z-]+)( [^:]*(?::(?!:)[^:]*)*)?::(.*)$/.exec(text) ?? [];
    switch (name) {
      case 'group':
        this.end();
        this.#group = { title: plain(data), lines: [] };
        return;
      case 'endgroup':
        this.end();
        return;
      case 'error':
      case 'warning':
      case 'notice':
        this.#line(`${name}: ${plain(data)}`);
        return;
      case 'add-mask':
      case 'debug':
        return;
      default:
        this.#line(text);
    }
  }

  /** The end of the output; a group that a kill left open is shown whole. */
  end(): void {
    const group = this.#group;
    this.#group = null;
    if (group === null) return;
    const open = this.#unfold || group.title.startsWith('✗');
    this.#write(`${open ? '▾' : '▸'} ${group.title}${open ? '' : ` (${group.lines.length} lines)`}`);
    if (open) for (const line of group.lines) this.#write(`  ${line}`);
  }

  #line(text: string): void {
    for (const line of text.split('\n')) {
      if (this.#group === null) this.#write(line);
      else this.#group.lines.push(line);
    }
  }
}

function plain(data: string): string {
  return data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}
