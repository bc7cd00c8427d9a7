"""A page of numbered things, without a model of its own: the version of each is set by hand."""

from burnin_site.core.live.sources import Row, make_row


class FakeSource:
    """Things by number, each with its newest version and text."""

    things: dict[int, tuple[int, str]] = {}
    asked: list[int | None] = []

    def rows(self, *, key: str, since: int | None, until: int) -> list[Row]:
        """Return what changed, and note that somebody asked."""
        self.asked.append(since)
        return [
            make_row(kind="thing", row_id=number, version=version, text=text)
            for number, (version, text) in self.things.items()
            if since is None or version > since
        ]

    def census(self, *, key: str) -> int:
        """Return how many things there are."""
        return len(self.things)
