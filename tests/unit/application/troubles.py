"""Executions that break off, or meet others, at any of their calls."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.domain.exchanges import TreatUnknownAs
from tests.fakes.outbound import no_answer
from tests.unit.application.highest_price_world import (
    HUNG,
    REFUSED,
    World,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.domain.bidding_examples import bid

LATER = timedelta(minutes=1)
"""Behind every post that was begun before."""
UNSENT = no_answer(Failure.NOT_SENT)
PINGS: dict[str, Reply] = {ping_url(1): offers(50), ping_url(2): offers(40)}


class Crashed(Exception):
    """The task ends without a word."""


@dataclass
class Trouble:
    """Something that happens before or behind the port call of that number."""

    at: int
    behind: bool
    happens: Callable[[], None]
    calls: int = 0

    def around(self, call: Callable[[], object]) -> object:
        self.calls += 1
        is_now = self.calls == self.at
        if is_now and not self.behind:
            self.happens()
        answer = call()
        if is_now and self.behind:
            self.happens()
        return answer


class Troubled:
    """A port whose calls the trouble counts."""

    def __init__(self, port: object, trouble: Trouble) -> None:
        self._port, self._trouble = port, trouble

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = cast("Callable[..., object]", getattr(self._port, name))
        return lambda *args, **options: self._trouble.around(lambda: call(*args, **options))


def troubled(action: SellAtHighestPrice, trouble: Trouble) -> SellAtHighestPrice:
    """The action whose calls to the store and to partners the trouble counts."""

    def port(of: object) -> object:
        return Troubled(of, trouble)

    desk = replace(action.desk, leads=port(action.desk.leads), flows=port(action.desk.flows))  # type: ignore[arg-type] # stands in for any port
    posts = replace(
        action.posts,
        leads=port(action.posts.leads),  # type: ignore[arg-type] # as above
        outbound=port(action.posts.outbound),  # type: ignore[arg-type] # as above
        configuration=port(action.posts.configuration),  # type: ignore[arg-type] # as above
    )
    rounds = replace(action.rounds, outbound=port(action.rounds.outbound))  # type: ignore[arg-type] # as above
    return replace(
        action,
        desk=desk,
        posts=posts,
        rounds=rounds,
        sales=port(action.sales),  # type: ignore[arg-type] # as above
        bidders=port(action.bidders),  # type: ignore[arg-type] # as above
    )


def crash() -> None:
    raise Crashed


def market(first: Reply | None, rule: TreatUnknownAs = TreatUnknownAs.SOLD) -> World:
    """Two partners and a bid below them; `first` is what the best of them answers to its post."""
    partners = [pinged(number, post={"treat_unknown_as": rule}) for number in (1, 2)]
    told = {post_url(1): first} if first else {}
    return World([bid(30)], tuple(partners), PINGS | told)


MARKETS: Sequence[tuple[Reply | None, TreatUnknownAs]] = [
    (reply, rule) for reply in (None, REFUSED, HUNG, UNSENT) for rule in TreatUnknownAs
]
BROKEN_AT = range(1, 30)
"""Numbers of port calls: more than one execution makes."""


def crash_points(calls: range = BROKEN_AT) -> Iterator[tuple[int, bool]]:
    yield from ((at, behind) for at in calls for behind in (False, True))


def is_sold_once(world: World) -> None:
    """The lead has one buyer; if that is a partner, it is the last one that was posted to.

    A partner may also have it that nothing was sent to: its post broke off, and counts as sold.
    """
    [sale] = world.sales.booked
    assert world.lead == sale.lead
    assert len(world.flows.written) == 1
    assert len(set(world.posted)) == len(world.posted), "nobody is posted to twice"
    assignment = world.lead.assignment
    assert assignment
    if assignment.partner_id is None:
        return
    url = post_url(int(assignment.partner_id.removeprefix("partner_")))
    assert url not in world.posted[:-1]
    refused = {post_url(1)} if world.replies.get(post_url(1)) in (REFUSED, UNSENT) else set()
    is_cautious = world.partners[0].post != pinged(1).post
    assert is_cautious or set(world.posted) - refused <= {url}, "nobody else may have it"
