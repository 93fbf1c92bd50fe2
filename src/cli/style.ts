/** How words stand out; every one of these is the identity where there is no terminal. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const same = (text: string) => text;
export const plain: Style = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };

/** chalk is loaded only where colour is shown at all. */
export async function styleFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  wanted: boolean,
): Promise<Style> {
  // https://no-color.org: present and not empty, whatever its value
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  if (!wanted || refused || stream.isTTY !== true || env.TERM === 'dumb') return plain;
  const { Chalk, supportsColor } = await import('chalk');
  const chalk = new Chalk({ level: supportsColor === false ? 1 : supportsColor.level });
  return {
    bold: chalk.bold,
    dim: chalk.dim,
    red: chalk.red,
    yellow: chalk.yellow,
    green: chalk.green,
    cyan: chalk.cyan,
  };
}
