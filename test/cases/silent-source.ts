import type { Connector, Reader } from '../../src/connector/contract.js';
import type { ConnectorEntry } from '../../src/connector/registry.js';
import { DsrError } from '../../src/model/error.js';

interface Named {
  readonly source: string;
  readonly inner: unknown;
}

/** The same connectors, of which a source's reader answers no more once it was scanned, or halfway through that. */
export function silencing(
  entries: readonly ConnectorEntry[],
  source: string,
  when: 'scan' | 'find',
): readonly ConnectorEntry[] {
  return entries.map((entry) => ({
    ...entry,
    async load() {
      const factory = await entry.load();
      return {
        ...factory,
        parse: (config): Named => ({ source: config.name, inner: factory.parse(config) }),
        redact: (options) => factory.redact((options as Named).inner),
        async open(options) {
          const named = options as Named;
          const connector = await factory.open(named.inner);
          return named.source === source ? silent(connector, when) : connector;
        },
      };
    },
  }));
}

function silent(connector: Connector, when: 'scan' | 'find'): Connector {
  return {
    ...connector,
    reader: async (call) => falling(await connector.reader(call), when),
  };
}

function falling(reader: Reader, when: 'scan' | 'find'): Reader {
  const { scan } = reader;
  let isSilent = false;
  const lost = () => new DsrError('transient', 'the connection was lost');
  return {
    ...reader,
    async *find(query) {
      if (isSilent) throw lost();
      yield* reader.find(query);
    },
    ...(scan === undefined
      ? {}
      : {
          async *scan(query) {
            yield* scan.call(reader, query);
            isSilent = true;
            if (when === 'scan') throw lost();
          },
        }),
  };
}
