// Sets text and tone of marked cells, and nothing else: focus, ticks, open menus and scroll stay as they are.

import { printTime } from "./clock.js";

const known = new WeakMap();

function cellsOf(row) {
  let cells = known.get(row);
  if (!cells) {
    cells = new Map();
    for (const element of row.querySelectorAll("[data-cell]")) cells.set(element.dataset.cell, element);
    known.set(row, cells);
  }
  return cells;
}

function setAttribute(element, name, value) {
  if (value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  } else if (element.hasAttribute(name)) {
    element.removeAttribute(name);
  }
}

function setCell(element, cell) {
  setAttribute(element, "data-tone", cell.tone);
  setAttribute(element, "hidden", cell.hidden ? "hidden" : "");
  if (element.hasAttribute("data-own")) return; // its words and its address are its own
  setAttribute(element, "title", cell.title);
  setAttribute(element, "href", cell.href);
  setAttribute(element, "data-form", cell.form);
  setAttribute(element, "data-at", cell.at === undefined ? "" : String(cell.at));
  if (cell.at !== undefined) printTime(element);
  else if (element.textContent !== (cell.text ?? "")) element.textContent = cell.text ?? "";
}

export function applyCells(row, cells) {
  const elements = cellsOf(row);
  for (const [name, cell] of Object.entries(cells)) {
    const element = elements.get(name);
    if (element) setCell(element, cell);
  }
}
