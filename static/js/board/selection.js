// Which drives are ticked. Rows that a filter hides stay ticked, and the button says how many there are.

export class Selection {
  constructor(board) {
    this.board = board;
    this.button = board.querySelector("[data-start]");
    this.anchor = null;
    board.addEventListener("click", (event) => this.extend(event));
    board.addEventListener("change", (event) => this.changed(event));
  }

  get boxes() {
    return [...this.board.querySelectorAll("[data-choose]")];
  }

  get ids() {
    return this.boxes.filter((box) => box.checked).map((box) => box.value);
  }

  // Shift-click ticks everything between, as in any list.
  extend(event) {
    if (!event.target.matches("[data-choose]")) return;
    const visible = this.boxes.filter((box) => !box.disabled && !box.closest("tr").hidden);
    const [from, to] = [visible.indexOf(this.anchor), visible.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) {
      for (const box of visible.slice(from, to + 1)) box.checked = event.target.checked;
    }
    this.anchor = event.target;
    this.show();
  }

  changed(event) {
    if (event.target.matches("[data-choose-all]")) {
      const rows = event.target.closest("[data-host]").querySelectorAll("tr:not([hidden]) [data-choose]:not(:disabled)");
      for (const box of rows) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-choose], [data-choose-all]")) this.show();
  }

  clear() {
    for (const box of this.boxes) box.checked = false;
    this.show();
  }

  show() {
    for (const box of this.boxes) box.closest("tr").classList.toggle("chosen", box.checked);
    for (const all of this.board.querySelectorAll("[data-choose-all]")) this.showAll(all);
    if (!this.button) return;
    const number = this.ids.length;
    this.button.disabled = number === 0;
    this.button.textContent = number > 1 ? `Start ${number} burn-ins` : "Start burn-in";
  }

  showAll(all) {
    const boxes = [...all.closest("[data-host]").querySelectorAll("[data-choose]:not(:disabled)")];
    const ticked = boxes.filter((box) => box.checked).length;
    all.disabled = boxes.length === 0;
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
}
