// The board.

import { Filter } from "./board/filter.js";
import { Rows } from "./board/rows.js";
import { Selection } from "./board/selection.js";
import { startClock } from "./live/clock.js";
import { Connection } from "./live/connection.js";
import { showState } from "./live/state.js";
import { prepareMenus } from "./menus.js";
import { Sheet } from "./sheet.js";
import { prepareStartForm } from "./start_form.js";

const board = document.getElementById("board");
const announce = document.querySelector("[data-announce]");
const filter = new Filter(board);
const selection = new Selection(board);
const sheet = new Sheet({
  onOpen: prepareStartForm,
  onDone: (text) => {
    announce.textContent = text;
  },
});

function refresh() {
  const anyDrive = Boolean(board.querySelector("[data-live='drive']"));
  const steps = board.querySelector("[data-first-steps]");
  if (steps) steps.hidden = anyDrive;
  board.querySelector("[data-tools]").hidden = !anyDrive;
  filter.apply();
  selection.show();
}

const rows = new Rows(board, refresh);
const connection = new Connection({
  version: Number(board.dataset.version),
  onRows: (changed, isSnapshot) => rows.apply(changed, isSnapshot),
  onState: showState(board),
  onCount: (number) => {
    if (number !== rows.count) connection.resync(); // a row was deleted, or one never came
  },
});

board.addEventListener("click", (event) => {
  const row = event.target.closest("[data-live='drive']");
  if (event.target.closest("[data-start]")) {
    const query = selection.ids.map((id) => `drive=${id}`).join("&");
    sheet.open(`${board.dataset.startUrl}?${query}`);
  } else if (event.target.closest("[data-start-one]")) {
    sheet.open(`${board.dataset.startUrl}?drive=${row.dataset.id}`);
  } else if (event.target.closest("[data-cancel-one]")) {
    sheet.open(`${board.dataset.cancelUrl}?job=${row.dataset.job}`);
  }
});

prepareMenus(board);
startClock(board, Number(board.dataset.staleAfter));
refresh();
connection.start();
