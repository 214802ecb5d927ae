"""Test leads go by the table of reserved postal codes and touch nothing (`product.md`, 7.6)."""

import pytest

from tests.e2e.shop import Source, expect, lead
from tests.e2e.trade import Partner, Trade, highest_price

FUNDS = 50_000
TABLE = [
    ("00001", "Match found", 7.0, "assigned", 7.0),
    ("00002", "Duplicate", 0, "duplicate", 0),
    ("00003", "Rejected", 0, "audit", 0),
    ("00004", "No match found", 0, "unassigned", 0),
    ("00005", "Match found", 7.0, "marketplace", 0),
    ("30303", "Match found", 7.0, "audit", 0),
]


@pytest.fixture(scope="module")
def market(tenant: Trade) -> tuple[Trade, str, Partner, Source]:
    """A customer that bids, a partner that offers more, and a vendor in test mode."""
    trade = tenant.anew()
    buyer = trade.shop.customer(FUNDS)
    trade.shop.bid(buyer, 5000)
    partner = trade.partner("90.00")
    trade.plan(highest_price([partner]))
    source = trade.shop.source(type="vendor", test_mode=True, payout_percentage=70)
    return trade, buyer, partner, source


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_postal_code_decides(
    market: tuple[Trade, str, Partner, Source], row: tuple[str, str, float, str, float]
) -> None:
    code, message, price, status, paid = row
    trade, buyer, partner, source = market

    ping = expect(source.ping({"zip": code}), 200)
    answer = expect(source.post(lead(zip=code, state="TX" if code[0] == "0" else "GA")), 201)

    assert (ping["message"], ping["price"], ping["is_test"]) == (message, price, True)
    assert (answer["status"], answer["price"], answer["is_test"]) == (status, paid, True)
    found = trade.shop.read(f"/leads/{answer['lead_public_id']}")
    assert (found["status"], found["is_test"]) == (status, True)
    assert found.get("assignment", {}).get("customer_id") is None
    assert trade.flow(answer)["is_test"] is trade.flow(ping)["is_test"] is True
    assert trade.flow(answer)["outcome"] == "test_mode"
    assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS
    assert partner.received("ping") == partner.received("post") == []


def test_test_data_are_in_lists_only_when_asked_for(
    market: tuple[Trade, str, Partner, Source],
) -> None:
    trade, _, _, source = market
    expect(source.ping({"zip": "00001"}), 200)
    answer = expect(source.post(lead(zip="00001")), 201)

    for path in ("/leads", "/flows", "/submissions"):
        assert trade.shop.everything(path, source_id=source.id) == []
        shown = trade.shop.everything(path, source_id=source.id, test_mode="true")
        assert shown
        assert {one["is_test"] for one in shown} == {True}
    assert answer["lead_public_id"] in str(shown)


def test_a_source_that_is_not_in_test_mode_sends_no_test_data(
    market: tuple[Trade, str, Partner, Source],
) -> None:
    trade, *_ = market
    source = trade.shop.source()

    problems = [
        expect(source.ping({"zip": "30303", "is_test": True}), 422),
        expect(source.post(lead(is_test=True)), 422),
        expect(source.post(lead(zip="00001")), 422),
    ]

    assert [list(one["errors"]) for one in problems] == [["is_test"], ["is_test"], ["zip"]]
    assert expect(source.post(lead(is_test=False)), 201)["is_test"] is False
    internal = {"name": "T", "type": "internal", "test_mode": True}
    body = {**internal, "lead_category_id": trade.shop.category_id}
    assert "test_mode" in expect(trade.shop.client.post("/sources", json=body), 422)["errors"]
