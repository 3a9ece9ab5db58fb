// What the browser remembers of this page: small JSON values by name. Without storage nothing is
// remembered and everything works.

export function recall(name, otherwise) {
  try { return JSON.parse(localStorage.getItem(`aslocal.${name}`)) ?? otherwise; } catch { return otherwise; }
}

export function remember(name, value) {
  try { localStorage.setItem(`aslocal.${name}`, JSON.stringify(value)); } catch { /* full or off */ }
}
