import type { ConnectorEntry } from '../src/connector/registry.js';

/** The connectors that come with dsr; each loads its driver only when a source uses it. */
export const connectorEntries: readonly ConnectorEntry[] = [
  {
    name: 'sqlite',
    about: 'SQLite 3 files',
    load: async () => (await import('./sqlite/index.js')).default,
  },
  {
    name: 'postgres',
    about: 'PostgreSQL 12 and later',
    load: async () => (await import('./postgres/index.js')).default,
  },
  {
    name: 'mysql',
    about: "MariaDB 10.6 and later; Oracle's MySQL 8 is unverified",
    load: async () => (await import('./mysql/index.js')).default,
  },
];
