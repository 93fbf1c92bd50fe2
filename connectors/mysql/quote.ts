import mysql from 'mysql2';

/** The driver's own; a dot is part of the name. */
export const quote = (name: string): string => mysql.escapeId(name, true);
/** With backslashes, as the session's sql_mode takes them. */
export const literal = (value: string | number | bigint | null): string => mysql.escape(value);
