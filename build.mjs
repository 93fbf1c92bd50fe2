// Bundles the command line and the SQLite worker into dist/: one file to read at start-up, the rest
// (drivers, inquirer, archiver) split off and loaded when used. The demo's SQL and map lie beside it.
import { chmod, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const outdir = process.argv[2] ?? 'dist';

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: { dsr: 'bin/dsr.ts', 'sqlite-worker': 'connectors/sqlite/worker.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});
await cp('src/demo/landscape', join(outdir, 'landscape'), { recursive: true });
await chmod(join(outdir, 'dsr.js'), 0o755);
