import { tzOffset } from '@date-fns/tz';

const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/;
const MINUTE = 60_000;

/**
 * Adds to a time without a zone the offset it has in `zone` (RFC 3339); its own digits stay as they
 * are. A time that the autumn repeats gets the first offset, one that the spring leaves out the one
 * before the change. What is no such time (infinity, `0000-00-00…`, year 12000) comes back unchanged.
 */
export function withOffset(zone: string): (local: string) => string {
  const known = new Map<string, string | null>();
  return (local) => {
    const isLocal = LOCAL.test(local);
    if (!isLocal) return local;
    const hour = local.slice(0, 13);
    let offset = known.get(hour);
    if (offset === undefined) {
      if (known.size > 20_000) known.clear();
      const first = offsetAt(zone, `${hour}:00:00`);
      const last = offsetAt(zone, `${hour}:59:59`);
      // Within an hour that changes the clock, each time is asked for by itself.
      offset = first === last ? first : null;
      known.set(hour, offset);
    }
    return local + (offset ?? offsetAt(zone, local.slice(0, 19)) ?? '');
  };
}

/** null: no such moment. */
function offsetAt(zone: string, local: string): string | null {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 10) !== local.slice(0, 10)) return null;
  // The offset a day before holds for both the repeated and the skipped hour.
  const before = tzOffset(zone, new Date(asUtc - 24 * 60 * MINUTE));
  const after = tzOffset(zone, new Date(asUtc + 24 * 60 * MINUTE));
  const fits = [before, after].find(
    (minutes) => tzOffset(zone, new Date(asUtc - minutes * MINUTE)) === minutes,
  );
  return spelled(fits ?? before);
}

function spelled(minutes: number): string {
  const size = Math.trunc(Math.abs(minutes));
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}
