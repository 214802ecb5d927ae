"""The Round Robin stage in races, repeats and crashes."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from leadflow.application import contention, partner_posts, sell_round_robin
from leadflow.application.ports import Refused
from leadflow.application.run_ports import RunResult
from leadflow.application.sell_round_robin import ROUNDS_MAX
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Reason, Verdict
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import PartnerOffer, Reservation
from leadflow.domain.rotations import RotationState
from tests.builders import (
    lead,
    partner,
    stage,
)
from tests.fakes.leads import MemoryLeads
from tests.unit.application.round_robin_world import (
    NEXT,
    REFUSED,
    RUN,
    Ticking,
    World,
    decisions,
    posting,
    url,
)
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.round_robin_examples import (
    NOBODY,
    PRICE,
    buyer,
    receiver,
    rotation,
    round_robin,
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


class TestRaces:
    def test_a_turn_that_another_lead_took_meanwhile_goes_to_the_next(self) -> None:
        world = World([customer(1), customer(2)], refusals=[frozenset({Refused.ROTATION})])
        world.sales.meanwhile = lambda: world.leads.turn(rotation().taken(buyer(1), NOW))
        world.sell()
        assert world.sale.customer
        assert world.sale.customer.id == customer(2).id

    def test_a_partners_turn_that_another_lead_took_meanwhile_is_looked_for_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(partners=(posting(1), posting(2)))
        reserve, others = world.leads.reserve, [rotation().taken(receiver(1), NOW)]

        def busy(tenant_id: TenantId, of: Lead, turn: RotationState) -> frozenset[Refused]:
            if others:
                world.leads.turn(others.pop())
            return reserve(tenant_id, of, turn)

        monkeypatch.setattr(world.leads, "reserve", busy)
        world.sell()
        assert [request.url for request in world.outbound.sent] == [url(2)]

    def test_money_that_is_gone_at_the_sale_is_told_apart(self) -> None:
        world = World([customer(1), customer(2)], refusals=[frozenset({Refused.CUSTOMER})])
        world.sales.meanwhile = lambda: world.change(customer(1, spendable=0))
        world.sell()
        assert decisions(world.sale.step) == {
            customer(1).id: (Verdict.BLOCKED, Reason.CHARGE_FAILED),
            customer(2).id: (Verdict.WON, None),
        }

    @pytest.mark.parametrize(
        ("left", "reason"),
        [
            (customer(1, paused=True), Reason.CUSTOMER_PAUSED),
            (customer(1, archived=True), Reason.CUSTOMER_ARCHIVED),
        ],
    )
    def test_one_that_left_meanwhile_is_blocked_for_that(
        self, left: Customer, reason: Reason
    ) -> None:
        world = World([customer(1), customer(2)], refusals=[frozenset({Refused.CUSTOMER})])
        world.sales.meanwhile = lambda: world.change(left)
        world.sell()
        assert decisions(world.sale.step)[customer(1).id] == (Verdict.BLOCKED, reason)

    def test_a_rotation_that_stays_contended_is_a_fault_that_may_pass(self) -> None:
        world = World([customer(1)], refusals=[frozenset({Refused.ROTATION})] * ROUNDS_MAX)
        with pytest.raises(TransientFault):
            world.sell()
        assert not world.sales.refusals

    @pytest.mark.parametrize("refused", [Refused.LEAD, Refused.ENTRY])
    def test_a_lead_that_another_execution_sold_first_is_told_as_sold(
        self, refused: Refused
    ) -> None:
        world = World([customer(1)], refusals=[frozenset({refused})])
        sold = lead(status=LeadStatus.ASSIGNED, payout_cents=900)
        world.sales.meanwhile = lambda: world.leads.stored.update({sold.id: sold})
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, 900)

    def test_a_stage_that_an_earlier_execution_passed_is_passed_again(self) -> None:
        world = World([customer(1)], refusals=[frozenset({Refused.STEP})])
        earlier = FlowStep(number=RUN.step)
        world.flows.written[RUN.flow_id, RUN.step] = earlier
        assert world.sell() == NEXT
        assert world.step == earlier

    def test_nobody_is_posted_to_for_a_stage_that_was_passed(self) -> None:
        world = World(partners=(posting(1),))
        world.flows.written[RUN.flow_id, RUN.step] = FlowStep(number=RUN.step)
        assert world.sell() == NEXT
        assert not world.outbound.sent

    def test_nobody_is_posted_to_for_a_lead_that_was_sold_meanwhile(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World(partners=(posting(1),))
        sold = lead(status=LeadStatus.ASSIGNED, payout_cents=900, version=2)

        def sold_meanwhile(*_: object) -> RotationState:
            world.leads.stored[sold.id] = sold
            return rotation()

        monkeypatch.setattr(world.rotations, "get", sold_meanwhile)
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, 900)
        assert not world.outbound.sent

    def test_a_repeated_call_finds_the_lead_sold(self) -> None:
        world = World([customer(1)])
        first = world.sell()
        assert world.sell() == first
        assert len(world.sales.booked) == 1

    def test_a_repeated_call_hands_on_in_the_same_way(self) -> None:
        world = World(partners=(posting(1),), replies={url(1): REFUSED})
        assert world.sell() == NEXT
        before, step = world.lead, world.step
        assert world.sell() == NEXT
        assert (world.lead, world.step) == (before, step)
        assert len(world.outbound.sent) == 1

    def test_a_post_that_was_accepted_is_booked_though_another_execution_went_on(self) -> None:
        world = World(partners=(posting(1),), refusals=[frozenset({Refused.STEP})])
        assert world.sell() == RunResult(LeadStatus.POSTED, PRICE)
        assert world.sale.step.number == RUN.step + 1

    def test_a_post_whose_lead_was_settled_meanwhile_is_told_as_it_is(self) -> None:
        world = World(partners=(posting(1),), refusals=[frozenset({Refused.LEAD})])
        settled = lead(status=LeadStatus.DISTRIBUTION_ERROR)
        world.sales.meanwhile = lambda: world.leads.stored.update({settled.id: settled})
        assert world.sell() == RunResult(LeadStatus.DISTRIBUTION_ERROR, 0)


def reserved(until: datetime, rule: TreatUnknownAs = TreatUnknownAs.SOLD) -> Lead:
    """The lead as a crash left it, while it was posted to the first partner."""
    offer = PartnerOffer(
        partner_id=partner(1).id, amount_cents=PRICE, penalty_percentage=0, offered_at=NOW
    )
    reservation = Reservation(
        stage_id=round_robin().id,
        step=RUN.step,
        via=AssignedVia.ROUND_ROBIN,
        offer=offer,
        open_until=until,
        treat_unknown_as=rule,
    )
    return lead(version=2, reservation=reservation)


class TestCrashes:
    @pytest.fixture
    def crashed(self) -> Callable[..., World]:
        def made(*arguments: object, **rule: TreatUnknownAs) -> World:
            until = NOW + timedelta(seconds=1)
            world = World(
                [customer(1)],
                (posting(1), posting(2)),
                first=round_robin(customers=NOBODY),
                leads=MemoryLeads.of(reserved(until, **rule)),
                clock=Ticking(tick=timedelta(seconds=1)),
            )
            world.leads.turn(rotation().taken(receiver(1), NOW))
            return world

        return made

    def test_an_unfinished_post_is_settled_by_the_rule_and_keeps_its_turn(
        self, crashed: Callable[..., World]
    ) -> None:
        world = crashed()
        assert world.sell() == RunResult(LeadStatus.POSTED, PRICE)
        assert not world.outbound.sent
        assert decisions(world.sale.step) == {
            partner(1).id: (Verdict.WON, None),
            partner(2).id: (Verdict.OUTSCORED, Reason.ROTATION_NOT_DUE),
        }
        assert world.had(receiver(1)) == 1

    def test_one_that_counts_as_not_sold_gives_its_turn_back(
        self, crashed: Callable[..., World]
    ) -> None:
        world = crashed(rule=TreatUnknownAs.NOT_SOLD)
        assert world.sell() == RunResult(LeadStatus.POSTED, PRICE)
        assert [request.url for request in world.outbound.sent] == [url(2)]
        assert (world.had(receiver(1)), world.had(receiver(2))) == (0, 1)

    def test_the_winner_is_on_record_once_though_it_was_paused_since(self) -> None:
        world = World(partners=(posting(1, active=False),), leads=MemoryLeads.of(reserved(NOW)))
        world.sell()
        assert decisions(world.sale.step) == {partner(1).id: (Verdict.WON, None)}

    def test_a_post_that_may_still_be_open_is_waited_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(partner_posts, "OPEN_LOOKS_MAX", 3)
        world = World(leads=MemoryLeads.of(reserved(NOW + timedelta(hours=1))))
        with pytest.raises(TransientFault):
            world.sell()


def test_a_stage_of_another_method_is_a_corrupt_state() -> None:
    with pytest.raises(CorruptState):
        World(first=stage(0)).sell()


def test_a_partner_that_would_refuse_for_ever_is_a_corrupt_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sell_round_robin, "PARTNERS_MAX", 0)
    world = World(partners=(posting(1),), replies={url(1): REFUSED})
    with pytest.raises(CorruptState):
        world.sell()


def test_a_refusal_before_a_crash_is_not_forgotten_and_gives_its_turn_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World([customer(1)], (posting(1),), replies={url(1): REFUSED})
    world.leads.turn(rotation().taken(buyer(1), NOW))
    with monkeypatch.context() as broken:
        broken.setattr(world.sales, "sell", _crash)
        with pytest.raises(TransientFault):
            world.sell()
    world.sell()
    assert [request.url for request in world.outbound.sent] == [url(1)]
    assert world.lead.assignment
    assert world.lead.assignment.customer_id == customer(1).id
    state = world.leads.rotations[round_robin().id]
    assert (state.of(receiver(1)).total, state.of(buyer(1)).total) == (0, 2)


def _crash(*_: object) -> None:
    raise TransientFault("crash")
