// The start dialog: order of the tests by keyboard or by dragging, the plan spelled out by the server.

async function refreshPlan(form) {
  const data = new FormData(form);
  const query = new URLSearchParams();
  for (const name of ["drive", "test", "plan_name"]) for (const value of data.getAll(name)) query.append(name, value);
  const erases = data.getAll("test").includes("surface");
  for (const part of form.querySelectorAll("[data-destructive], [data-surfaces]")) part.hidden = !erases;
  const wanted = String(Number(form.dataset.asked ?? 0) + 1);
  form.dataset.asked = wanted;
  const answer = await fetch(`${form.dataset.planUrl}?${query}`).catch(() => null);
  if (!answer?.ok || form.dataset.asked !== wanted) return;
  form.querySelector("[data-plan]").innerHTML = await answer.text();
  form.querySelector("[type=submit]").disabled = Boolean(form.querySelector("[data-plan-error]")) || !data.has("drive");
}

function move(form, button) {
  const item = button.closest("[data-test]");
  if (button.dataset.move === "up") item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  const visible = getComputedStyle(button).visibility !== "hidden";
  (visible ? button : item.querySelector(`[data-move]:not([data-move="${button.dataset.move}"])`)).focus();
  refreshPlan(form);
}

function dragging(form) {
  const list = form.querySelector("[data-tests]");
  let dragged = null;
  list.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("[data-handle]")) return;
    event.preventDefault();
    dragged = event.target.closest("[data-test]");
    dragged.classList.add("dragged");
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    for (const item of list.children) {
      const box = item.getBoundingClientRect();
      if (item === dragged || event.clientY < box.top || event.clientY > box.bottom) continue;
      if (event.clientY < box.top + box.height / 2) item.before(dragged);
      else item.after(dragged);
      break;
    }
  });
  const drop = () => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    dragged = null;
    refreshPlan(form);
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
}

export function prepareStartForm(dialog) {
  const form = dialog.querySelector("[data-start-form]");
  if (!form) return;
  form.addEventListener("change", (event) => {
    if (["test", "plan_name"].includes(event.target.name)) refreshPlan(form);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(form, button);
  });
  dragging(form);
}
