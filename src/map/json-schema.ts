import { z } from 'zod';
import { mapSchema } from './schema.js';

/**
 * The JSON Schema (draft 2020-12) of dsr.yaml, for editors: completion of every key, category and
 * relation. It knows the shape only; `dsr map check` knows the rest.
 */
export function mapJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(mapSchema, {
    io: 'input',
    // JSON Schema has no bigint; an integer of any size is one.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer';
    },
  });
  return { ...schema, title: 'dsr.yaml', description: 'Data map and policy of dsr' };
}
