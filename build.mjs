// Bundles the command line and the threads' files into dist/: one file to read at start-up, the rest
// (drivers, inquirer, archiver) split off and loaded when used. The demo's SQL and map lie beside it.
import { chmod, cp, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const outdir = process.argv[2] ?? 'dist';

const { metafile } = await build({
  entryPoints: {
    dsr: 'bin/dsr.ts',
    'sqlite-worker': 'connectors/sqlite/worker.ts',
    'replay-worker': 'src/obligation/replay/worker.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
});
// Only now, so that a dsr that runs meanwhile finds its files.
const made = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
for (const { name } of (await readdir(outdir, { withFileTypes: true })).filter((entry) => entry.isFile())) {
  if (!made.has(name)) await rm(join(outdir, name));
}
await rm(join(outdir, 'landscape'), { recursive: true, force: true });
await cp('src/demo/landscape', join(outdir, 'landscape'), { recursive: true });
await chmod(join(outdir, 'dsr.js'), 0o755);
