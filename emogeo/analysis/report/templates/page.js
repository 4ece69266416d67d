"use strict";
const tip = document.getElementById("tip");
let marked = null;

function hide() {
  tip.hidden = true;
  if (marked) marked.classList.remove("at");
  marked = null;
}

function place() {
  const box = marked.getBoundingClientRect();
  const left = Math.min(box.left + box.width / 2 - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 4);
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${box.top > tip.offsetHeight + 8 ? box.top - tip.offsetHeight - 6 : box.bottom + 6}px`;
}

function tell(of, text, aloud) {
  hide();
  tip.setAttribute("aria-live", aloud ? "polite" : "off");
  tip.textContent = text;
  tip.hidden = false;
  marked = of;
  of.classList.add("at");
  place();
}

function show(cell) {
  const row = cell.parentElement;
  const column = row.closest("table").tHead.rows[0].cells[cell.cellIndex];
  tell(cell, `${row.cells[0].textContent} – ${column.textContent}: ${cell.textContent}`, true);
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

for (const table of document.querySelectorAll("table.rdm")) {
  const rows = table.tBodies[0].rows;
  const last = rows.length;
  let at = [0, 1];
  const move = ([down, right]) => {
    at = [Math.min(Math.max(at[0] + down, 0), last - 1), Math.min(Math.max(at[1] + right, 1), last)];
    const cell = rows[at[0]].cells[at[1]];
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    show(cell);
  };
  const point = (event) => {
    const cell = event.target.closest("tbody td");
    if (!cell) return hide();
    at = [cell.parentElement.sectionRowIndex, cell.cellIndex];
    show(cell);
  };
  table.addEventListener("pointerover", point);
  table.addEventListener("click", point);
  table.addEventListener("pointerleave", hide);
  table.addEventListener("blur", hide);
  table.addEventListener("focus", () => table.matches(":focus-visible") && move([0, 0]));
  table.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    move(STEPS[event.key]);
  });
}
function reorder(table, names) {
  const place = new Map(names.map((name, number) => [name, number]));
  const of = (cell) => place.get(cell.textContent) ?? names.length;
  const columns = [...table.tHead.rows[0].cells].slice(1);
  const order = [...columns.keys()].sort((a, b) => of(columns[a]) - of(columns[b]));
  for (const row of table.rows) row.append(...order.map((at) => row.cells[at + 1]));
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => of(a.cells[0]) - of(b.cells[0])));
}

for (const select of document.querySelectorAll("select.order")) {
  select.addEventListener("change", () => {
    hide();
    const names = JSON.parse(select.selectedOptions[0].dataset.order);
    for (const table of select.closest("section").querySelectorAll("table.rdm")) reorder(table, names);
  });
}
addEventListener("scroll", () => marked && place(), { passive: true, capture: true });

for (const link of document.querySelectorAll("a.take")) {
  link.href = link.closest("figure").querySelector("img").src;
  link.hidden = false;
}

addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
});
