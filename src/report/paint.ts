type Brush = (text: string) => string;

/** Colours for a terminal or the runner's log. Paint goes on after the text was made printable. */
export interface Paint {
  readonly bold: Brush;
  readonly dim: Brush;
  readonly red: Brush;
  readonly green: Brush;
  readonly yellow: Brush;
  readonly cyan: Brush;
}

const same: Brush = (text) => text;
export const noPaint: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

/** SGR codes (ECMA-48, 8.3.117) `on` and `off` around the text. */
function sgr(on: number, off: number): Brush {
  return (text) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`);
}
export const colours: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};
