"""One unacknowledged frame per browser, and of each row only the newest."""

import json
from typing import Any

from burnin_site.core.live.outbox import ACK_WITHIN_S, Outbox
from burnin_site.core.live.sources import Row, make_row


def thing(number: int, version: int, text: str = "x") -> Row:
    return make_row(kind="thing", row_id=number, version=version, text=text)


def frame_of(outbox: Outbox, now: float = 0.0) -> dict[str, Any]:
    text = outbox.take(now)
    assert text is not None
    frame: dict[str, Any] = json.loads(text)
    return frame


def opened(*, since: int | None, version: int, rows: list[Row]) -> Outbox:
    outbox = Outbox()
    outbox.open(since=since, version=version, rows=rows)
    return outbox


def test_it_begins_with_a_snapshot_when_the_browser_knows_nothing() -> None:
    frame = frame_of(opened(since=None, version=7, rows=[thing(1, 5)]))
    assert frame == {"t": "snap", "v": 7, "rows": [{"kind": "thing", "id": 1, "v": 5, "text": "x"}]}


def test_it_begins_with_a_delta_from_what_the_browser_knows() -> None:
    frame = frame_of(opened(since=4, version=7, rows=[thing(1, 5)]))
    assert (frame["t"], frame["from"], frame["v"]) == ("delta", 4, 7)


def test_it_tells_a_browser_that_is_up_to_date_so() -> None:
    assert frame_of(opened(since=7, version=7, rows=[])) == {"t": "delta", "from": 7, "v": 7, "rows": []}


def test_it_holds_frames_back_until_the_last_one_is_acknowledged() -> None:
    outbox = opened(since=1, version=2, rows=[thing(1, 2)])
    frame_of(outbox)
    outbox.offer(3, [thing(1, 3)])
    assert outbox.take(0.0) is None
    outbox.acknowledge(2)
    assert frame_of(outbox)["v"] == 3


def test_an_acknowledgement_of_an_older_frame_does_not_count() -> None:
    outbox = opened(since=1, version=2, rows=[thing(1, 2)])
    frame_of(outbox)
    outbox.offer(3, [thing(1, 3)])
    outbox.acknowledge(1)
    assert outbox.take(0.0) is None


def test_it_keeps_only_the_newest_of_each_row_while_it_waits() -> None:
    outbox = opened(since=1, version=2, rows=[])
    frame_of(outbox)
    outbox.offer(3, [thing(1, 3, "old"), thing(2, 3, "other")])
    outbox.offer(4, [thing(1, 4, "new")])
    outbox.acknowledge(2)
    rows = {row["id"]: row["text"] for row in frame_of(outbox)["rows"]}
    assert rows == {1: "new", 2: "other"}


def test_deltas_follow_each_other_without_a_gap() -> None:
    outbox = opened(since=1, version=2, rows=[])
    first = frame_of(outbox)
    outbox.offer(5, [thing(1, 4)])
    outbox.offer(9, [thing(2, 9)])
    outbox.acknowledge(2)
    assert (first["v"], frame_of(outbox)["from"]) == (2, 2)


def test_it_sends_nothing_when_nothing_changed() -> None:
    outbox = opened(since=1, version=2, rows=[])
    frame_of(outbox)
    outbox.acknowledge(2)
    assert outbox.take(0.0) is None


def test_it_gives_a_browser_up_that_never_acknowledges() -> None:
    outbox = opened(since=1, version=2, rows=[])
    frame_of(outbox, now=100.0)
    assert not outbox.overdue(100.0 + ACK_WITHIN_S)
    assert outbox.overdue(100.1 + ACK_WITHIN_S)


def test_a_browser_with_nothing_to_acknowledge_is_not_overdue() -> None:
    outbox = opened(since=1, version=2, rows=[])
    frame_of(outbox, now=0.0)
    outbox.acknowledge(2)
    assert not outbox.overdue(1e9)


def test_beginning_again_forgets_what_was_not_acknowledged() -> None:
    outbox = opened(since=1, version=2, rows=[thing(1, 2)])
    frame_of(outbox)
    outbox.open(since=None, version=5, rows=[thing(1, 5)])
    assert frame_of(outbox)["t"] == "snap"
