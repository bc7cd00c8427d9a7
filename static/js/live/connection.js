// One websocket: snapshot, deltas, acknowledgements. Reconnects by itself and catches up without a reload.

const QUIET_MS = 15000; // heartbeats come each 10 s
const DEAD_MS = 25000;
const LONGEST_WAIT_MS = 8000;
const SIGNED_OUT = 4401;
const NOT_ALLOWED = 4403;

export class Connection {
  constructor({ query = {}, version, onRows, onState, onCount = () => {} }) {
    this.query = query;
    this.version = version;
    this.onRows = onRows;
    this.onState = onState;
    this.onCount = onCount;
    this.newsAt = Date.now();
    this.tries = 0;
    this.over = false;
  }

  start() {
    this.open();
    setInterval(() => this.watch(), 1000);
    addEventListener("online", () => this.again(0));
  }

  open() {
    clearTimeout(this.timer);
    this.timer = 0;
    const address = new URL("/ws/live", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    for (const [name, value] of Object.entries(this.query)) address.searchParams.set(name, value);
    address.searchParams.set("since", this.version);
    const socket = new WebSocket(address);
    this.socket = socket;
    this.openedAt = Date.now();
    socket.onmessage = (event) => {
      if (socket === this.socket) this.read(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
  }

  read(message) {
    this.newsAt = Date.now();
    this.tries = 0;
    if (message.t === "delta" && message.from > this.version) {
      this.send({ t: "resync" });
      return;
    }
    if (message.t === "hb") {
      this.onCount(message.n);
    } else {
      this.onRows(message.rows, message.t === "snap");
      this.version = message.t === "snap" ? message.v : Math.max(this.version, message.v);
      this.send({ t: "ack", v: message.v });
    }
    this.onState("live", this.newsAt);
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  resync() {
    this.send({ t: "resync" });
  }

  closed(code) {
    if (code === SIGNED_OUT || code === NOT_ALLOWED) {
      this.over = true;
      this.onState(code === SIGNED_OUT ? "signedout" : "refused", this.newsAt);
      return;
    }
    this.onState("offline", this.newsAt);
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.tries);
    this.tries += 1;
    this.again(wait * (0.5 + Math.random()));
  }

  again(wait) {
    if (this.over) return;
    const busy = this.socket && this.socket.readyState <= WebSocket.OPEN;
    if (busy) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait);
  }

  watch() {
    if (this.over) return;
    const quiet = Date.now() - Math.max(this.newsAt, this.openedAt);
    if (quiet > DEAD_MS) {
      // A dead peer never says so: give this socket up and open another.
      const old = this.socket;
      this.socket = null;
      old.onclose = null;
      old.close();
      this.closed(0);
    } else if (quiet > QUIET_MS && this.socket.readyState === WebSocket.OPEN) {
      this.onState("stale", this.newsAt);
    }
  }
}
