// Patterns of names, as the server has them.

/** A name as a glob that fits nothing else. */
export function literal(name) { return name.replace(/[\\*?[]/g, '\\$&'); }

/** Whether a glob of a breakpoint fits a name: * and ? do not go over a slash, [a-z] is a set, \ takes the next character as it is. */
export function fits(glob, name) {
  if (glob === name) return true;
  const one = /\\(.)|\*|\?|\[(\^?)((?:\\.|[^\]\\])+)\]|([^])/g;
  const pattern = glob.replace(one, (part, escaped, not, set, plain) => {
    if (escaped !== undefined || plain !== undefined) return (escaped ?? plain).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `[${not}${set.replace(/\[/g, '\\[')}]`;
  });
  try { return new RegExp(`^${pattern}$`, 'u').test(name); } catch { return false; }
}
