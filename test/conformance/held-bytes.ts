import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is held in and beside the heap once all garbage is collected: RSS would count the garbage too. */
export function heldBytes(): number {
  collectGarbage ??= exposedCollector();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let collectGarbage: (() => void) | undefined;

function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
