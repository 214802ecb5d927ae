"""Many leads at once in one Round Robin stage: turns stay fair, nobody pays twice (C1, C8)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.rotations import DynamoRotations
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.runtime import container, stage_actions
from tests.builders import (
    TENANT_ID,
    configuration,
    lead,
    partner,
    plan,
    post_exchange,
    run,
)
from tests.fakes.outbound import ScriptedOutbound, answer
from tests.integration.seeds import entries_of, store_configuration, store_customer, store_lead
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.round_robin_examples import PRICE, buyer, receiver, round_robin

LEADS, THREADS, BUYERS = 10, 5, (1, 2)
TAKING, REFUSING = "https://taking.example.com/", "https://refusing.example.com/"


@pytest.fixture(autouse=True)
def _stored(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    outbound = ScriptedOutbound({REFUSING: answer(status=409)})
    monkeypatch.setattr(container, "outbound", lambda: outbound)
    partners = (
        partner(1, post=post_exchange(url=TAKING)),
        partner(2, post=post_exchange(url=REFUSING)),
    )
    store_configuration(configuration(by_plan=plan(round_robin()), partners=partners))
    for number in BUYERS:
        store_customer(customer(number))
    for number in range(LEADS):
        store_lead(lead(number), number)


def handed_out() -> list[Lead]:
    """All leads, once many runs at the same time have handed them out, some of them repeated."""
    numbers = [*range(LEADS), *range(0, LEADS, 3)]
    action = stage_actions.sell_round_robin()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda number: action(run(number, method="round_robin")), numbers))
    stored = [DynamoLeads().get(TENANT_ID, lead(number).id) for number in range(LEADS)]
    return [one for one in stored if one]


def test_turns_stay_fair_and_every_lead_is_handed_out_once() -> None:
    leads = handed_out()
    assert {one.status for one in leads} == {LeadStatus.ASSIGNED, LeadStatus.POSTED}
    got = Counter(
        one.assignment.customer_id or one.assignment.partner_id for one in leads if one.assignment
    )
    takers = [*(buyer(number).id for number in BUYERS), receiver(1).id]
    assert set(got) == set(takers)
    assert max(got.values()) - min(got.values()) <= 1
    state = DynamoRotations().get(TENANT_ID, round_robin().id)
    assert {taker: state.tallies[taker].total for taker in takers} == got
    assert state.of(receiver(2)).total == 0
    for number in BUYERS:
        wallet = DynamoCustomers().many(TENANT_ID, [customer(number).id])[customer(number).id]
        charged = [entry.signed_cents for entry in entries_of(wallet.id)]
        assert charged == [-PRICE] * got[wallet.id]
        assert wallet.balance_cents == customer(number).balance_cents - PRICE * got[wallet.id]
