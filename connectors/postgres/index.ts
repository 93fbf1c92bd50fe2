import type { ConnectorFactory } from '../../src/connector/contract.js';
import { redacted, type ServerOptions, serverOptions } from '../sql/connection.js';
import { sqlConnector } from '../sql/connector.js';

/** PostgreSQL 12 and later. */
const postgres: ConnectorFactory<ServerOptions> = {
  name: 'postgres',
  parse: (config) => serverOptions(config, ['postgres', 'postgresql']),
  redact: redacted,
  async open(options) {
    const { postgresEngine } = await import('./engine.js');
    return sqlConnector(await postgresEngine(options));
  },
};
export default postgres;
