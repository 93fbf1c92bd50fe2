import { isAbsolute, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { InitSource } from '../../case/setup/init.js';
import { DsrError } from '../../model/error.js';
import { askChoice, askText } from '../ask.js';
import { isAskable } from '../io.js';
import { onRun, type Runtime, type Session } from '../session.js';

interface InitFlags {
  readonly source: readonly string[];
}

export function addInit(parent: Command, runtime: Runtime): void {
  const command = parent
    .command('init')
    .description('a workspace; writes a skeleton of all tables and columns of the given sources')
    .argument('[dir]', 'the folder to make a workspace of (default: this one)')
    .option(
      '--source <name=connector:connection>',
      'a source, as crm=postgres:CRM_DATABASE_URL or web=sqlite:data/web.db (repeatable)',
      (value: string, earlier: readonly string[]) => [...earlier, value],
      [],
    );
  onRun<InitFlags>(command, runtime, async (session, flags, [named]) => {
    const { io, output } = session;
    const dir = resolve(io.cwd, named ?? session.flags.workspace ?? '.');
    const written = flags.source.length > 0 ? flags.source.map(sourceOf) : await askSources(session);
    const sources = written.map((source) => settled(source, dir, io.cwd));
    const [{ initWorkspace }, { printInit }] = await Promise.all([
      import('../../case/setup/init.js'),
      import('../view/init.js'),
    ]);
    const result = await initWorkspace(session.contextAt(dir), { dir, sources });
    await printInit(output, result, io.cwd);
    return result.sources.every((source) => source.status === 'searched') ? 0 : 3;
  });
}

/** `crm=postgres:CRM_DATABASE_URL`. The text is not repeated: it may hold a password. */
function sourceOf(text: string): InitSource {
  const [, name, connector, connection] = /^([^=:]+)=((?:[.\w@/-])+?):(.+)$/s.exec(text) ?? [];
  if (name !== undefined && connector !== undefined && connection !== undefined) {
    return { name: name.trim(), connector, connection };
  }
  throw new DsrError('usage', 'a --source is not written as name=connector:connection', {
    hint: 'as crm=postgres:CRM_DATABASE_URL (an environment variable) or web=sqlite:data/web.db (a file)',
  });
}

/**
 * The connection as it shall stand in the map: a variable's name as `${NAME}`, and the path of a SQLite
 * file as seen from the workspace, since that is where the map's paths are meant from.
 */
function settled(source: InitSource, dir: string, cwd: string): InitSource {
  const { connection, connector } = source;
  if (/^[A-Z][A-Z0-9_]*$/.test(connection)) return { ...source, connection: `\${${connection}}` };
  if (connector !== 'sqlite' || isAbsolute(connection) || connection.includes('${')) return source;
  return { ...source, connection: relative(dir, resolve(cwd, connection)) };
}

async function askSources({ io, signal, flags, entries }: Session): Promise<readonly InitSource[]> {
  if (!isAskable(io) || flags.json) {
    throw new DsrError('usage', 'no source was given', {
      hint: 'as --source crm=postgres:CRM_DATABASE_URL; `dsr connectors list` shows the connectors',
    });
  }
  const sources: InitSource[] = [];
  for (;;) {
    const more = sources.length === 0 ? 'A name for the source, as crm' : 'Another source? (Enter: no more)';
    const name = (await askText(io, signal, more)).trim();
    if (name === '' && sources.length > 0) return sources;
    if (name === '') continue;
    const choices = entries.map((entry) => ({ name: `${entry.name}  ${entry.about}`, value: entry.name }));
    const connector = await askChoice(io, signal, 'Which connector?', choices);
    const where = connector === 'sqlite' ? 'The file' : 'The environment variable that holds its URL';
    const connection = (await askText(io, signal, where)).trim();
    if (connection !== '') sources.push({ name, connector, connection });
  }
}
