// Exports of the document: pictures, text in both formats, and snippets for templates.

import { h, signal } from '../core/view.js';
import { post } from '../core/api.js';
import { dialog, dialogHead } from '../core/dialog.js';
import { icon } from '../core/icon.js';
import { loading, refused } from '../core/shown.js';
import { tabs } from '../core/tabs.js';
import { copy } from '../core/toast.js';

/** Saves a text or a Blob as a download. */
export function download(name, content, type = 'text/plain') {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const el = h('a', { href: url, download: name });
  document.body.append(el);
  el.click();
  el.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const kinds = [
  ['yaml', 'YAML', 'asl.yaml'], ['json', 'JSON', 'asl.json'], ['sam', 'SAM', 'yaml'], ['terraform', 'Terraform', 'tf'], ['mermaid', 'Mermaid', 'mmd'], ['svg', 'SVG', 'svg'], ['png', 'PNG', 'png'],
];

/** Opens the dialog of exports. */
export function exportAs({ store }) {
  const about = store.file.peek(), name = (about.name || 'machine').replace(/[^\w.-]+/g, '-'), chosen = signal('yaml');
  return dialog('Export', close => [
    dialogHead('Export', close),
    h('div.dialog-body.export-body', null, tabs('Format', kinds.map(([kind, label, ending]) => [kind, label, () => content(store, kind, `${name}.${ending}`, about.name || 'machine')]), chosen)),
  ], 'dialog.wide');
}

function content(store, kind, file, name) {
  const made = signal(null), problem = signal(null);
  post('render', { ...store.body(), kind, name }).then(made.set, problem.set);
  return () => {
    if (problem()) return refused(problem());
    if (!made()) return loading(4);
    const { text, base64 } = made();
    const blob = base64 ? new Blob([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], { type: 'image/png' }) : new Blob([text], { type: kind === 'svg' ? 'image/svg+xml' : 'text/plain' });
    return h('div.col.gap-4', null,
      kind === 'svg' || kind === 'png' ? h('img.export-picture', { src: URL.createObjectURL(blob), alt: `Drawing of ${name}` }) : h('pre.code-block.export-text', { tabindex: 0, role: 'group', 'aria-label': file, 'data-testid': 'export-text' }, text),
      h('div.row', null,
        h('button.btn.btn--pri', { 'data-testid': 'export-download', onclick: () => download(file, blob) }, icon('download'), `Download ${file}`),
        text && h('button.btn', { 'data-testid': 'export-copy', onclick: () => copy(text, 'Copied') }, icon('copy'), 'Copy')));
  };
}
