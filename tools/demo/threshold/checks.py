"""Is the third act as it should be? Each check gives one sentence for each thing that is not."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tools.demo.threshold.configure import Shop
from tools.demo.threshold.script import DEPOSITS, LEADS, Planned
from tools.demo.wire import Lead, LeadAnswer, Usage

Compared = Iterator[tuple[str, object, object]]


def answer_problems(number: int, planned: Planned, answer: LeadAnswer | None) -> Iterator[str]:
    """Where a post was answered otherwise than it should."""
    waits = planned.status == "withheld"
    told = (answer.status, answer.price_cents > 0) if answer else None
    if told != (planned.status, not waits):
        yield f"Lead {number}: the answer should be {planned.status}, is {told}."


def lead_problems(number: int, planned: Planned, lead: Lead, shop: Shop) -> Iterator[str]:
    """Where a lead went otherwise than it should."""
    sold = lead.assignment
    compared = (
        ("the status", "assigned", lead.status),
        ("who has it", planned.buyer, shop.name_of(sold.customer_id) if sold else None),
        ("the charge in cents", planned.charged_cents, sold.charged_cents if sold else None),
    )
    for name, expected, actual in compared:
        if expected != actual:
            yield f"Lead {number}: {name} should be {expected}, is {actual}."


def order_problems(leads: Sequence[Lead]) -> Iterator[str]:
    """Where a lead was sold before one that was received earlier."""
    times = [one.assignment.assigned_at for one in leads if one.assignment]
    if times != sorted(times, key=str):
        yield f"The leads were not released in the order received: {times}."


def usage_problems(usage: Usage, *, limit: int, used: int, withheld: int) -> Iterator[str]:
    """Where `GET /usage` says something else."""
    expected = (limit, used, withheld)
    actual = (usage.leads.limit, usage.leads.used, usage.withheld)
    if expected != actual:
        yield f"The usage (limit, used, withheld) should be {expected}, is {actual}."


def expected_balances() -> Mapping[str, int]:
    """What each wallet must hold in the end."""
    spent = Counter[str]()
    for planned in LEADS:
        spent[planned.buyer] += planned.charged_cents
    return {name: cents - spent[name] for name, cents in DEPOSITS.items()}


def expected_sales_cents() -> int:
    """What all leads are sold for."""
    return sum(planned.charged_cents for planned in LEADS)
