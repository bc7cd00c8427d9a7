// A row's menu closes by Escape, by a click elsewhere, or when another opens.

export function prepareMenus(root) {
  const closeAll = (except) => {
    for (const menu of root.querySelectorAll(".menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    const menu = event.target.closest(".menu");
    closeAll(event.target.closest(".menu-list") ? null : menu);
  });
  root.addEventListener("keydown", (event) => {
    const menu = event.target.closest(".menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
