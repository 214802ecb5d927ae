"""What happens over HTTP is told on the bus: every event under one id, and no contact data."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import LeadStatus
from tests.builders import lead as stored
from tests.e2e.conftest import DIRECTORY
from tests.e2e.operations import Listener, held_up, invoke, listening, put_items, until
from tests.e2e.shop import Json, Source, expect, lead
from tests.e2e.trade import Trade, highest_price
from tools.local_stack import StackInfo, create_tenant

FUNDS_CENTS, BID_CENTS = 500_000, 5000
ELSEWHERE = {"zip": "10001", "state": "NY"}
BURST, FIRST = 400, 100
STATISTICS = "state_lead_type_stats.updated"
Told = Counter[tuple[str, str]]


@dataclass
class Ear:
    """What was heard about certain leads and customers, by the ids of the facts."""

    listener: Listener
    facts: dict[str, Json] = field(default_factory=dict)

    def told(self, about: Collection[str]) -> Told:
        """Names with the lead or customer that each fact is about."""
        for event in self.listener.heard():
            self.facts[event["detail"]["id"]] = event
        pairs = ((one["detail-type"], _subject(one["detail"])) for one in self.facts.values())
        return Counter(pair for pair in pairs if pair[1] in about)

    def until(self, expected: Told) -> None:
        """Wait until exactly these facts were heard about all that they are about."""
        about = {subject for _, subject in expected}
        until(lambda: self.told(about) >= expected, "all facts are told")
        assert self.told(about) == expected


def _subject(fact: Json) -> str:
    return str(fact.get("lead_id") or fact.get("user_id") or fact.get("customer_id"))


@pytest.fixture
def ear(stack: StackInfo) -> Iterator[Ear]:
    with listening(stack, "BusName") as listener:
        yield Ear(listener)


def posted(source: Source, **values: object) -> str:
    """The id of a lead that was just posted."""
    return str(expect(source.post(lead(**values)), 201)["lead_public_id"])


def test_every_event_is_told_with_ids_and_amounts_and_nothing_else(trade: Trade, ear: Ear) -> None:
    shop, source = trade.shop, trade.shop.source()
    shop.made("/duplicate-checks", {"fields": ["email"], "days": 30})
    buyer = shop.customer(FUNDS_CENTS)
    shop.bid(buyer, BID_CENTS)
    member = {"email": "member@example.com", "role": "customer_user"}
    user = shop.made(f"/customers/{buyer}/users", member)["id"]
    trade.plan(highest_price())
    bought, unsold = posted(source, email="twin@example.com"), posted(source, **ELSEWHERE)
    twin = posted(source, email="twin@example.com")
    expect(shop.client.post(f"/leads/{bought}/return", json={}), 200)
    trade.plan(highest_price([trade.partner("60.00")], bids=False))
    sent_out = posted(source)
    trial = posted(shop.source(type="vendor", test_mode=True), zip="00001")

    ear.until(
        Counter(
            [
                ("customer.created", buyer),
                ("transaction.updated", buyer),
                ("customer.user_attached", user),
                ("lead.created", bought),
                ("lead.assigned", bought),
                *[("transaction.updated", bought)] * 2,
                ("lead.created", unsold),
                ("lead.not_assigned", unsold),
                ("lead.duplicated", twin),
                ("lead.created", sent_out),
                ("lead.posted", sent_out),
            ]
        )
    )
    assert not ear.told({trial})
    details = [one["detail"] for one in ear.facts.values()]
    [sale] = [one for one in details if one.get("status") == "assigned"]
    assert (sale["customer_id"], sale["scope"], sale["assigned_via"]) == (
        buyer,
        "county",
        "bidding",
    )
    rows = shop.everything(f"/customers/{buyer}/transactions")
    charges = {row["id"]: row["amount_cents"] for row in rows}
    assert charges == {
        one["transaction_id"]: one["amount_cents"] for one in details if "transaction_id" in one
    }
    assert not [
        word for word in ("twin@", "member@", "Lovelace", "404") if word in json.dumps(details)
    ]


def sold_facts(lead_ids: Sequence[str]) -> Told:
    """What leads tell that were sold to a customer."""
    names = ("lead.created", "lead.assigned", "transaction.updated")
    return Counter((name, lead_id) for lead_id in lead_ids for name in names)


def test_statistics_are_told_by_state_and_type(stack: StackInfo, trade: Trade, ear: Ear) -> None:
    shop, source = trade.shop, trade.shop.source()
    expect(shop.client.patch("/settings", json={"stats_interval_minutes": 5}), 200)
    shop.bid(shop.customer(FUNDS_CENTS), BID_CENTS)
    trade.plan(highest_price())
    sold = [posted(source), posted(source)]
    unsold = posted(source, **ELSEWHERE)
    names = ("lead.created", "lead.not_assigned")
    ear.until(sold_facts(sold) + Counter((name, unsold) for name in names))
    invoke(stack, "TellStatisticsFunctionName", {"at_once": True})

    def rows() -> list[Json]:
        ear.told(())
        told = [one["detail"] for one in ear.facts.values() if one["detail-type"] == STATISTICS]
        found = [row for fact in told for row in fact["rows"]]
        return [row for row in found if row["lead_type_id"] == shop.lead_type_id]

    until(lambda: bool(rows()), "statistics are told")
    at_home, elsewhere = rows()
    assert (at_home["state"], at_home["active_bids"], at_home["top_bid_cents"]) == ("GA", 1, 5000)
    assert (at_home["leads_received"], at_home["leads_assigned"]) == (2, 2)
    prices = ("lowest_price_cents", "highest_price_cents", "average_price_cents")
    assert [at_home[name] for name in prices] == [1000] * 3
    assert (elsewhere["state"], elsewhere["leads_received"]) == ("NY", 1)
    assert (elsewhere["active_bids"], elsewhere["average_price_cents"]) == (0, None)


def test_a_burst_is_told_once_even_if_nobody_could_tell_it_for_a_while(
    stack: StackInfo, ear: Ear
) -> None:
    tenant_id = TenantId(create_tenant(DIRECTORY, "Burst").tenant_id)
    leads = [stored(number, status=LeadStatus.AUDIT) for number in range(BURST)]
    made = [lead_item(tenant_id, one).serialize() for one in leads]
    put_items(stack, "LeadsTableName", made[:FIRST])
    with held_up(stack, "PublishFactsFunctionName"):
        put_items(stack, "LeadsTableName", made[FIRST:])
    ear.until(Counter(("lead.created", one.id) for one in leads))
