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
/* A part of a page that changes by itself: asked for again as long as it says so. Without this file the page reloads. */
const poll = async (e) => {
  const answer = await fetch(e.dataset.poll).catch(() => null);
  if (!answer || !answer.ok) { setTimeout(poll, 5000, e); return; }
  const box = document.createElement('template');
  box.innerHTML = await answer.text();
  const next = box.content.firstElementChild;
  e.replaceWith(next);
  if (next.dataset.poll) setTimeout(poll, 2000, next);
};
for (const e of document.querySelectorAll('[data-poll]')) setTimeout(poll, 2000, e);
