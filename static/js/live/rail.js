// The stage rail: positions are attributes of SVG shapes.

const SVG = "http://www.w3.org/2000/svg";

function make(name, parent, className) {
  const element = document.createElementNS(SVG, name);
  if (className) element.setAttribute("class", className);
  parent.append(element);
  return element;
}

function build(rail, count) {
  rail.replaceChildren();
  for (let number = 0; number < count; number += 1) {
    const group = make("g", rail, "seg");
    make("title", group);
    make("rect", group, "track").setAttribute("height", "100%");
    make("rect", group, "fill").setAttribute("height", "100%");
  }
}

function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function applyRail(rail, segments) {
  if (rail.children.length !== segments.length) build(rail, segments.length);
  segments.forEach((segment, index) => {
    const group = rail.children[index];
    const [title, track, fill] = group.children;
    set(group, "data-tone", segment.tone);
    if (title.textContent !== segment.title) title.textContent = segment.title;
    set(track, "x", `${segment.x}%`);
    set(track, "width", `${segment.width}%`);
    set(fill, "x", `${segment.x}%`);
    set(fill, "width", `${segment.fill}%`);
  });
}
