import type { ConnectorFactory } from '../../src/connector/contract.js';
import { redacted, type ServerOptions, serverOptions } from '../sql/connection.js';
import { sqlConnector } from '../sql/connector.js';

/** MariaDB 10.6 and later; Oracle's MySQL 8 takes the same statements, but is not tested. */
const mysql: ConnectorFactory<ServerOptions> = {
  name: 'mysql',
  parse: (config) => serverOptions(config, ['mysql', 'mariadb']),
  redact: redacted,
  async open(options) {
    const { mysqlEngine } = await import('./engine.js');
    return sqlConnector(await mysqlEngine(options));
  },
};
export default mysql;
