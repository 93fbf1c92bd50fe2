import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from './support/imports.js';

const root = resolve(import.meta.dirname, '..');

/**
 * The drawing of the design, as a table: what each room of src/ may import beside itself. A room that
 * is not here may import nothing and be imported by nothing.
 */
const below = {
  model: [],
  store: ['model'],
  connector: ['model', 'store'],
  identity: ['connector', 'store', 'model'],
  mask: ['identity', 'model'],
  ledger: ['connector', 'store', 'model'],
  work: ['connector', 'store', 'model'],
  map: ['mask', 'identity', 'ledger', 'work', 'connector', 'store', 'model'],
  locate: ['map', 'identity', 'ledger', 'work', 'connector', 'store', 'model'],
  survey: ['locate', 'mask', 'map', 'identity', 'connector', 'store', 'model'],
  plan: ['survey', 'locate', 'mask', 'map', 'identity', 'ledger', 'work', 'connector', 'store', 'model'],
  apply: ['plan', 'mask', 'map', 'identity', 'ledger', 'work', 'connector', 'store', 'model'],
  verify: [
    'locate',
    'plan',
    'apply',
    'mask',
    'map',
    'identity',
    'ledger',
    'work',
    'connector',
    'store',
    'model',
  ],
  deep: ['locate', 'mask', 'map', 'identity', 'connector', 'store', 'model'],
  extract: ['map', 'identity', 'ledger', 'work', 'connector', 'store', 'model'],
  case: lower('extract'),
  obligation: [...lower('extract'), 'case'],
  batch: [...lower('extract'), 'case'],
  demo: ['model'],
  cli: [...lower('extract'), 'obligation', 'case', 'batch', 'demo'],
} satisfies Record<string, readonly string[]>;

function lower(room: 'extract'): readonly string[] {
  return [
    room,
    ...['locate', 'survey', 'plan', 'apply', 'verify', 'deep'],
    ...['mask', 'map', 'identity', 'ledger', 'work', 'connector', 'store', 'model'],
  ];
}

/** Who may import a package: one owner each, or the few that the design names. */
const owners: Readonly<Record<string, readonly string[]>> = {
  commander: ['src/cli'],
  inquirer: ['src/cli'],
  chalk: ['src/cli'],
  archiver: ['src/extract'],
  'csv-stringify': ['src/extract'],
  knex: ['connectors'],
  pg: ['connectors'],
  mysql2: ['connectors'],
  'better-sqlite3': ['src/store', 'connectors/sqlite', 'connectors/sql', 'src/demo'],
  zod: ['src/map'],
  yaml: ['src/map'],
  canonicalize: ['src/ledger', 'src/map', 'src/plan', 'src/case'],
  'libphonenumber-js': ['src/identity'],
  personnummer: ['src/identity'],
  'date-fns': ['src/case', 'src/extract', 'src/survey', 'src/obligation'],
  '@date-fns/tz': ['src/case', 'src/extract', 'src/survey', 'src/obligation'],
};

/** What may stand at the top: the user's own list, and what the ecosystem demands. */
const topLevel = new Set([
  ...['package.json', 'tsconfig.json', 'bin', 'src', 'connectors', 'test', 'README.md'],
  ...['package-lock.json', 'LICENSE', 'CHANGELOG.md', '.ci', '.gitignore', 'biome.json'],
  ...['build.mjs', 'vitest.config.ts', 'vitest.long.config.ts', 'vitest.bench.config.ts'],
]);
/** Made by a build, a run or a clone; never committed. */
const made = /^(\.git|node_modules|dist|coverage|\.dsr|dsr-demo(-\d+)?)$/;

/** Why `file` may not import `specifier`; null: it may. Both are told from the tree's root. */
function violation(file: string, specifier: string): string | null {
  if (specifier.startsWith('node:')) return null;
  if (!specifier.startsWith('.')) return foreign(file, specifier);
  const target = relative(root, resolve(root, dirname(file), specifier));
  if (target === 'package.json')
    return file === 'src/model/tool.ts' ? null : 'only the version is read there';
  if (file.startsWith('bin/')) return null;
  if (file.startsWith('connectors/')) return fromConnector(file, target);
  if (!target.startsWith('src/')) return 'src imports only src';
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) return null;
  const allowed: readonly string[] = (below as Record<string, readonly string[]>)[from] ?? [];
  return allowed.includes(to) ? null : `${from} stands not above ${to}`;
}

function foreign(file: string, specifier: string): string | null {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const homes = owners[name];
  if (homes === undefined) return `nobody owns the package ${name}`;
  return homes.some((home) => file.startsWith(`${home}/`)) ? null : `${name} belongs to ${homes.join(', ')}`;
}

