"""When an exchange pauses itself."""

from datetime import datetime, timedelta

import pytest

from leadflow.domain.partner_pauses import CallTally, is_due, paused, watched
from leadflow.domain.partners import AutoPause
from tests.builders import partner, ping_exchange, post_exchange
from tests.unit.domain.bidding_examples import NOW, minutes

RULE = AutoPause()


def due(*tallies: CallTally, rule: AutoPause = RULE, since: datetime | None = None) -> bool:
    return is_due(rule, ping_exchange(active_since=since or minutes(600)), tallies, NOW)


@pytest.mark.parametrize(
    ("calls", "timeouts", "wanted"),
    [(20, 10, True), (20, 9, False), (19, 19, False), (21, 10, False), (1_000, 500, True)],
)
def test_half_of_at_least_twenty_calls_is_enough(calls: int, timeouts: int, wanted: bool) -> None:
    assert due(CallTally(minutes(1), calls, timeouts)) is wanted


def test_minutes_are_summed_over_the_window_and_no_further() -> None:
    halves = [CallTally(minutes(at), 10, 5) for at in (0, 10)]
    assert due(*halves)
    assert not due(halves[0], CallTally(minutes(10) - timedelta(seconds=1), 10, 5))


def test_what_came_before_it_was_switched_on_does_not_count() -> None:
    tally = CallTally(minutes(5), 20, 20)
    assert due(tally, since=minutes(5))
    assert not due(tally, since=minutes(4))


def test_share_calls_and_window_are_the_partners_own() -> None:
    tally = CallTally(minutes(15), 4, 1)
    rule = AutoPause(share_percentage=25, minimum_calls=4, window_minutes=15)
    assert due(tally, rule=rule)
    assert not due(tally, rule=rule.model_copy(update={"share_percentage": 26}))
    assert not due(tally, rule=rule.model_copy(update={"window_minutes": 14}))
    assert not due(tally, rule=rule.model_copy(update={"minimum_calls": 5}))


def test_only_active_exchanges_of_live_partners_are_watched() -> None:
    assert [kind for kind, _ in watched(partner())] == ["ping", "post"]
    assert list(watched(partner(archived=True))) == []
    assert list(watched(partner(auto_pause=AutoPause(enabled=False)))) == []
    assert list(watched(partner(ping=None, post=post_exchange(active=False)))) == []
    assert list(watched(partner(ping=ping_exchange(active=False), post=None))) == []


def test_a_pause_says_why_and_when_and_leaves_the_other_exchange_alone() -> None:
    before = partner()
    after = paused(before, ["ping"], NOW)
    assert after.ping
    assert (after.ping.active, after.ping.paused_reason) == (False, "timeouts")
    assert after.ping.paused_at == NOW
    assert after.post == before.post
    assert after.version == before.version + 1
