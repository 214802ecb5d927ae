"""Promises of partners and in Round Robin stages that lapse (`product.md`, 15.8)."""

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Failure
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.decisions import Reason, Verdict
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.leads import LeadStatus
from leadflow.domain.partners import Partner
from tests.builders import partner
from tests.fakes.outbound import answer, no_answer
from tests.unit.application.highest_price_world import (
    asking,
    offers,
    ping_url,
    pinged,
    post_url,
)
from tests.unit.application.lapses import FAILED, SUCCESS, checked, of_customer
from tests.unit.application.ping_world import World, in_stages, verdicts
from tests.unit.application.round_robin_world import posting
from tests.unit.application.round_robin_world import url as flat_url
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import NOBODY, PRICE, receiver, round_robin

REFUSED = answer(status=409)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


class TestPartners:
    @staticmethod
    def world(*partners: Partner) -> World:
        """Partners that offered $50, $40 and so on, and a bid of $20 that is last."""
        world = World(in_stages(asking(), partners=partners), [bid(20)])
        for place, one in enumerate(partners):
            assert one.ping
            world.replies[one.ping.url] = offers(50 - 10 * place)
        return world

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"archived": True}, Reason.PARTNER_ARCHIVED),
            (
                {"eligibility": ((Row(property="state", operator=Operator.EQUALS, value="ny"),),)},
                Reason.PARTNER_NOT_ELIGIBLE,
            ),
            ({"post": None}, Reason.PARTNER_POST_NOT_CONFIGURED),
        ],
        ids=str,
    )
    def test_one_that_may_not_have_the_lead_any_more_is_not_posted_to(
        self, change: dict[str, object], reason: Reason
    ) -> None:
        world = self.world(pinged(1))
        ping = world.ping().ping
        self._change(world, pinged(1).model_copy(update=change))
        assert checked(world, ping).reason is reason
        assert world.urls == [ping_url(1)]
        assert world.lead.status is LeadStatus.ASSIGNED

    def test_a_ping_that_is_paused_by_now_keeps_no_promise_from_its_post(self) -> None:
        world = self.world(pinged(1))
        ping = world.ping().ping
        asked = pinged(1)
        assert asked.ping
        paused = asked.ping.model_copy(update={"active": False})
        self._change(world, asked.model_copy(update={"ping": paused}))
        assert world.post(ping).status is LeadStatus.POSTED

    def test_one_that_refuses_the_post_is_not_tried_again_and_nobody_is_asked_twice(self) -> None:
        world = self.world(pinged(1), pinged(2))
        ping = world.ping().ping
        world.replies[post_url(1)] = REFUSED
        answered = world.post(ping)
        assert (answered.status, answered.payout_cents) == (LeadStatus.POSTED, dollars(40))
        assert world.urls == [ping_url(1), ping_url(2), post_url(1), post_url(2)]
        assert world.attempts(ping.flow_id) == [
            ("ping", "0", SUCCESS),
            ("post", "0", FAILED),
            ("post", "0", SUCCESS),
        ]
        assert verdicts(world.flows.written[ping.flow_id, 2].decisions) == [
            (partner(1).id, Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR)
        ]
        assert verdicts(world.sale.step.decisions) == [
            (partner(2).id, Verdict.WON, None),
            (bid().id, Verdict.OUTSCORED, Reason.OUTSCORED),
            (partner(1).id, Verdict.BLOCKED, Reason.ALREADY_TRIED),
        ]
        assert (world.sale.ending.honored, world.lead.tried) == (False, (partner(1).id,))

    def test_an_unknown_answer_that_counts_as_not_sold_lets_it_lapse(self) -> None:
        asked = pinged(1, post={"treat_unknown_as": TreatUnknownAs.NOT_SOLD})
        world = self.world(asked)
        world.replies[post_url(1)] = no_answer(Failure.TIMEOUT)
        decision = checked(world, world.ping().ping)
        assert (decision.verdict, decision.reason) == (
            Verdict.NO_ANSWER,
            Reason.PARTNER_POST_UNKNOWN,
        )
        assert world.lead.status is LeadStatus.ASSIGNED

    def test_one_that_is_paused_at_the_moment_of_the_post_gets_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = self.world(pinged(1))
        ping = world.ping().ping
        before = world.configuration.newest
        self._change(world, pinged(1, post={"active": False}))
        monkeypatch.setattr(world.configuration, "at_least", lambda *_: before)
        assert checked(world, ping).reason is Reason.PARTNER_POST_PAUSED
        assert world.urls == [ping_url(1)]

    @staticmethod
    def _change(world: World, after: Partner) -> None:
        known = world.configuration.newest.partners
        world.change(partners={**known, after.id: after})


class TestRoundRobin:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"archived": True}, Reason.CUSTOMER_ARCHIVED),
            ({"paused": True}, Reason.CUSTOMER_PAUSED),
            ({"balance_cents": PRICE - 1}, Reason.SPENDABLE_BELOW_PRICE),
        ],
        ids=str,
    )
    def test_a_customer_that_may_not_have_the_lead_any_more(
        self, changes: dict[str, object], reason: Reason
    ) -> None:
        world = World(in_stages(round_robin()), [], [customer(1), customer(2)])
        ping = world.ping().ping
        of_customer(**changes)(world)
        decision = checked(world, ping)
        assert (decision.candidate.id, decision.reason) == (customer(1).id, reason)
        assert world.sale.customer
        assert world.sale.customer.id == customer(2).id
        assert world.lead.tried == (customer(1).id,)

    def test_a_partner_that_refuses_gives_its_turn_back(self) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1), posting(2))))
        world.replies[flat_url(1)] = REFUSED
        ping = world.ping().ping
        assert world.post(ping).status is LeadStatus.POSTED
        assert world.urls == [flat_url(1), flat_url(2)]
        assert (world.turns(receiver(1)), world.turns(receiver(2))) == (0, 1)

    def test_one_that_is_paused_at_the_moment_of_its_post_has_no_turn_to_give_back(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        world.post(email="eve@example.com")
        before, ping = world.configuration.newest, world.ping().ping
        paused = posting(1, active=False)
        world.change(partners={paused.id: paused})
        monkeypatch.setattr(world.configuration, "at_least", lambda *_: before)
        assert checked(world, ping).reason is Reason.PARTNER_POST_PAUSED
        assert world.turns(receiver(1)) == 1

    def test_a_partner_whose_post_is_paused_took_no_turn(self) -> None:
        world = World(in_stages(round_robin(customers=NOBODY), partners=(posting(1),)))
        ping = world.ping().ping
        paused = posting(1, active=False)
        world.change(partners={paused.id: paused})
        assert checked(world, ping).reason is Reason.PARTNER_POST_PAUSED
        assert world.turns(receiver(1)) == 0
        assert not world.outbound.sent
