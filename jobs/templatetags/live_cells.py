"""Prints the marked elements that the live script updates later."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.board.cells import Cell
from jobs.board.rail import Segment

register = template.Library()
NO_CELL = Cell()


@register.simple_tag
def cell(cells: Mapping[str, Cell], name: str, tag: str = "span", classes: str = "") -> SafeString:
    """Print a marked element with its text, tone and time."""
    value = cells.get(name, NO_CELL)
    attributes: list[tuple[str, str | int]] = [("data-cell", name)]
    if classes:
        attributes.append(("class", classes))
    for label, content in (
        ("data-tone", value.tone),
        ("data-form", value.form),
        ("data-at", value.at),
        ("title", value.title),
        ("href", value.href),
        ("hidden", "hidden" if value.hidden else ""),
    ):
        if content not in ("", None):
            attributes.append((label, content))
    body = format_html_join("", ' {}="{}"', attributes)
    return format_html("<{}{}>{}</{}>", SafeString(tag), body, value.text, SafeString(tag))


@register.simple_tag
def rail(segments: Sequence[Segment], classes: str = "rail") -> SafeString:
    """Print the stage rail. Only attributes, no styles: the content security policy allows no others."""
    pieces = format_html_join(
        "",
        '<g class="seg" data-tone="{}"><title>{}</title>'
        '<rect class="track" x="{}%" width="{}%" height="100%"/>'
        '<rect class="fill" x="{}%" width="{}%" height="100%"/></g>',
        ((s.tone, s.title, s.x, s.width, s.x, s.fill) for s in segments),
    )
    return format_html('<svg class="{}" data-rail aria-hidden="true">{}</svg>', classes, pieces)
