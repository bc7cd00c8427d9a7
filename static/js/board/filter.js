// Filter by text and by chip. The counts on the chips follow the rows.

export class Filter {
  constructor(board) {
    this.board = board;
    this.input = board.querySelector("[data-filter]");
    this.chips = [...board.querySelectorAll("[data-chip]")];
    this.nothing = board.querySelector("[data-nothing-found]");
    this.input.addEventListener("input", () => this.apply());
    for (const chip of this.chips) chip.addEventListener("click", () => this.choose(chip));
    board.querySelector("[data-clear-filter]").addEventListener("click", () => this.clear());
  }

  get chip() {
    return this.chips.find((chip) => chip.getAttribute("aria-pressed") === "true").dataset.chip;
  }

  choose(wanted) {
    for (const chip of this.chips) chip.setAttribute("aria-pressed", String(chip === wanted));
    this.apply();
  }

  clear() {
    this.input.value = "";
    this.choose(this.chips[0]);
    this.input.focus();
  }

  matches(row, words, chip) {
    if (chip && !row.dataset.groups.split(" ").includes(chip)) return false;
    if (!words.length) return true;
    const host = row.closest("[data-host]").getAttribute("aria-label");
    const texts = ["name", "location", "serial", "model"].map((name) => row.querySelector(`[data-cell=${name}]`).textContent);
    const text = [host, ...texts].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  }

  apply() {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chip = this.chip;
    const rows = [...this.board.querySelectorAll("[data-live='drive']")];
    let shown = 0;
    for (const row of rows) {
      row.hidden = !this.matches(row, words, chip);
      if (!row.hidden) shown += 1;
    }
    this.hideEmptyGroups(Boolean(words.length || chip));
    this.nothing.hidden = !rows.length || shown > 0;
    this.count(rows);
  }

  hideEmptyGroups(filtering) {
    for (const group of this.board.querySelectorAll("[data-host]")) {
      group.classList.toggle("nothing", filtering && !group.querySelector("[data-live='drive']:not([hidden])"));
    }
  }

  count(rows) {
    for (const chip of this.chips) {
      const group = chip.dataset.chip;
      const number = group ? rows.filter((row) => row.dataset.groups.split(" ").includes(group)).length : rows.length;
      const place = chip.querySelector("[data-count]");
      if (place.textContent !== String(number)) place.textContent = String(number);
    }
  }
}
