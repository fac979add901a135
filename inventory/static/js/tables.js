// A table that does not fit, for a name of two hundred letters stands in it, breaks its words: those
// that are too long, and all of them where that is not enough.

const LONG = /\S{25}/;

function fit(wrap) {
  const over = () => wrap.scrollWidth > wrap.clientWidth + 1;
  for (const each of [wrap, ...wrap.querySelectorAll(".kt-broken")]) each.classList.remove("kt-broken");
  if (!over()) return;
  for (const cell of wrap.querySelectorAll("td")) {
    if (LONG.test(cell.textContent)) cell.classList.add("kt-broken");
  }
  if (over()) wrap.classList.add("kt-broken");
}

const widths = new WeakMap();
const watch = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (widths.get(target) === target.clientWidth) continue; // broken words changed its height alone
    widths.set(target, target.clientWidth);
    fit(target);
  }
});

for (const wrap of document.querySelectorAll(".kt-table-wrap")) watch.observe(wrap);
