"""The follower finds every change once, asks only when it must, and sleeps when nobody looks."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from burnin_site.core.live.feed import Feed, Subscription
from burnin_site.core.live.sources import UnknownPage
from burnin_site.core.live.tests.conftest import Change
from burnin_site.core.live.tests.fake_source import FakeSource

pytestmark = pytest.mark.django_db(transaction=True)
NEVER_S = 3600.0


@pytest.fixture
async def feed(board: type[FakeSource]) -> AsyncIterator[Feed]:
    """Return a feed that is stepped by hand."""
    made = Feed(interval_s=NEVER_S)
    yield made
    for subscriptions in list(made._subscriptions.values()):
        for subscription in list(subscriptions):
            await made.unsubscribe(subscription)


def next_frame(subscription: Subscription) -> dict[str, Any] | None:
    """Take a frame and acknowledge it."""
    text = subscription.outbox.take(0.0)
    frame: dict[str, Any] | None = json.loads(text) if text else None
    if frame:
        subscription.outbox.acknowledge(frame["v"])
    return frame


async def test_it_sends_only_the_rows_that_changed(feed: Feed, change: Change) -> None:
    await sync_to_async(change)(1, "one")
    await sync_to_async(change)(2, "two")
    subscription = await feed.subscribe("board", None)
    first = next_frame(subscription)
    version = await sync_to_async(change)(2, "changed")
    await feed.step()
    second = next_frame(subscription)
    assert first is not None
    assert len(first["rows"]) == 2
    assert second == {
        "t": "delta",
        "from": first["v"],
        "v": version,
        "rows": [{"kind": "thing", "id": 2, "v": version, "text": "changed"}],
    }


async def test_a_browser_that_comes_back_gets_what_it_missed(feed: Feed, change: Change) -> None:
    known = await sync_to_async(change)(1, "one")
    await sync_to_async(change)(2, "two")
    frame = next_frame(await feed.subscribe("board", known))
    assert frame is not None
    assert (frame["t"], frame["from"], [row["id"] for row in frame["rows"]]) == ("delta", known, [2])


async def test_a_number_from_another_database_gets_a_snapshot(feed: Feed, change: Change) -> None:
    version = await sync_to_async(change)(1, "one")
    frame = next_frame(await feed.subscribe("board", version + 1000))
    assert frame is not None
    assert (frame["t"], frame["v"], len(frame["rows"])) == ("snap", version, 1)


async def test_a_resync_is_a_snapshot(feed: Feed, change: Change) -> None:
    version = await sync_to_async(change)(1, "one")
    subscription = await feed.subscribe("board", version)
    next_frame(subscription)
    await feed.resync(subscription)
    frame = next_frame(subscription)
    assert frame is not None
    assert (frame["t"], len(frame["rows"])) == ("snap", 1)


async def test_a_change_between_snapshot_and_first_look_is_not_lost(feed: Feed, change: Change) -> None:
    subscription = await feed.subscribe("board", None)
    next_frame(subscription)
    await sync_to_async(change)(1, "one")
    late = await feed.subscribe("board", None)
    await feed.step()
    first, second = next_frame(subscription), next_frame(late)
    assert first is not None
    assert [row["id"] for row in first["rows"]] == [1]
    assert second is not None
    assert [row["id"] for row in second["rows"]] == [1]


async def test_it_does_not_build_rows_while_nothing_changes(feed: Feed, change: Change) -> None:
    await sync_to_async(change)(1, "one")
    await feed.subscribe("board", None)
    FakeSource.asked.clear()
    await feed.step()
    await feed.step()
    assert FakeSource.asked == []


async def test_it_builds_rows_once_for_all_browsers(feed: Feed, change: Change) -> None:
    await sync_to_async(change)(1, "one")
    for _ in range(20):
        await feed.subscribe("board", None)
    assert FakeSource.asked == [None]
    await sync_to_async(change)(1, "two")
    await feed.step()
    assert len(FakeSource.asked) == 2


async def test_it_runs_only_while_somebody_looks(feed: Feed) -> None:
    assert not feed.running
    first, second = await feed.subscribe("board", None), await feed.subscribe("board", None)
    await feed.unsubscribe(first)
    assert feed.running
    await feed.unsubscribe(second)
    assert not feed.running


async def test_a_page_that_does_not_exist_leaves_nothing_behind(feed: Feed) -> None:
    with pytest.raises(UnknownPage):
        await feed.subscribe("nonsense", None)
    assert not feed.running


async def test_it_goes_on_after_the_database_was_away(
    board: type[FakeSource], change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(interval_s=0.01)
    subscription = await feed.subscribe("board", None)
    next_frame(subscription)
    subscription.wake.clear()
    broken = {"left": 2}
    real = board.rows

    def rows(self: FakeSource, **asked: Any) -> Any:
        if broken["left"]:
            broken["left"] -= 1
            raise RuntimeError("the database is away")
        return real(self, **asked)

    monkeypatch.setattr(board, "rows", rows)
    await sync_to_async(change)(1, "one")
    await asyncio.wait_for(subscription.wake.wait(), 5)
    frame = next_frame(subscription)
    await feed.unsubscribe(subscription)
    assert frame is not None
    assert broken["left"] == 0
    assert [row["text"] for row in frame["rows"]] == ["one"]