function fromConnector(file: string, target: string): string | null {
  if (/^src\/(connector|model)\//.test(target)) return null;
  if (file === 'connectors/index.ts' && target.startsWith('connectors/')) return null;
  const own = file.split('/').slice(0, 2).join('/');
  if (target.startsWith(`${own}/`) || target.startsWith('connectors/sql/')) return null;
  return 'a connector imports src/connector, src/model, connectors/sql and itself';
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? '';
}

/** The packages that are loaded before a command is known: what is reached by imports of values alone. */
function startup(entry: string): ReadonlySet<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { kind, specifier } of importsOf(readFileSync(join(root, file), 'utf8'))) {
      if (kind !== 'static' || specifier === null) continue;
      if (!specifier.startsWith('.')) packages.add(specifier);
      else if (specifier.endsWith('.js')) visit(join(dirname(file), specifier.replace(/\.js$/, '.ts')));
    }
  };
  visit(entry);
  return packages;
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

describe('the tree', () => {
  const files = ['bin', 'src', 'connectors'].flatMap(sourceFiles);

  it('imports downward only, and each package from its owner', () => {
    const wrong = files.flatMap((file) =>
      importsOf(readFileSync(join(root, file), 'utf8')).flatMap(({ specifier }) => {
        const why = specifier === null ? null : violation(file, specifier);
        return why === null ? [] : [`${file} imports ${specifier}: ${why}`];
      }),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });

  it('loads by a name made at run time only what the map names', () => {
    const dynamic = files.filter((file) =>
      importsOf(readFileSync(join(root, file), 'utf8')).some(({ specifier }) => specifier === null),
    );
    expect(dynamic).toEqual(['src/connector/registry.ts']);
  });

  it('starts with commander alone: all else is loaded when it is used', () => {
    expect([...startup('bin/dsr.ts')].filter((specifier) => !specifier.startsWith('node:'))).toEqual([
      'commander',
    ]);
  });

  it('has an owner for every dependency', () => {
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    expect(Object.keys(manifest.dependencies).filter((name) => owners[name] === undefined)).toEqual([]);
  });

  it('has at its top what the user fixed, and what the ecosystem demands', () => {
    const strange = readdirSync(root).filter((name) => !topLevel.has(name) && !made.test(name));
    expect(strange).toEqual([]);
  });

  it.each([
    ['src/model/key.ts', '../case/find.js', 'model stands not above case'],
    ['src/ledger/entry.ts', '../work/request.js', 'ledger stands not above work'],
    ['src/extract/zip.ts', '../locate/located.js', 'extract stands not above locate'],
    ['src/cli/main.ts', '../../connectors/index.js', 'src imports only src'],
    ['connectors/postgres/index.ts', '../mysql/index.js', 'a connector imports'],
    ['connectors/postgres/index.ts', '../../src/case/find.js', 'a connector imports'],
    ['src/case/search/find.ts', 'chalk', 'chalk belongs to src/cli'],
    ['src/work/requests.ts', 'better-sqlite3', 'better-sqlite3 belongs to'],
    ['src/case/search/find.ts', 'left-pad', 'nobody owns the package left-pad'],
  ])('refuses that %s imports %s', (file, specifier, why) => {
    expect(violation(file, specifier)).toContain(why);
  });
});

describe('the scan for imports', () => {
  it.each([
    ["import { a } from './a.js';", 'static', './a.js'],
    ["import type { A } from './a.js';", 'type', './a.js'],
    ["import {\n  a,\n  type B,\n} from './a.js';", 'static', './a.js'],
    ["import './a.js';", 'static', './a.js'],
    ["import a, { b } from './a.js' with { type: 'json' };", 'static', './a.js'],
    ["export { a } from './a.js';", 'static', './a.js'],
    ["export * from './a.js';", 'static', './a.js'],
    ["export type { A } from './a.js';", 'type', './a.js'],
    ["const a = await import('./a.js');", 'dynamic', './a.js'],
    ["type A = import('./a.js').A;", 'dynamic', './a.js'],
    ['const a = await import(\n  name\n);', 'dynamic', null],
    ["const a = require('./a.js');", 'dynamic', './a.js'],
    ['const a = await import(`./a.js`);', 'dynamic', null],
  ])('sees %s', (text, kind, specifier) => {
    expect(importsOf(text)).toEqual([{ kind, specifier }]);
  });

  it('is not misled by comments and by text', () => {
    const text = [
      "// import { a } from './a.js';",
      "/* export * from './b.js'; */",
      "const note = 'take it from it';",
      "const sql = `select 'x' from 'y'`;",
      'const call = "import(x)";',
    ].join('\n');
    expect(importsOf(text)).toEqual([]);
  });
});
