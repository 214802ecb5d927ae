"""Many leads at once, with partners: nobody buys twice, and all books agree (`product.md`, 3.6)."""

from collections import Counter

import httpx
import pytest

from tests.e2e.shop import Json, expect, lead
from tests.e2e.trade import (
    ACCEPTS_THEN_HANGS,
    Partner,
    Trade,
    highest_price,
    reasons_by_id,
    round_robin,
)

RACERS = 24
FUNDS = 1_000_000
HALF = [[{"property": "zip", "operator": "equals", "value": "30303"}]]


@pytest.mark.parametrize(("rule", "racers"), [("sold", RACERS), ("not_sold", RACERS // 2)])
def test_with_a_partner_that_takes_and_hangs_no_lead_has_two_buyers(
    trade: Trade, rule: str, racers: int
) -> None:
    cap = racers // 3
    buyer = trade.shop.customer(FUNDS)
    trade.shop.bid(buyer, 9000, lead_caps={"daily": cap})
    hanging = trade.partner(
        "60.00", ACCEPTS_THEN_HANGS, treat_unknown_as=rule, eligibility=HALF, timeout_seconds=2
    )
    other = trade.partner("50.00")
    trade.plan(highest_price([hanging, other]))
    bodies = [lead(zip=("30303", "30309")[number % 2]) for number in range(racers)]

    flows = _flows(trade, trade.shop.source().post_at_once(bodies))

    assert Counter(one["outcome"] for one in flows) == {None: racers}
    assert len(_of_partner(flows, hanging)) + len(_of_partner(flows, other)) == racers - cap
    assert _charged(trade, flows, buyer) == cap
    assert _prices(flows, hanging) <= {6000}
    assert _prices(flows, other) == {5000}
    posted = Counter(hanging.lead_ids)
    assert set(posted.values()) == {1}
    if rule == "sold":
        assert set(posted) == set(_of_partner(flows, hanging))
        assert set(posted).isdisjoint(other.lead_ids)
    else:
        told = [one for one in flows if reasons_by_id(one)[hanging.id] == "partner_post_unknown"]
        assert set(posted) == {one["lead_id"] for one in told}
        assert _of_partner(flows, hanging) == []
    assert sorted(other.lead_ids) == sorted(_of_partner(flows, other))


def test_three_customers_get_a_third_each(trade: Trade) -> None:
    buyers = [trade.shop.customer(FUNDS) for _ in range(3)]
    trade.plan(round_robin(1000, buyers))

    flows = _flows(trade, trade.shop.source().post_at_once([lead() for _ in range(RACERS)]))

    got = Counter(one["recipient"]["customer_id"] for one in flows)
    assert got == dict.fromkeys(buyers, RACERS // 3)
    for buyer in buyers:
        assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS - 1000 * RACERS // 3
        trade.shop.check_ledger(buyer)


def test_customers_and_partners_stay_even_too(trade: Trade) -> None:
    buyers = [trade.shop.customer(FUNDS) for _ in range(2)]
    partners = [trade.partner("1.00") for _ in range(2)]
    trade.plan(round_robin(1000, buyers, partners))

    flows = _flows(trade, trade.shop.source().post_at_once([lead() for _ in range(12)]))

    got = Counter(str(*one["recipient"].values()) for one in flows)
    assert got == dict.fromkeys([*buyers, *(one.id for one in partners)], 3)
    for partner in partners:
        assert sorted(partner.lead_ids) == sorted(_of_partner(flows, partner))


def _flows(trade: Trade, answers: list[httpx.Response]) -> list[Json]:
    """The flows of answered posts, once all of them have ended."""
    told = [expect(answer, 201) for answer in answers]
    for one in told:
        trade.sold(one)
    return [trade.flow(one) for one in told]


def _of_partner(flows: list[Json], partner: Partner) -> list[str]:
    return [one["lead_id"] for one in flows if one["recipient"].get("partner_id") == partner.id]


def _prices(flows: list[Json], partner: Partner) -> set[int]:
    lead_ids = _of_partner(flows, partner)
    return {one["sold_for_cents"] for one in flows if one["lead_id"] in lead_ids}


def _charged(trade: Trade, flows: list[Json], buyer: str) -> int:
    """How many leads a customer paid for: the flows and its wallet must say the same of each."""
    paid = {
        one["lead_id"]: one["sold_for_cents"]
        for one in flows
        if one["recipient"].get("customer_id") == buyer
    }
    rows = trade.shop.everything(f"/customers/{buyer}/transactions")
    charges = [row for row in rows if row["event"] == "LEAD_ASSIGNED"]
    assert sorted((row["related"]["lead_id"], -row["amount_cents"]) for row in charges) == sorted(
        paid.items()
    )
    trade.shop.check_ledger(buyer)
    return len(charges)
