"""The Highest Price stage begun again after crashes, wherever they happened."""

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Reply
from leadflow.application.ports import Refused
from leadflow.application.run_ports import RunResult
from leadflow.application.sell_at_highest_price import AUCTIONS_MAX
from leadflow.domain.decisions import Reason, Verdict
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.leads import LeadStatus
from tests.builders import partner
from tests.unit.application.highest_price_world import (
    HUNG,
    REFUSED,
    RUN,
    World,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.application.troubles import (
    LATER,
    MARKETS,
    PINGS,
    Crashed,
    Trouble,
    crash,
    crash_points,
    is_sold_once,
    market,
    troubled,
)
from tests.unit.domain.bidding_examples import bid, dollars

CONTENDED = frozenset({Refused.CUSTOMER, Refused.BID})


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


def executed(world: World, trouble: Trouble) -> bool:
    """Run the stage; False: it crashed, and time passes."""
    try:
        troubled(world.action, trouble)(RUN)
    except Crashed:
        world.clock.at += LATER
        return False
    return True


def broken_off(reply: Reply | None, rule: TreatUnknownAs, *crashes: tuple[int, bool]) -> World:
    """A market whose stage crashed at these calls, one an execution, and then ran to its end."""
    world = market(reply, rule)
    for at, behind in crashes:
        if executed(world, Trouble(at, behind, crash)):
            break
    world.clock.at += LATER
    world.sell()
    return world


class TestCrashes:
    @pytest.mark.parametrize(("reply", "rule"), MARKETS)
    def test_a_lead_is_sold_once_wherever_two_executions_break_off(
        self, reply: Reply | None, rule: TreatUnknownAs
    ) -> None:
        for first in crash_points():
            is_sold_once(broken_off(reply, rule, first))
        for first in crash_points(range(3, 14, 2)):
            for second in crash_points(range(1, 14, 2)):
                is_sold_once(broken_off(reply, rule, first, second))

    @pytest.mark.parametrize("reply", [None, HUNG])
    def test_nobody_else_gets_what_a_partner_may_have_accepted(self, reply: Reply | None) -> None:
        for point in crash_points():
            world = broken_off(reply, TreatUnknownAs.SOLD, point)
            assert len(world.posted) <= 1
            assignment = world.lead.assignment
            assert assignment
            assert assignment.partner_id == partner(1).id

    def test_a_post_that_broke_off_counts_as_its_rule_says(self) -> None:
        takers = {}
        for rule in TreatUnknownAs:
            world = market(None, rule)
            world.on_post(crash)
            with pytest.raises(Crashed):
                world.sell()
            world.on_post(lambda: None)
            world.clock.at += LATER
            world.sell()
            takers[rule] = world.verdicts[partner(1).id]
            is_sold_once(world)
        assert takers == {
            TreatUnknownAs.SOLD: (Verdict.WON, None),
            TreatUnknownAs.NOT_SOLD: (Verdict.NO_ANSWER, Reason.PARTNER_POST_UNKNOWN),
        }

    def test_what_an_earlier_execution_knew_of_partners_stays_on_record(self) -> None:
        shy = pinged(3, ping=None)
        world = World([bid(30)], (pinged(1), pinged(2), shy), dict(PINGS))
        world.replies[post_url(1)] = REFUSED
        world.on_post(lambda: crash() if world.posted else None)
        with pytest.raises(Crashed):
            world.sell()
        world.on_post(lambda: None)
        world.clock.at += LATER
        world.sell()
        assert world.verdicts == {
            partner(2).id: (Verdict.WON, None),
            partner(1).id: (Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR),
            shy.id: (Verdict.BLOCKED, Reason.PARTNER_PING_NOT_CONFIGURED),
        }
        assert len(world.asked) == 2

    def test_a_refusal_is_remembered_when_the_next_wallet_stays_contended(self) -> None:
        world = World([bid(30)], (pinged(1),), {ping_url(1): offers(50), post_url(1): REFUSED})
        world.sales.refusals = [CONTENDED] * AUCTIONS_MAX
        with pytest.raises(TransientFault):
            world.sell()
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, dollars(10))
        assert world.posted == [post_url(1)]
        assert world.verdicts[partner(1).id] == (
            Verdict.DECLINED,
            Reason.PARTNER_POST_HTTP_ERROR,
        )

    def test_offers_of_an_earlier_execution_keep_their_penalties(self) -> None:
        world = market(REFUSED)
        world.on_post(lambda: crash() if world.posted else None)
        with pytest.raises(Crashed):
            world.sell()
        reservation = world.lead.reservation
        assert reservation
        assert [one.penalty_percentage for one in reservation.round.offers] == [0, 0]
