import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caseWorkspace } from '../cases/workspace.js';
import { hasEngine } from '../harness/engines.js';

const people = {
  subject: 'customer',
  system: ['id'],
  fields: { email: { category: 'user.contact.email', identifier: 'email' } },
  erase: 'delete',
};

describe.skipIf(!hasEngine('postgres'))('a schema that the role may not use', () => {
  it('makes every answer incomplete, by name, until options say which schemas count', async () => {
    const role = `dsr_test_hidden_${process.pid}`;
    const world = await caseWorkspace('postgres', {
      crm: {
        sql: [
          'create table people (id int primary key, email varchar(100))',
          "insert into people values (1, 'anna@example.se')",
          'create schema support',
          'create table support.tickets (id int primary key, email varchar(100))',
          "insert into support.tickets values (1, 'anna@example.se')",
          `create role ${role} login`,
          `grant select on all tables in schema public, support to ${role}`,
        ],
        collections: { people },
      },
    });
    const { crm } = world.databases;
    const file = join(world.folder, 'dsr.yaml');
    const asRole = (text: string) => {
      const url = new URL(crm?.connection ?? '');
      url.username = role;
      return text.replace(/\$\{CRM_URL\}/, url.href);
    };
    const written = asRole(readFileSync(file, 'utf8'));
    try {
      writeFileSync(file, written);
      const { code, stdout, stderr } = await world.dsr('find', 'anna@example.se', '--json');
      expect(code, stderr).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({
        complete: false,
        incomplete: ['crm: what schema support holds cannot be read: no right to use it'],
      });
      const files = await world.extract('anna@example.se');
      expect(JSON.parse(files.get('manifest.json') ?? '{}')).toMatchObject({
        complete: false,
        hidden: [{ collection: 'crm: support', reason: 'no right to use the schema' }],
      });
      expect(files.get('index.html')).toContain('crm: support');

      writeFileSync(
        file,
        written.replace(
          /^( +)people:$/m,
          `$1tickets: { table: support.tickets, system: [id, email], erase: delete }\n$1people:`,
        ),
      );
      const check = await world.dsr('map', 'check', '--json');
      expect(check.code, check.stdout).toBe(3);

      writeFileSync(file, written.replace(/^( +)connector: .*$/m, '$&\n$1options: { schemas: [public] }'));
      expect((await world.dsr('find', 'anna@example.se', '--json')).code).toBe(0);
    } finally {
      await crm?.exec(`drop owned by ${role}; drop role ${role}`);
      await world.close();
    }
  });
});
