"""The Round Robin stage over partners: a turn is taken with the post, or given back."""

import pytest

from leadflow.application import contention
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.partner_posts import POSTED_WITHIN, POSTING_MAX
from leadflow.application.run_ports import RunResult
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, Reason, Verdict
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import Channel
from leadflow.domain.leads import LeadStatus
from tests.builders import (
    configuration,
    lead,
    partner,
)
from tests.fakes.outbound import no_answer
from tests.unit.application.round_robin_world import (
    HUNG,
    NEXT,
    REFUSED,
    Ticking,
    World,
    decisions,
    posting,
    url,
)
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.round_robin_examples import (
    PRICE,
    buyer,
    receiver,
    rotation,
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


class TestPartners:
    def test_a_partner_gets_the_post_at_the_flat_price(self) -> None:
        world = World(partners=(posting(1), posting(2)))
        assert world.sell() == RunResult(LeadStatus.POSTED, PRICE)
        assert [request.url for request in world.outbound.sent] == [url(1)]
        sale = world.sale
        assert sale.lead.assignment
        assert (sale.lead.assignment.partner_id, sale.lead.reservation) == (partner(1).id, None)
        assert sale.lead.assignment.assigned_via is AssignedVia.ROUND_ROBIN
        assert (sale.customer, sale.entry, sale.rotation) == (None, None, None)
        assert sale.ending.channel is Channel.PING_POST
        assert (sale.ending.sold_for_cents, sale.ending.offers_count) == (PRICE, 2)
        assert decisions(sale.step) == {
            partner(1).id: (Verdict.WON, None),
            partner(2).id: (Verdict.OUTSCORED, Reason.ROTATION_NOT_DUE),
        }
        assert (world.had(receiver(1)), world.had(receiver(2))) == (1, 0)

    def test_customers_come_before_partners_and_then_take_turns_with_them(self) -> None:
        world = World([customer(1)], (posting(1),))
        statuses = []
        for _ in range(3):
            world.leads.stored[lead().id] = lead()
            world.leads.steps.clear()
            result = world.sell()
            assert isinstance(result, RunResult)
            statuses.append(result.status)
        assert statuses == [LeadStatus.ASSIGNED, LeadStatus.POSTED, LeadStatus.ASSIGNED]

    def test_partners_who_may_not_are_passed_over_with_their_reasons(self) -> None:
        gone, unable = partner(1, archived=True), partner(2, post=None)
        world = World(partners=(gone, unable, posting(3, active=False)))
        assert world.sell() == NEXT
        assert decisions(world.step) == {
            partner(2).id: (Verdict.BLOCKED, Reason.PARTNER_POST_NOT_CONFIGURED),
            partner(3).id: (Verdict.BLOCKED, Reason.PARTNER_POST_PAUSED),
        }

    def test_one_that_refuses_gives_its_turn_back_to_the_next_partner(self) -> None:
        world = World(partners=(posting(1), posting(2)), replies={url(1): REFUSED})
        assert world.sell() == RunResult(LeadStatus.POSTED, PRICE)
        assert decisions(world.sale.step) == {
            partner(1).id: (Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR),
            partner(2).id: (Verdict.WON, None),
        }
        assert (world.had(receiver(1)), world.had(receiver(2))) == (0, 1)

    def test_one_that_refuses_gives_its_turn_back_to_a_customer(self) -> None:
        world = World([customer(1)], (posting(1),), replies={url(1): REFUSED})
        world.leads.turn(rotation().taken(buyer(1), NOW))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, PRICE)
        assert world.sale.lead.reservation is None
        assert (world.had(receiver(1)), world.had(buyer(1))) == (0, 2)

    def test_where_all_refuse_the_turns_are_given_back_and_nobody_is_tried_again(self) -> None:
        replies: dict[str, Reply] = {url(1): REFUSED, url(2): no_answer(Failure.NOT_SENT)}
        world = World(partners=(posting(1), posting(2)), replies=replies)
        assert world.sell() == NEXT
        assert world.step.attempts[0].reason is AttemptReason.ALL_REFUSED
        assert decisions(world.step) == {
            partner(1).id: (Verdict.DECLINED, Reason.PARTNER_POST_HTTP_ERROR),
            partner(2).id: (Verdict.NO_ANSWER, Reason.PARTNER_POST_CONNECTION_FAILED),
        }
        assert {one.amount_cents for one in world.step.decisions} == {PRICE}
        assert (world.lead.reservation, world.lead.tried) == (None, (partner(1).id, partner(2).id))
        assert (world.had(receiver(1)), world.had(receiver(2))) == (0, 0)

    def test_a_post_without_a_clear_answer_counts_as_sold_unless_the_partner_says_no(self) -> None:
        world = World(partners=(posting(1), posting(2)), replies={url(1): HUNG})
        assert world.sell() == RunResult(LeadStatus.POSTED, PRICE)
        won = next(one for one in world.sale.step.decisions if one.verdict is Verdict.WON)
        assert (won.candidate.id, won.detail) == (
            partner(1).id,
            {"answer": "unknown", "settled_as": "sold"},
        )
        unsure = posting(1, treat_unknown_as=TreatUnknownAs.NOT_SOLD)
        world = World(partners=(unsure, posting(2)), replies={url(1): HUNG})
        world.sell()
        assert decisions(world.sale.step)[unsure.id] == (
            Verdict.NO_ANSWER,
            Reason.PARTNER_POST_UNKNOWN,
        )
        assert (world.had(receiver(1)), world.had(receiver(2))) == (0, 1)

    def test_one_that_is_paused_meanwhile_gets_nothing_and_takes_no_turn(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World([customer(1)], (posting(1),))
        world.leads.turn(rotation().taken(buyer(1), NOW))
        paused = configuration(by_plan=world.configured.plan, partners=(posting(1, active=False),))
        monkeypatch.setattr(world.configuration, "current", lambda _: paused)
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, PRICE)
        assert not world.outbound.sent
        assert decisions(world.sale.step)[partner(1).id] == (
            Verdict.BLOCKED,
            Reason.PARTNER_POST_PAUSED,
        )
        assert world.turns.of(receiver(1)).total == 0

    def test_a_stage_that_has_run_for_long_posts_to_nobody_any_more(self) -> None:
        world = World([customer(1)], (posting(1),), clock=Ticking(tick=POSTING_MAX))
        world.leads.turn(rotation().taken(buyer(1), NOW))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, PRICE)
        late = next(one for one in world.sale.step.decisions if one.verdict is Verdict.NO_ANSWER)
        assert late.reason is Reason.PARTNER_POST_CONNECTION_FAILED
        assert late.detail == {"cause": "stage_out_of_time"}
        assert not world.outbound.sent

    def test_a_lead_whose_run_began_long_ago_is_posted_to_nobody(self) -> None:
        world = World([customer(1)], (posting(1),), clock=Ticking(NOW + POSTED_WITHIN))
        world.leads.turn(rotation().taken(buyer(1), NOW))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, PRICE)
        assert not world.outbound.sent
