// Times are printed by the browser, in its own time zone; running ones tick here and not on the server.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const FAR_S = 20 * 3600;

const two = (number) => String(number).padStart(2, "0");

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days) return `${days} d ${two(hours)}:${two(minutes)}`;
  if (hours) return `${hours}:${two(minutes)} h`;
  return minutes ? `${minutes} min` : `${whole} s`;
}

function clock(at, withDay = true) {
  const date = new Date(at * 1000);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return withDay ? `${DAYS[date.getDay()]} ${time}` : time;
}

function day(at) {
  const date = new Date(at * 1000);
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
}

export function format(at, form, now) {
  const age = now - at;
  switch (form) {
    case "left": return age < 0 ? duration(-age) : "any moment";
    case "elapsed": return duration(age);
    case "ago": return `polled ${duration(age)} ago`;
    case "since": return `since ${clock(at, age > FAR_S)}`;
    case "waiting": return `waiting for host since ${clock(at, age > FAR_S)}`;
    case "day": return day(at);
    case "stamp": return `${clock(at)}, ${day(at)}`;
    default: return clock(at);
  }
}

export function printTime(element, now = Date.now() / 1000) {
  const text = format(Number(element.dataset.at), element.dataset.form, now);
  if (element.textContent !== text) element.textContent = text;
}

function markSilentHost(element, now, staleAfter) {
  const silent = now - Number(element.dataset.at) > staleAfter;
  element.closest(".host")?.classList.toggle("stale", silent);
  const tone = silent ? "attention" : "";
  if ((element.dataset.tone ?? "") !== tone) element.dataset.tone = tone;
}

export function startClock(root, staleAfter = Infinity) {
  const tick = () => {
    const now = Date.now() / 1000;
    for (const element of root.querySelectorAll("[data-at]")) {
      printTime(element, now);
      if (element.dataset.form === "ago") markSilentHost(element, now, staleAfter);
    }
  };
  tick();
  setInterval(tick, 1000);
}
