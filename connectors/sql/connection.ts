import type { SourceConfig } from '../../src/connector/contract.js';
import { DsrError } from '../../src/model/error.js';

/** Where a database server is and how to get in, from a URL or an object in dsr.yaml. */
export interface ServerOptions {
  readonly source: string;
  readonly host: string | null;
  readonly port: number | null;
  /** A Unix socket, instead of host and port. */
  readonly socketPath: string | null;
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  readonly ssl: SslOptions;
  /** Schemas (MySQL: databases) to describe; null: the engine's default. */
  readonly schemas: readonly string[] | null;
  /** Milliseconds that the server itself lets one statement run; null: its own setting. */
  readonly statementTimeoutMs: number | null;
  /** Where keys may be put aside; `SourceConfig.scratch`. */
  readonly scratch: string;
}

/** false: none · require: encrypted, unverified · verify: the certificate is checked. */
export type SslOptions = false | 'require' | { readonly verify: true; readonly ca: string | null };

const PARTS = ['host', 'port', 'socketPath', 'user', 'password', 'database'] as const;
const OPTIONS = ['ssl', 'schemas', 'statementTimeout'] as const;

/**
 * `connection` and `options` of a source. No message repeats the connection: it holds the password.
 * @throws DsrError config
 */
export function serverOptions(config: SourceConfig, protocols: readonly string[]): ServerOptions {
  const fail = (what: string, hint: string): never => {
    throw new DsrError('config', `source ${config.name}: ${what}`, { hint });
  };
  const options = config.options;
  const strange = Object.keys(options).filter((name) => !(OPTIONS as readonly string[]).includes(name));
  if (strange.length > 0) fail(`options has no ${strange.join(', ')}`, `it may have ${OPTIONS.join(', ')}`);
  const facts =
    typeof config.connection === 'string'
      ? fromUrl(config.connection, protocols, fail)
      : fromObject(config.connection, protocols, fail);
  const timeout = options.statementTimeout;
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    fail('options.statementTimeout is not a number of seconds', 'for instance statementTimeout: 60');
  }
  const schemas = options.schemas;
  if (schemas !== undefined && !isTexts(schemas)) {
    fail('options.schemas is not a list of names', 'for instance schemas: [public, crm]');
  }
  return {
    source: config.name,
    ...facts,
    ssl: sslOptions(options.ssl ?? facts.ssl ?? false, fail),
    schemas: isTexts(schemas) ? schemas : null,
    statementTimeoutMs: typeof timeout === 'number' ? Math.ceil(timeout * 1_000) : null,
    scratch: config.scratch,
  };
}

/** The same without its secret, to print. */
export function redacted({ password, ssl, scratch: _ours, ...rest }: ServerOptions): unknown {
  return {
    ...rest,
    password: password === null ? null : '***',
    ssl: typeof ssl === 'object' ? { verify: true, ca: ssl.ca === null ? null : '(given)' } : ssl,
  };
}

type Fail = (what: string, hint: string) => never;
type Facts = Pick<ServerOptions, (typeof PARTS)[number]> & { readonly ssl: unknown };

function fromUrl(text: string, protocols: readonly string[], fail: Fail): Facts {
  const example = `${protocols[0]}://user:\${PASSWORD}@host/database`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return fail('its connection is no URL', `for instance ${example}; marks in a password as %40`);
  }
  const protocol = url.protocol.slice(0, -1);
  if (!protocols.includes(protocol)) fail(`its connection is no ${protocols.join(' or ')} URL`, example);
  const socket = url.searchParams.get('socket') ?? url.searchParams.get('host');
  const path = socket?.startsWith('/') === true ? socket : null;
  const plain = (part: string): string | null => {
    if (part === '') return null;
    try {
      return decodeURIComponent(part);
    } catch {
      return fail('its connection has a % that encodes nothing', 'write a % in a password as %25');
    }
  };
  return {
    host: path === null ? plain(url.hostname.replace(/^\[|\]$/g, '')) : null,
    port: url.port === '' ? null : Number(url.port),
    socketPath: path,
    user: plain(url.username),
    password: plain(url.password),
    database: plain(url.pathname.replace(/^\//, '')),
    ssl: url.searchParams.get('sslmode') ?? url.searchParams.get('ssl') ?? undefined,
  };
}

function fromObject(connection: unknown, protocols: readonly string[], fail: Fail): Facts {
  if (typeof connection !== 'object' || connection === null || Array.isArray(connection)) {
    return fail(
      'its connection is missing',
      `a ${protocols[0]}:// URL from the environment, or host, user, password and database`,
    );
  }
  const given: Readonly<Record<string, unknown>> = { ...connection };
  const strange = Object.keys(given).filter((name) => !(PARTS as readonly string[]).includes(name));
  if (strange.length > 0) fail(`connection has no ${strange.join(', ')}`, `it may have ${PARTS.join(', ')}`);
  const text = (name: (typeof PARTS)[number]): string | null => {
    const value = given[name];
    if (value === undefined || value === null || value === '') return null;
    return typeof value === 'string' ? value : fail(`connection.${name} is not text`, 'put it in quotes');
  };
  const port = given.port === undefined ? null : Number(given.port);
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    fail('connection.port is no port', 'a number from 1 to 65535');
  }
  return {
    host: text('host'),
    port,
    socketPath: text('socketPath'),
    user: text('user'),
    password: text('password'),
    database: text('database'),
    ssl: undefined,
  };
}

/** Takes libpq's words too. `prefer` would fall back to clear text unseen, so it is refused. */
function sslOptions(ssl: unknown, fail: Fail): SslOptions {
  if (ssl === false || ssl === 'disable' || ssl === 'false') return false;
  if (ssl === true || ssl === 'true' || ssl === 'verify' || ssl === 'verify-full' || ssl === 'verify-ca') {
    return { verify: true, ca: null };
  }
  if (ssl === 'require' || ssl === 'no-verify') return 'require';
  if (typeof ssl === 'object' && ssl !== null && 'ca' in ssl && typeof ssl.ca === 'string') {
    return { verify: true, ca: ssl.ca };
  }
  return fail('ssl is none of the known words', 'ssl: verify, require, false, or { ca: <PEM text> }');
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}
