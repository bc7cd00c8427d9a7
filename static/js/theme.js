// The chosen theme, before the first paint: dark, unless this browser was told otherwise. A classic script, so that it is in time.
(() => {
  const root = document.documentElement;
  const show = (theme) => {
    if (theme === "light") root.dataset.theme = "light";
    else delete root.dataset.theme;
  };
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser that keeps nothing shows the dark one
    }
  };
  show(stored());
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const name = () => {
      button.textContent = root.dataset.theme === "light" ? "Dark" : "Light";
    };
    button.hidden = false;
    name();
    button.addEventListener("click", () => {
      const theme = root.dataset.theme === "light" ? "dark" : "light";
      show(theme);
      name();
      try {
        localStorage.setItem("theme", theme);
      } catch {
        // it holds for this page only
      }
    });
  });
})();
