import { expect } from 'vitest';
import { infoOf } from './ask.js';
import { errorOf } from './error-of.js';
import type { Table } from './fixture.js';
import type { Guarantee } from './guarantee.js';
import { refusal } from './refusal.js';
import { contentOf, deletionOf, done, writing as opened, updateOf } from './writer-steps.js';
import { writes } from './writing.js';

const SECRET = 'anna@example.se';

const people: Table = {
  name: 'people',
  columns: {
    id: 'integer',
    all: 'integer',
    email: 'text',
    note: { type: 'text', nullable: true },
  },
  key: ['id'],
  unique: [['email']],
  never: { field: 'note', text: SECRET },
  rows: [
    { id: 1, all: 1, email: 'one@example.se', note: null },
    { id: 2, all: 1, email: SECRET, note: null },
  ],
};

/** What the source does not take is told as data, without a value. */
export const refusing: readonly Guarantee[] = [
  {
    says: 'a unique key refuses, and the error names where but no value',
    appliesTo: writes,
    async check({ make }) {
      const fixture = await make(people);
      const error = await refusal(
        fixture,
        await updateOf(fixture.connector, 'people', ['email'], [[1, SECRET]]),
        ['people'],
        SECRET,
      );
      expect(error.message).toContain('people');
    },
  },
  {
    says: 'a primary key refuses a second record',
    appliesTo: writes,
    async check({ make }) {
      const fixture = await make(people);
      await refusal(
        fixture,
        await updateOf(fixture.connector, 'people', ['id', 'note'], [[1, 2, 'secret']]),
        ['people'],
        'secret',
      );
    },
  },
  {
    says: 'NOT NULL refuses',
    appliesTo: writes,
    async check({ make }) {
      const fixture = await make(people);
      const update = await updateOf(
        fixture.connector,
        'people',
        ['email', 'note'],
        [[1, null, SECRET.toUpperCase()]],
      );
      const error = await refusal(fixture, update, ['people'], SECRET.toUpperCase());
      expect(error.message).toContain('people');
    },
  },
  {
    says: 'a check refuses',
    appliesTo: writes,
    async check({ make }) {
      const fixture = await make(people);
      await refusal(
        fixture,
        await updateOf(fixture.connector, 'people', ['note'], [[1, SECRET]]),
        ['people'],
        SECRET,
      );
    },
  },
  {
    says: 'a trigger refuses an update and a deletion, whatever it says',
    appliesTo: writes,
    async check({ make, skip }) {
      const fixture = await make(people);
      if (fixture.guarded === undefined) return skip('the source has no triggers');
      await fixture.guarded('people', 2, `${SECRET} is protected`);
      await refusal(
        fixture,
        await updateOf(
          fixture.connector,
          'people',
          ['note'],
          [
            [1, 'x'],
            [2, 'x'],
          ],
        ),
        ['people'],
        SECRET,
      );
      await refusal(fixture, await deletionOf(fixture.connector, 'people', [1, 2]), ['people'], SECRET);
      expect(await done(fixture.connector, await deletionOf(fixture.connector, 'people', [1]))).toEqual([1]);
    },
  },
  {
    says: 'a refusal undoes what the transaction had done before, and nothing can be committed after it',
    appliesTo: writes,
    async check({ make }) {
      const { connector } = await make(people);
      const good = await updateOf(connector, 'people', ['note'], [[2, 'x']]);
      const bad = await updateOf(connector, 'people', ['email'], [[1, SECRET]]);
      await opened(connector, async (writer) => {
        await writer.apply(good);
        await errorOf(writer.apply(bad));
        await errorOf(writer.commit());
      });
      expect(await contentOf(connector, 'people', ['note'])).toEqual({ 1: [null], 2: [null] });
    },
  },
  {
    says: 'a generated field is not written',
    appliesTo: (harness) => writes(harness) && harness.streams,
    async check({ make }) {
      const again = { type: 'text', nullable: true, copyOf: 'email' } as const;
      const fixture = await make({ ...people, columns: { ...people.columns, again } });
      const update = await updateOf(fixture.connector, 'people', ['again'], [[1, 'secret']]);
      const error = await refusal(fixture, update, ['people'], 'secret');
      expect(error.message).toContain('again');
    },
  },
  {
    says: 'a view is only read, and the catalog says so: the map names a wrong table',
    appliesTo: writes,
    async check({ make, skip }) {
      const fixture = await make(people);
      if (fixture.view === undefined) return skip('no views here');
      await fixture.view('seen', 'people');
      expect((await infoOf(fixture.connector, 'seen')).unchangeable).toContain('view');
      expect((await infoOf(fixture.connector, 'people')).unchangeable).toBeUndefined();
      const deletion = await deletionOf(fixture.connector, 'seen', [1], ['id']);
      const error = await refusal(fixture, deletion, ['people'], '', undefined, 'config');
      expect(error.message).toContain('seen');
    },
  },
  {
    says: 'records without a key that lasts are not changed: the map has to name one',
    appliesTo: writes,
    async check({ make }) {
      const loose = { name: 'loose', columns: { name: 'text', all: 'integer' } } as const;
      const fixture = await make({ ...loose, rows: [{ name: 'x', all: 1 }] });
      const { connector } = fixture;
      // The map may name one: no reason to call it unchangeable.
      expect((await infoOf(connector, 'loose')).unchangeable).toBeUndefined();
      const [key = ''] = Object.keys(await contentOf(connector, 'loose', []));
      const deletion = await deletionOf(connector, 'loose', [key.split('|')]);
      const error = await refusal(fixture, deletion, ['loose'], '', undefined, 'config');
      expect(error.message).toContain('loose');
    },
  },
];
