"""The filters and searches in the addresses of the admin's tables: those that its pages make, and the database takes.

Django builds a query of whatever stands there (`created_at__regex`, `id__in`, the year 10^40) and breaks over some of
it, here or in the database. Each word that is searched for becomes a comparison with each column that is searched.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db.models import Field
from django.http import HttpRequest, HttpResponseBase, QueryDict

from burnin_site.core.api_input import BIGGEST_ID
from burnin_site.core.refusal_pages import answer
from burnin_site.core.refusals import Refusal

MADE_BY_PAGES = frozenset({"exact", "isnull", "isempty", "gte", "lt", "year", "month", "day"})
SEARCHES = ("q", "term")  # of a table, and of a field that completes what is typed
MOST_WORDS = 20  # SQLite takes expressions 1,000 deep, and each word looks through the whole table once
MOST_LETTERS = 300  # the longest that is stored in a column of ours that is searched is shorter
MOST_VALUES = 20  # of one filter; each is one more level of the same expression
SHOWN = 60  # letters of a name that is shown again
# In another time zone these are no years any more.
FIRST_OR_LAST_YEAR = re.compile(r"\s*(0{0,3}[01]|9999)-")


class AdminFilters:
    """Refuses the admin's addresses with filters that cannot be used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve one request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, values: object
    ) -> HttpResponseBase | None:
        """Refuse before the view, or let it be asked."""
        if is_too_much(request.GET) and _is_of_the_admin(request, view):
            return answer(request.path, Refusal(400, "bad_search", TOO_MUCH))
        name = unusable_filter(request.GET) if hasattr(view, "model_admin") else None
        if name is None:
            return None
        sentence = f"This table cannot be narrowed by {name[:SHOWN]}. Go back and choose a filter of the page."
        return answer(request.path, Refusal(400, "bad_filter", sentence))


TOO_MUCH = (
    f"This search is too long: search for at most {MOST_WORDS} words of {MOST_LETTERS} letters together. "
    "Go back and leave some out."
)


def is_too_much(query: QueryDict) -> bool:
    """Whether more is searched for than a table is looked through for."""
    sought = [text for name in SEARCHES for text in query.getlist(name)]
    return any(len(text) > MOST_LETTERS or len(text.split()) > MOST_WORDS for text in sought)


def _is_of_the_admin(request: HttpRequest, view: Callable[..., Any]) -> bool:
    place = request.resolver_match
    return hasattr(view, "model_admin") or bool(place and place.view_name == "admin:autocomplete")


def unusable_filter(query: QueryDict) -> str | None:
    """Return the first filter that cannot be used, or None."""
    for name, found in query.lists():
        if name.startswith("_") or name == "q":
            continue
        lookup = name.rpartition("__")[2]
        if len(found) > MOST_VALUES or lookup in LOOKUPS - MADE_BY_PAGES or any(map(_is_beyond, found)):
            return name
    return None


def _is_beyond(value: str) -> bool:
    """Whether a value is a number or a day that the database has no place for."""
    with suppress(ValueError):  # no number, or one of more than 4,300 digits: Django says the same
        return abs(int(value)) > BIGGEST_ID
    return bool(FIRST_OR_LAST_YEAR.match(value))


def _lookups_of(kind: type[Field[Any, Any]]) -> set[str]:
    """Return every comparison that Django knows for this kind of field and its descendants."""
    own = set(kind.get_lookups())  # type: ignore[call-arg]  # a method of class and instance
    return own.union(*map(_lookups_of, kind.__subclasses__()))


LOOKUPS = frozenset(_lookups_of(Field))
