const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SPECIAL = /[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text for an HTML element or a quoted attribute. Control characters become their pictures (␀), and
 * the marks that turn the direction of writing are told, since either can make a value look like another.
 */
export function escapeHtml(text: string): string {
  return text.replace(SPECIAL, (char) => {
    const entity = ENTITIES[char];
    if (entity !== undefined) return entity;
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `[U+${code.toString(16).toUpperCase()}]`;
  });
}

/** A path inside the zip as a relative address. */
export function href(path: string): string {
  return escapeHtml(path.split('/').map(encodeURIComponent).join('/'));
}
