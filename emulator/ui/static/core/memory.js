// What the browser remembers of this page: small JSON values by name. Without storage nothing is
// remembered and everything works.

export function recall(name, otherwise) {
  try { return JSON.parse(localStorage.getItem(`aslocal.${name}`)) ?? otherwise; } catch { return otherwise; }
}

// remember keeps a value; null forgets it.
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`aslocal.${name}`);
    else localStorage.setItem(`aslocal.${name}`, JSON.stringify(value));
  } catch { /* full or off */ }
}
