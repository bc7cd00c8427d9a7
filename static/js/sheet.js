// The one dialog of a page. Its content is the server's; what was typed survives a refusal because the server prints it again.

const PROBLEM = "The server did not answer. Nothing is lost: try again.";

export class Sheet {
  constructor({ onOpen = () => {}, onDone = () => {} } = {}) {
    this.dialog = document.getElementById("sheet");
    this.onOpen = onOpen;
    this.onDone = onDone;
    this.dialog.addEventListener("submit", (event) => this.submit(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]") || event.target === this.dialog) this.dialog.close();
    });
    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-sheet]");
      if (opener) this.open(opener.dataset.sheet);
    });
  }

  async open(address) {
    const answer = await this.ask(address, {});
    if (!answer) {
      this.onDone(PROBLEM);
      return;
    }
    await this.show(answer);
    if (!this.dialog.open) this.dialog.showModal();
  }

  async ask(address, options) {
    try {
      const answer = await fetch(address, { ...options, headers: { Accept: "text/html" } });
      if (answer.redirected) location.reload(); // signed out: the page itself leads to the login
      return answer.redirected ? null : answer;
    } catch {
      return null;
    }
  }

  async show(answer) {
    const page = await answer.text();
    if (!page.includes("data-close")) {
      this.complain(answer.status === 403 ? "You may not do this (any more). Ask an admin." : PROBLEM);
      return;
    }
    this.dialog.innerHTML = page;
    this.onOpen(this.dialog);
    if (this.dialog.open) this.dialog.querySelector("[autofocus]")?.focus(); // the browser does it at the opening only
    this.dialog.querySelector("[role=alert]:not([hidden])")?.scrollIntoView({ block: "nearest" });
  }

  complain(text) {
    const place = this.dialog.querySelector("[data-sheet-error]");
    if (!place) {
      this.onDone(text);
      return;
    }
    place.textContent = text;
    place.hidden = false;
  }

  async submit(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    const answer = await this.ask(form.action, { method: "POST", body: new FormData(form) });
    if (answer && (answer.status === 201 || answer.status === 204)) {
      this.dialog.close();
      this.onDone(form.dataset.done ?? (answer.status === 201 ? "Burn-in started." : "Cancelling."));
      return;
    }
    button.disabled = false;
    if (answer) await this.show(answer);
    else this.complain(PROBLEM);
  }
}
