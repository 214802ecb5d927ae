"""Sales that begin in one day, week and month and end in the next, while answers are lost."""

from collections import Counter
from datetime import UTC, datetime

from leadflow.adapters.faults import FaultInjector, FaultKind, FaultPlan, FaultRule
from leadflow.domain.limits import Budgets, LeadCaps
from tests.builders import configuration
from tests.contract_run import held
from tests.integration.faults.tenant import FUNDS, PRICE, add_customer, charges, post, wallet
from tests.integration.faults.world import TICK, World
from tests.integration.seeds import store_bid, store_configuration
from tests.unit.domain.bidding_examples import bid, customer

MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)
"""A Monday: a day, a week and a month begin."""

LOST = FaultRule(
    service="dynamodb", operation="TransactWriteItems", call=3, kinds=(FaultKind.LOST,)
)
"""The third transaction of a post from a new process is the sale."""

CAP = 1
POSTS = 2


def _capped(world: World) -> None:
    """Two buyers who take one lead a day, and money for one a month."""
    world.clock.at = MIDNIGHT.replace(year=2026, month=5, day=31, hour=20)
    store_configuration(configuration())
    for number, amount in ((1, 100), (2, 60)):
        limits = {"lead_caps": LeadCaps(daily=CAP), "budgets": Budgets(monthly=PRICE)}
        add_customer(world, customer(number, spendable=0, **limits))
        store_bid(bid(amount, owner=number))


def _ticks_of_a_sale(world: World) -> int:
    world.restore()
    before = world.clock.at
    post(world)
    return (world.clock.at - before) // TICK


def _won_by_day(world: World) -> Counter[tuple[str, str]]:
    sold = [one.assignment for one in world.judge().leads if one.status == "assigned"]
    return Counter(
        (str(one.customer_id), one.assigned_at.date().isoformat()) for one in sold if one
    )


def test_no_limit_is_passed_wherever_in_a_sale_the_month_ends(world: World) -> None:
    _capped(world)
    world.keep()
    moments = range(_ticks_of_a_sale(world) + 1)
    for moment in moments:
        world.restore()
        world.clock.at = MIDNIGHT - moment * TICK
        world.switch.injector = FaultInjector(
            FaultPlan(rules=(LOST,)), "p", tell=lambda _: None, kill=world.switch.kill
        )
        for number in range(POSTS):
            post(world, f"post-{number}", email=f"a{number}@example.com")
        world.recover(("reconcile",))
        won = _won_by_day(world)
        assert won
        assert max(won.values()) == CAP
        seen = world.seen()
        for number in (1, 2):
            paid = sum(
                one.amount_cents for one in charges(seen) if one.customer_id == customer(number).id
            )
            assert wallet(seen, number).balance_cents == FUNDS - paid
    held(
        "Sales over the end of a month, answers lost",
        ("C1", "C2", "C3", "C4", "C6"),
        operations=POSTS * len(moments),
        faults=len(moments),
    )
