import type { Scalar } from '../model/value.js';
import type { Wanted } from './candidates.js';
import type { Pattern, Piece, Sequence } from './check/pattern.js';
import type { Random } from './random.js';

const PREFIX = 'pseudonym-';
/** 64 bits: two of a thousand million are hardly ever the same. */
const ENOUGH = 16;
/** With fewer random letters than this the prefix gives way to more of them. */
const FEWEST_WITH_PREFIX = 12;
/** Twenty bits: with less, two people would soon have one address. */
const FEWEST_IN_ADDRESS = 4;
const DOMAINS = ['@pseudonym.invalid', '@x.invalid'] as const;
const TRIES = 12;
const LONGEST_FILLED = 200;

/** Texts that spell nothing: what is usual, then what the checks ask for. */
export function* textCandidates(wanted: Wanted, random: Random): Generator<string> {
  const { hints } = wanted;
  const base = MAKERS[wanted.form ?? 'plain'];
  const room = wanted.type.length ?? 255;
  const first = base(room, random);
  if (first !== null) yield first;
  yield* random.shuffled(hints.values.filter((value) => isText(value) && value !== '').map(String));
  const lengths = [room, ...hints.lengths.filter((length) => length < room).sort((a, b) => b - a)];
  for (const length of lengths) {
    for (let tried = 0; tried < TRIES; tried += 1) {
      const text = base(length, random);
      if (text === null) break;
      yield text;
      yield text.toUpperCase();
    }
    if (wanted.form !== null || length > LONGEST_FILLED) continue;
    const full = random.letters(length);
    yield* [full, full.toUpperCase(), random.signs(length)];
  }
  // Several patterns may speak of one column; a length bounds what a `*` may grow to.
  const rooms = [room, ...hints.lengths.filter((length) => length < room)];
  for (const pattern of hints.patterns) {
    for (let tried = 0; tried < TRIES * 4; tried += 1) {
      for (const length of rooms) yield fromPattern(pattern, length, random);
    }
  }
}

function isText(value: Scalar): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** `pseudonym-` and 64 random bits, cut; where there is little room, only what is random. */
function pseudonym(room: number, random: Random): string {
  if (room >= PREFIX.length + FEWEST_WITH_PREFIX) {
    return PREFIX + random.letters(Math.min(ENOUGH, room - PREFIX.length));
  }
  return room >= ENOUGH ? random.letters(room) : random.signs(room);
}

/** Under `.invalid` nobody has a mailbox (RFC 2606). */
function email(room: number, random: Random): string | null {
  const domain = DOMAINS.find((one) => room >= one.length + ENOUGH) ?? DOMAINS[1];
  const left = Math.min(ENOUGH, room - domain.length);
  if (left < FEWEST_IN_ADDRESS) return null;
  return `${left < ENOUGH ? random.signs(left) : random.letters(left)}${domain}`;
}

/** 240.0.0.0/4 is reserved (RFC 1112): nobody's. */
function ipv4(_room: number, random: Random): string {
  return [240 + Number(random.below(15n)), ...random.bytes(3)].join('.');
}

/** 2001:db8::/32 is for examples (RFC 3849): nobody's. */
function ipv6(_room: number, random: Random): string {
  const groups = Array.from({ length: 6 }, () => (1 + Number(random.below(0xffffn))).toString(16));
  return ['2001', 'db8', ...groups].join(':');
}

const hash =
  (bytes: number) =>
  (room: number, random: Random): string =>
    Buffer.from(random.bytes(bytes)).toString('hex').slice(0, room);

const MAKERS = { plain: pseudonym, email, ipv4, ipv6, md5: hash(16), sha256: hash(32) } as const;

/** A text that a pattern fits; what may be repeated without end is, until there is enough of it. */
export function fromPattern({ sequences }: Pattern, room: number, random: Random): string {
  const least = Math.min(...sequences.map(leastOf));
  const open = Math.max(0, room - (Number.isFinite(least) ? least : 0));
  return spelled(sequences, Math.min(open, ENOUGH), random);
}

function spelled(sequences: readonly Sequence[], open: number, random: Random): string {
  const sequence = random.pick(sequences) ?? [];
  const growing = sequence.filter((piece) => piece.kind === 'repeat' && piece.most !== piece.least).length;
  const share = growing === 0 ? open : Math.floor(open / growing);
  return sequence.map((piece) => spelledPiece(piece, share, random)).join('');
}

function spelledPiece(piece: Piece, open: number, random: Random): string {
  switch (piece.kind) {
    case 'one':
      return random.pick([...piece.of]) ?? '';
    case 'group':
      return spelled(piece.sequences, open, random);
    case 'repeat': {
      const size = Math.max(1, lengthOf(piece.piece));
      const more = Math.min(Math.floor(open / size), (piece.most ?? Number.POSITIVE_INFINITY) - piece.least);
      const count = piece.least + Math.max(0, more);
      return Array.from({ length: count }, () => spelledPiece(piece.piece, 0, random)).join('');
    }
    default:
      return '';
  }
}

function leastOf(sequence: Sequence): number {
  return sequence.reduce((sum, piece) => sum + lengthOf(piece), 0);
}

function lengthOf(piece: Piece): number {
  switch (piece.kind) {
    case 'one':
      return 1;
    case 'group':
      return Math.min(...piece.sequences.map(leastOf));
    case 'repeat':
      return piece.least * lengthOf(piece.piece);
    default:
      return 0;
  }
}
