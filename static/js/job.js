// The page of one burn-in.

import { applyCells } from "./live/cells.js";
import { startClock } from "./live/clock.js";
import { Connection } from "./live/connection.js";
import { applyRail } from "./live/rail.js";
import { showState } from "./live/state.js";
import { Sheet } from "./sheet.js";
import { prepareStartForm } from "./start_form.js";

const page = document.getElementById("job");
const log = page.querySelector("[data-log]");
const announce = document.querySelector("[data-announce]");

new Sheet({
  onOpen: prepareStartForm,
  onDone: (text) => {
    announce.textContent = text;
  },
});

function showLog({ stage, text = "" }) {
  if (log.textContent === text) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  log.textContent = text;
  page.querySelector("[data-log-stage]").textContent = stage ?? "";
  if (atEnd) log.scrollTop = log.scrollHeight; // who reads further up is left alone
}

// A part of the page that the server draws: fetched again when its mark changes.
async function showPart(name, mark) {
  if (page.dataset[name] === mark) return;
  const answer = await fetch(page.dataset[`${name}Url`]).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  page.querySelector(`[data-${name}-box]`).innerHTML = await answer.text();
  page.dataset[name] = mark;
}

function show(row) {
  applyCells(page.querySelector("[data-live='job']"), row.cells);
  applyRail(page.querySelector("[data-rail]"), row.rail);
  for (const stage of row.stages) {
    const line = page.querySelector(`[data-stage="${stage.id}"]`);
    if (line) applyCells(line, stage.cells);
  }
  showLog(row.log);
  showPart("evidence", row.evidence);
  showPart("heat", row.heat);
}

log.scrollTop = log.scrollHeight;
startClock(page);
new Connection({
  query: { job: page.dataset.job },
  version: Number(page.dataset.version),
  onRows: (rows) => rows.forEach(show),
  onState: showState(page),
}).start();
