"use strict";
{
  const ABSENT = "–";
  const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function valueOf(cell, isNumber) {
    if (!isNumber) return cell.textContent === ABSENT ? null : cell.textContent;
    const value = Number.parseFloat(cell.dataset.sort ?? cell.textContent);
    return Number.isNaN(value) ? null : value;
  }

  function inOrder(rows, at, isNumber, order) {
    const sign = order === "ascending" ? 1 : -1;
    const keyed = rows.map((row) => [valueOf(row.cells[at], isNumber), row]);
    const compare = isNumber ? (a, b) => a - b : words.compare;
    keyed.sort(([a], [b]) => (a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b)));
    return keyed.map(([, row]) => row);
  }

  function sortable(table) {
    const rows = [...table.tBodies[0].rows];
    table.tHead.addEventListener("click", (event) => {
      const head = event.target.closest("button")?.parentElement;
      if (!head) return;
      const order = NEXT[head.ariaSort ?? "none"];
      for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
      if (order !== "none") head.setAttribute("aria-sort", order);
      const isNumber = head.classList.contains("number");
      table.tBodies[0].append(...(order === "none" ? rows : inOrder(rows, head.cellIndex, isNumber, order)));
    });
  }

  function defined(table) {
    const define = (event) => {
      const button = event.target.closest("button");
      const means = button && document.getElementById(button.getAttribute("aria-describedby"));
      if (means) tell(button, means.textContent, false);
    };
    for (const kind of ["pointerover", "focusin", "click"]) table.tHead.addEventListener(kind, define);
    table.tHead.addEventListener("pointerout", (event) => event.pointerType === "mouse" && hide());
    table.tHead.addEventListener("focusout", hide);
    table.tHead.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  }

  function findable(sheet) {
    const [line, body] = [sheet.querySelector(".find"), sheet.querySelector("tbody")];
    const [field, said] = [line.querySelector("input"), line.querySelector("output")];
    const rows = [...body.rows].map((row) => [row, [...row.cells].map((c) => c.textContent).join(" ").toLowerCase()]);
    const find = () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const [row, text] of rows) row.hidden = !wanted.every((each) => text.includes(each));
      const left = rows.filter(([row]) => !row.hidden).length;
      said.textContent = wanted.length ? `${left} of ${rows.length} rows` : "";
    };
    field.addEventListener("input", find);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      field.value = "";
      find();
    });
    line.hidden = false;
  }

  function foldable(cell) {
    const [note, text, button] = ["div", "div", "button"].map((name) => document.createElement(name));
    note.className = "note";
    text.className = "fold";
    text.append(...cell.childNodes);
    button.type = "button";
    button.className = "unfold";
    const turn = (open) => {
      text.classList.toggle("all", open);
      button.textContent = open ? "less" : "more";
      button.setAttribute("aria-expanded", open);
    };
    button.addEventListener("click", () => turn(!text.classList.contains("all")));
    turn(false);
    note.append(text, button);
    cell.append(note);
  }

  function fit(sheet) {
    const folds = [...sheet.querySelectorAll(".fold:not(.all)")];
    const cut = folds.map((text) => text.scrollHeight > text.clientHeight + 1);
    folds.forEach((text, at) => { text.nextElementSibling.hidden = !cut[at]; });
  }

  function cue(box) {
    const right = box.scrollWidth - box.clientWidth - box.scrollLeft;
    const below = box.scrollHeight - box.clientHeight - box.scrollTop;
    const there = { left: box.scrollLeft > 1, right: right > 1, above: box.scrollTop > 1, below: below > 1 };
    box.dataset.more = Object.keys(there).filter((side) => there[side]).join(" ");
  }

  for (const sheet of document.querySelectorAll("details.sheet:not(.heat)")) {
    const table = sheet.querySelector("table");
    if (sheet.querySelector(".find")) findable(sheet);
    sortable(table);
    defined(table);
    for (const cell of table.querySelectorAll("td.long")) if (cell.textContent.length > 60) foldable(cell);
    new ResizeObserver(() => requestAnimationFrame(() => fit(sheet))).observe(table);
  }

  const SCROLLED = ".wide, .card, .plot, nav ul";
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) cue(target.closest(SCROLLED));
  });
  for (const box of document.querySelectorAll(SCROLLED)) {
    box.addEventListener("scroll", () => cue(box), { passive: true });
    sized.observe(box);
    if (box.firstElementChild) sized.observe(box.firstElementChild);
  }
}
