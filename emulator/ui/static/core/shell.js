// Text for a POSIX shell.

// shellQuote quotes a word, so that a shell takes it as it is.
export function shellQuote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
