"""The third act notices what is not as it should be, and its own plan adds up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, cast

import pytest

from tools.demo.threshold.checks import (
    answer_problems,
    expected_balances,
    expected_sales_cents,
    lead_problems,
    order_problems,
    usage_problems,
)
from tools.demo.threshold.configure import Shop
from tools.demo.threshold.script import (
    AT_FIRST,
    BIDS,
    DEPOSITS,
    FIRST,
    LATER,
    LEADS,
    MINIMUM,
    SECOND,
    STEP_ABOVE_SECOND,
)
from tools.demo.wire import Assignment, Lead, LeadAnswer, Usage, Used

if TYPE_CHECKING:
    from tools.demo.client import SourceApi

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
SHOP = Shop(cast("SourceApi", None), {FIRST: "cus_1", SECOND: "cus_2"})


def sold(number: int, **changes: object) -> Lead:
    """A lead as it should be in the end."""
    planned = LEADS[number - 1]
    assignment = Assignment(
        customer_id=SHOP.customers[planned.buyer],
        charged_cents=planned.charged_cents,
        assigned_at=NOON + timedelta(seconds=number),
    )
    values = {"id": f"lead_{number}", "status": "assigned", "lead_type_id": "type_1"}
    lead = Lead.model_validate({**values, "payout_cents": 1})
    return lead.model_copy(update={"assignment": assignment, **changes})


def answer(status: str, price: str) -> LeadAnswer:
    return LeadAnswer(
        lead_public_id="lead_1",
        status=status,
        price=Decimal(price),
        result="success",
        flow_id="flow_1",
        is_test=False,
    )


def usage(**changes: object) -> Usage:
    """Three of three leads used, three more wait."""
    used = Usage(leads=Used(used=3, limit=3), sales_cents=Used(used=15_000, limit=None), withheld=3)
    return used.model_copy(update=changes)


def test_what_is_as_it_should_be_has_no_problem() -> None:
    leads = [sold(number) for number in range(1, len(LEADS) + 1)]
    for number, (planned, lead) in enumerate(zip(LEADS, leads, strict=True), start=1):
        price = "0" if planned.status == "withheld" else "25"
        assert not list(answer_problems(number, planned, answer(planned.status, price)))
        assert not list(lead_problems(number, planned, lead, SHOP))
    assert not list(order_problems(leads))
    assert not list(usage_problems(usage(), limit=3, used=3, withheld=3))


@pytest.mark.parametrize("wrong", [answer("withheld", "25"), answer("assigned", "0")])
def test_an_answer_that_differs_is_named(wrong: LeadAnswer) -> None:
    [problem] = answer_problems(4, LEADS[3], wrong)
    assert problem.startswith("Lead 4: the answer should be withheld")


def test_a_lead_that_went_elsewhere_is_named() -> None:
    [problem] = lead_problems(5, LEADS[4], sold(5, status="unassigned"), SHOP)
    assert problem == "Lead 5: the status should be assigned, is unassigned."
    assert len(list(lead_problems(5, LEADS[4], sold(4), SHOP))) == 2


def test_a_lead_that_overtook_another_is_named() -> None:
    [problem] = order_problems([sold(5), sold(4)])
    assert "not released in the order received" in problem


def test_usage_that_differs_is_named() -> None:
    [problem] = usage_problems(usage(withheld=2), limit=3, used=3, withheld=3)
    assert problem.endswith("should be (3, 3, 3), is (3, 3, 2).")


def test_the_plan_adds_up() -> None:
    assert [one.status for one in LEADS].count("withheld") == LATER - AT_FIRST
    assert len(LEADS) == LATER
    assert STEP_ABOVE_SECOND == BIDS[SECOND] + 1000 <= BIDS[FIRST]
    assert [name for name, _ in groupby(one.buyer for one in LEADS)] == [FIRST, SECOND]
    assert expected_balances() == {FIRST: 0, SECOND: DEPOSITS[SECOND] - 2 * MINIMUM}
    assert expected_sales_cents() == 4 * STEP_ABOVE_SECOND + 2 * MINIMUM
