"""The Round Robin stage over customers: whose turn it is, and what it costs."""

import pytest

from leadflow.application import contention, rounds
from leadflow.application.run_ports import RunResult
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Reason, Verdict
from leadflow.domain.flows import Channel
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import Choice
from tests.builders import (
    lead,
    partner,
)
from tests.fakes.leads import MemoryLeads
from tests.unit.application.round_robin_world import (
    NEXT,
    World,
    decisions,
    posting,
)
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.round_robin_examples import (
    NOBODY,
    PRICE,
    buyer,
    round_robin,
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "_WAIT_SECONDS", 0)


class TestCustomers:
    def test_the_one_whose_turn_it_is_pays_the_flat_price(self) -> None:
        world = World([customer(1), customer(2)])
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, PRICE)
        sale = world.sale
        assert sale.lead.assignment
        assert sale.lead.assignment.customer_id == customer(1).id
        assert sale.lead.assignment.assigned_via is AssignedVia.ROUND_ROBIN
        assert sale.entry
        assert sale.entry.signed_cents == -PRICE

    def test_lead_wallet_rotation_and_flow_change_together(self) -> None:
        world = World([customer(1), customer(2)])
        world.sell()
        sale = world.sale
        assert sale.customer
        assert (sale.customer.balance_cents, sale.customer.usage) == (
            customer(1).balance_cents - PRICE,
            customer(1).usage,
        )
        assert sale.rotation
        assert sale.rotation.version == 1
        assert (sale.ending.sold_for_cents, sale.ending.offers_count) == (PRICE, 2)
        assert sale.ending.channel is Channel.CUSTOMER
        assert sale.ending.recipient
        assert sale.ending.recipient.customer_id == customer(1).id
        assert [one.status for one in sale.step.attempts] == [AttemptStatus.SUCCESS]
        assert decisions(sale.step) == {
            customer(1).id: (Verdict.WON, None),
            customer(2).id: (Verdict.OUTSCORED, Reason.ROTATION_NOT_DUE),
        }

    def test_turns_go_round(self) -> None:
        world = World([customer(1), customer(2)])
        got: list[str] = []
        for _ in range(4):
            world.leads.stored[lead().id] = lead()
            world.leads.steps.clear()
            world.sell()
            assert world.sales.booked[-1].customer
            got.append(world.sales.booked[-1].customer.id)
        assert got == [customer(n).id for n in (1, 2, 1, 2)]

    def test_a_free_lead_books_no_entry(self) -> None:
        world = World([customer(1, spendable=0)], first=round_robin(price_cents=0))
        assert world.sell() == RunResult(LeadStatus.ASSIGNED, 0)
        assert world.sale.entry is None
        assert world.had(buyer(1)) == 1

    def test_those_who_may_not_are_passed_over_with_their_reasons(self) -> None:
        kept_out = customer(1)
        world = World(
            [kept_out, customer(2, paused=True), customer(3, spendable=1), customer(4)],
            first=round_robin(customers=Choice(enabled=True, exclude=(kept_out.id,))),
        )
        world.sell()
        assert decisions(world.sale.step) == {
            customer(1).id: (Verdict.BLOCKED, Reason.NOT_IN_STAGE),
            customer(2).id: (Verdict.BLOCKED, Reason.CUSTOMER_PAUSED),
            customer(3).id: (Verdict.BLOCKED, Reason.SPENDABLE_BELOW_PRICE),
            customer(4).id: (Verdict.WON, None),
        }

    def test_only_those_on_an_include_list_are_looked_at(self) -> None:
        listed = Choice(enabled=True, include=(customer(2).id, customer(3).id, "cus_unknown"))
        world = World([customer(1), customer(2, archived=True), customer(3)])
        world = World(world.buyers, first=round_robin(customers=listed))
        world.sell()
        assert decisions(world.sale.step) == {
            customer(2).id: (Verdict.BLOCKED, Reason.CUSTOMER_ARCHIVED),
            customer(3).id: (Verdict.WON, None),
        }

    def test_customers_who_have_left_are_nobody_to_look_at(self) -> None:
        world = World([customer(1, archived=True)])
        assert world.sell() == NEXT
        [attempt] = world.step.attempts
        assert attempt.reason is AttemptReason.NO_CANDIDATES
        assert not world.step.decisions

    def test_a_stage_without_customers_reads_none(self) -> None:
        world = World([customer(1)], first=round_robin(customers=NOBODY))
        assert world.sell() == NEXT
        assert world.step.attempts[0].reason is AttemptReason.NO_CANDIDATES

    def test_where_nobody_may_the_lead_goes_on_with_the_reasons_on_record(self) -> None:
        world = World([customer(1, paused=True)])
        assert world.sell() == NEXT
        [attempt] = world.step.attempts
        assert attempt.status is AttemptStatus.FAILED
        assert attempt.reason is AttemptReason.NO_ELIGIBLE_CANDIDATE
        assert decisions(world.step) == {customer(1).id: (Verdict.BLOCKED, Reason.CUSTOMER_PAUSED)}

    def test_one_that_failed_earlier_in_the_flow_is_not_tried_again(self) -> None:
        tried = lead(tried=(customer(1).id, partner(1).id))
        world = World([customer(1)], (posting(1),), leads=MemoryLeads.of(tried))
        world.sell()
        assert decisions(world.step) == {
            customer(1).id: (Verdict.BLOCKED, Reason.ALREADY_TRIED),
            partner(1).id: (Verdict.BLOCKED, Reason.ALREADY_TRIED),
        }

    def test_wallets_are_read_in_parts_until_one_may_pay(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rounds, "READ_AT_ONCE", 2)
        poor = [customer(number, spendable=0) for number in (1, 2, 3)]
        world = World([*poor, customer(4), customer(5)])
        world.sell()
        assert set(decisions(world.sale.step)) == {customer(n).id for n in (1, 2, 3, 4)}

    def test_a_stage_gives_up_where_too_many_may_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rounds, "READ_AT_ONCE", 2)
        monkeypatch.setattr(rounds, "LOOKED_AT_MAX", 2)
        world = World([customer(1, paused=True), customer(2, paused=True), customer(3)])
        assert world.sell() == NEXT
        assert len(world.step.decisions) == 2

    def test_all_customers_of_a_tenant_are_found_page_by_page(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rounds, "_LIST_PAGE", 2)
        monkeypatch.setattr(rounds, "LISTED_MAX", 6)
        world = World([customer(number) for number in range(1, 8)])
        world.sell()
        assert world.sale.customer
        assert world.sale.customer.id == customer(2).id
        assert len(world.sale.step.decisions) == 6
