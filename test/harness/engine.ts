/** The databases that tests run against. */
export type Engine = 'sqlite' | 'postgres' | 'mysql';
export type ServerEngine = Exclude<Engine, 'sqlite'>;

export interface ServerKind {
  readonly engine: ServerEngine;
  /** For people. */
  readonly title: string;
  /** Where an administrator's URL may be given. */
  readonly variable: string;
  /** A server on its standard port, as a developer's machine has it. */
  readonly standard: string;
  /** What to install where there is none. */
  readonly install: string;
}

export const SERVERS: Readonly<Record<ServerEngine, ServerKind>> = {
  postgres: {
    engine: 'postgres',
    title: 'PostgreSQL',
    variable: 'DSR_TEST_POSTGRES_URL',
    standard: 'postgres://postgres@127.0.0.1:5432/postgres',
    install: 'apt-get install postgresql',
  },
  mysql: {
    engine: 'mysql',
    title: 'MariaDB',
    variable: 'DSR_TEST_MARIADB_URL',
    standard: 'mysql://root@127.0.0.1:3306/mysql',
    install: 'apt-get install mariadb-server',
  },
};

/** Why an engine is not there, told to the test workers beside the URLs. */
export const missingVariable = (engine: ServerEngine): string => `${SERVERS[engine].variable}_MISSING`;
