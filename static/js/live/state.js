// Says how fresh the page is: in the header always, and above a greyed page when it is not.

const WORDS = { signedout: "Signed out", refused: "Not allowed" };
const SENTENCES = {
  stale: "No news from the server",
  offline: "The connection to the server is lost",
  signedout: "You are signed out. Sign in again to go on: reload this page",
  refused: "Your role no longer lets you watch this page. Ask an admin",
};
const GRACE_MS = 4000; // a server that restarts is back in a moment: no alarm for that

function time(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function showState(page) {
  const badge = document.querySelector("[data-live-state]");
  const note = page.querySelector("[data-stale-note]");
  let timer = 0;

  function show(state, newsAt) {
    const stale = state !== "live";
    page.classList.toggle("is-stale", stale);
    note.hidden = !stale;
    if (stale) note.textContent = `${SENTENCES[state]}. What you see is from ${time(newsAt)}.`;
  }

  return (state, newsAt) => {
    if (badge && badge.dataset.liveState !== state) {
      badge.dataset.liveState = state;
      badge.textContent = WORDS[state] ?? badge.dataset[state];
    }
    clearTimeout(timer);
    if (state === "offline" && note.hidden) timer = setTimeout(() => show(state, newsAt), GRACE_MS);
    else show(state, newsAt);
  };
}
