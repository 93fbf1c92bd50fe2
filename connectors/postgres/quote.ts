import pg from 'pg';

/** pg's own; knex's `??` would split at dots and ` as `. */
export const quote = (name: string): string => pg.escapeIdentifier(name);
export const literal = (text: string): string => pg.escapeLiteral(text);
