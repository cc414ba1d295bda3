/* Rows of the delegation's sheet without a round trip. Without this file each button asks the server. */
const form = document.querySelector('[data-sheet]');
const rows = form?.querySelector('[data-rows]');
const blank = document.querySelector('template[data-blank]');
const total = form?.elements['form-TOTAL_FORMS'];
const send = form?.querySelector('[data-many]');
const most = Number(form?.elements['form-MAX_NUM_FORMS']?.value || 50);
const say = () => {
  if (!send) return;
  const named = [...rows.querySelectorAll('[name$="-name"]')].filter((e) => e.value.trim()).length;
  if (named) send.textContent = named === 1 ? send.dataset.one : send.dataset.many.replace('{n}', named);
};
if (rows && blank && total) {
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name="add"]');
    const next = Number(total.value);
    const more = Math.min(Number(button?.value || 0), most - next);
    if (!button || more < 1) return;
    event.preventDefault();
    for (let n = next; n < next + more; n += 1) {
      const holder = document.createElement('template');
      holder.innerHTML = blank.innerHTML.replaceAll('__prefix__', n).replaceAll('__number__', n + 1);
      rows.append(holder.content);
    }
    total.value = next + more;
    document.getElementById(`id_form-${next}-name`).focus();
  });
  rows.addEventListener('input', say);
  say();
}
