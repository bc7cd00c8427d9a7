// Keeps the table in step with the rows that the server sends.

import { applyCells } from "../live/cells.js";
import { printTime } from "../live/clock.js";
import { applyRail } from "../live/rail.js";

export class Rows {
  constructor(board, onChange) {
    this.board = board;
    this.groups = board.querySelector("[data-groups]");
    this.onChange = onChange;
    this.versions = new Map();
    this.fetching = new Set();
  }

  get count() {
    return this.groups.querySelectorAll("[data-live='drive'], [data-host]").length;
  }

  apply(rows, isSnapshot) {
    for (const row of rows) this.applyOne(row, isSnapshot);
    if (isSnapshot) this.dropAllBut(rows);
    this.onChange();
  }

  applyOne(row, isSnapshot) {
    const key = `${row.kind}:${row.id}`;
    if (!isSnapshot && (this.versions.get(key) ?? -1) >= row.v) return;
    this.versions.set(key, row.v);
    const elements = this.board.querySelectorAll(`[data-live="${row.kind}"][data-id="${row.id}"]`);
    if (row.gone) elements.forEach((element) => element.remove());
    else if (!elements.length && row.kind !== "stats") this.add(row);
    else elements.forEach((element) => this.update(element, row));
  }

  update(element, row) {
    applyCells(element, row.cells);
    if (row.kind !== "drive") return;
    applyRail(element.querySelector("[data-rail]"), row.rail);
    if (String(row.host) !== element.dataset.hostId) {
      element.remove(); // it was carried to another host
      this.add(row);
      return;
    }
    element.dataset.groups = row.groups;
    if (row.job) element.dataset.job = row.job;
    else delete element.dataset.job;
    for (const control of element.querySelectorAll("[data-choose], [data-start-one]")) {
      control.disabled = Boolean(row.blocked);
      control.title = row.blocked;
      if (row.blocked && control.checked) control.checked = false;
    }
  }

  async add(row) {
    const key = `${row.kind}:${row.id}`;
    if (this.fetching.has(key)) return;
    this.fetching.add(key);
    try {
      if (row.kind === "host") await this.addGroup(row.id);
      else if (this.groups.querySelector(`[data-host="${row.host}"]`)) await this.addRow(row);
      else await this.addGroup(row.host);
    } catch {
      this.versions.delete(key); // the next frame or resync brings it again
    } finally {
      this.fetching.delete(key);
    }
    this.onChange();
  }

  async fetchPiece(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(address);
    const holder = document.createElement("template");
    holder.innerHTML = (await answer.text()).trim();
    const piece = holder.content.firstElementChild;
    for (const element of piece.querySelectorAll("[data-at]")) printTime(element);
    return piece;
  }

  async addRow(row) {
    const piece = await this.fetchPiece(`/drives/${row.id}/row`);
    const body = this.groups.querySelector(`[data-host="${row.host}"] [data-rows]`);
    if (!body || body.querySelector(`[data-id="${row.id}"]`)) return;
    const later = [...body.rows].find((other) => other.dataset.order > row.order);
    piece.classList.add("fresh");
    body.insertBefore(piece, later ?? null);
  }

  async addGroup(id) {
    if (this.groups.querySelector(`[data-host="${id}"]`)) return;
    const piece = await this.fetchPiece(`/hosts/${id}/group`);
    if (this.groups.querySelector(`[data-host="${id}"]`)) return;
    const name = piece.getAttribute("aria-label");
    const later = [...this.groups.children].find((other) => other.getAttribute("aria-label") > name);
    this.groups.insertBefore(piece, later ?? null);
  }

  dropAllBut(rows) {
    const there = new Set(rows.map((row) => `${row.kind}:${row.id}`));
    for (const element of this.groups.querySelectorAll("[data-live='drive']")) {
      if (!there.has(`drive:${element.dataset.id}`)) element.remove();
    }
    for (const element of this.groups.querySelectorAll("[data-host]")) {
      if (!there.has(`host:${element.dataset.host}`)) element.remove();
    }
  }
}
