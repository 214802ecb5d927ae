"""When an exchange with a partner pauses itself (`product.md`, 16.2)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from leadflow.domain.exchanges import Exchange, ExchangeKind
from leadflow.domain.partners import AutoPause, Partner

_WHOLE = 100


class CallTally(NamedTuple):
    """Calls of one exchange in one minute, and those among them that were late."""

    minute: datetime
    calls: int
    timeouts: int


def watched(partner: Partner) -> Iterator[tuple[ExchangeKind, Exchange]]:
    """The exchanges of a live partner that may pause themselves."""
    if partner.archived or not partner.auto_pause.enabled:
        return
    if partner.ping is not None and partner.ping.active:
        yield "ping", partner.ping
    if partner.post is not None and partner.post.active:
        yield "post", partner.post


def window_start(rule: AutoPause, now: datetime) -> datetime:
    """From when on the rule looks at calls."""
    return now - timedelta(minutes=rule.window_minutes)


def is_due(
    rule: AutoPause, exchange: Exchange, tallies: Iterable[CallTally], now: datetime
) -> bool:
    """Whether too many calls of an active exchange were late.

    Counted are the minutes that begin in the window and after the exchange was last switched on.
    """
    start = max(window_start(rule, now), exchange.active_since)
    counted = [tally for tally in tallies if tally.minute >= start]
    calls = sum(tally.calls for tally in counted)
    timeouts = sum(tally.timeouts for tally in counted)
    return calls >= rule.minimum_calls and timeouts * _WHOLE >= rule.share_percentage * calls


def paused(partner: Partner, kinds: Collection[ExchangeKind], now: datetime) -> Partner:
    """The partner's next version, in which these of its exchanges have paused themselves."""
    pause = {"active": False, "paused_reason": "timeouts", "paused_at": now}
    changed: dict[str, object] = {
        kind: exchange.model_copy(update=pause)
        for kind, exchange in watched(partner)
        if kind in kinds
    }
    after = {**changed, "version": partner.version + 1, "updated_at": now}
    return partner.model_copy(update=after)
