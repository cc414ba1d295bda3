/* Progressive enhancement only. Every page works without this file. */
for (const b of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue;
  b.hidden = false;
  const label = b.textContent;
  b.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.querySelector(b.dataset.copy).textContent.trim());
    b.textContent = b.dataset.done; b.setAttribute('aria-live', 'polite');
    setTimeout(() => { b.textContent = label; }, 2000);
  });
}
/* Filters: open on wide screens, closed on phones. */
const d = document.querySelector('.filters__d');
if (d) { const m = matchMedia('(min-width: 56em)'); const f = () => { d.open = m.matches; }; f(); m.addEventListener('change', f); }
/* Printing has no link of its own. */
for (const e of document.querySelectorAll('[data-print]')) { e.hidden = false; e.querySelector('button').addEventListener('click', () => print()); }
