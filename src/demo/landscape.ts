import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The databases of the sample landscape, and what each is for. The people in them are made up. */
export const databases = [
  { name: 'crm', about: 'customers, logins, support tickets, notes, leads' },
  { name: 'billing', about: 'invoices and their lines, payments, cards' },
  { name: 'newsletter', about: 'who gets the letters, and which of them were opened' },
  { name: 'web', about: 'visits by cookie, pages seen' },
  { name: 'hr', about: 'the staff, with the support contact of every customer' },
] as const;

/** Where the SQL and the map lie: beside this file, and beside the bundle that it becomes a part of. */
const files = fileURLToPath(new URL('./landscape/', import.meta.url));

/** Builds five SQLite databases and a complete `dsr.yaml` in an empty folder. */
export async function buildLandscape(dir: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  await mkdir(join(dir, 'data'));
  for (const { name } of databases) {
    const database = new Database(join(dir, 'data', `${name}.db`));
    try {
      database.pragma('foreign_keys = on');
      const sql = await readFile(join(files, `${name}.sql`), 'utf8');
      database.transaction(() => database.exec(sql))();
    } finally {
      database.close();
    }
  }
  await copyFile(join(files, 'dsr.yaml'), join(dir, 'dsr.yaml'));
  // made up, but the size and shape of what never belongs in a repository
  await writeFile(join(dir, '.gitignore'), '*\n');
}
