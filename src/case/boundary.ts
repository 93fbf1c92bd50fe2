import type { Connector } from '../connector/contract.js';
import type { Context } from './context.js';

type Told = Context['boundary'];

/**
 * The same object, telling `boundary` before and after each of its methods but those that only read. What
 * a new method does is told unless it is named here: no step escapes the tests that let the process die.
 */
export function bounded<T extends object>(
  target: T,
  name: string,
  reading: readonly (keyof T & string)[],
  boundary: Told,
): T {
  const exempt = new Set<string>(reading);
  const methods = Object.entries(target).map(([method, value]: [string, unknown]) =>
    typeof value !== 'function' || exempt.has(method)
      ? [method, value]
      : [
          method,
          (...args: readonly unknown[]) =>
            around(boundary, `${name}.${method}${kindOf(args[0])}`, () => Reflect.apply(value, target, args)),
        ],
  );
  return Object.fromEntries(methods) as T;
}

/** Tells a step that lasts, before and after. */
export function around<T>(boundary: Told, step: string, work: () => T): T {
  boundary(step);
  const result = work();
  if (result instanceof Promise) {
    return result.then((value: unknown) => {
      boundary(`${step}, done`);
      return value;
    }) as T;
  }
  boundary(`${step}, done`);
  return result;
}

/** The same for every change at a source. */
export function boundedConnector(connector: Connector, source: string, boundary: Told): Connector {
  const { writer, compact } = connector;
  return {
    ...connector,
    ...(writer === undefined
      ? {}
      : {
          writer: async (call) => bounded(await writer.call(connector, call), source, ['find'], boundary),
        }),
    ...(compact === undefined
      ? {}
      : { compact: (call) => around(boundary, `${source}.compact`, () => compact.call(connector, call)) }),
  };
}

/** An entry's or a change's kind tells steps apart. */
function kindOf(argument: unknown): string {
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) return '';
  return typeof argument.kind === 'string' ? ` ${argument.kind}` : '';
}
