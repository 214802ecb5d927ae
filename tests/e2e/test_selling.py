"""A posted lead is sold, charged and explained, on the real stack."""

import uuid

import httpx
import pytest

from tests.e2e.shop import US_RANGE, Shop, expect, lead
from tools.local_stack import StackInfo

RANGES = [
    {"scope": scope, "enabled": True, **US_RANGE} for scope in ("county", "state", "nationwide")
]


@pytest.fixture
def shop(stack: StackInfo, admin: httpx.Client) -> Shop:
    return Shop(admin, stack.api_url).open(scopes=RANGES)


def test_scopes_compete_and_the_winner_pays_the_smart_price(shop: Shop) -> None:
    county, state, nationwide = (shop.customer(funds_cents=50_000) for _ in range(3))
    shop.bid(county, 4000)
    winning = shop.bid(state, 9000, "state")
    shop.bid(nationwide, 6000, "nationwide")

    answer = expect(shop.source(payout_percentage=50).post(lead()), 201)

    assert answer["status"] == "assigned"
    assert answer["price"] == 32.5
    sold = shop.read(f"/leads/{answer['lead_public_id']}")
    assert sold["assignment"]["bid_id"] == winning
    assert sold["assignment"]["scope"] == "state"
    assert sold["assignment"]["charged_cents"] == 6500
    assert sold["payout_cents"] == 3250
    assert shop.wallet(state)["balance_cents"] == 50_000 - 6500
    shop.check_ledger(state)


def test_the_flow_says_why(shop: Shop) -> None:
    rich, poor, late = (shop.customer(funds_cents=cents) for cents in (50_000, 900, 50_000))
    for buyer, amount in ((rich, 5000), (poor, 8000), (late, 4000)):
        shop.bid(buyer, amount)

    answer = expect(shop.source().post(lead()), 201)

    flow = shop.read(f"/flows/{answer['flow_id']}")
    told = {one["candidate"]["customer_id"]: one for one in flow["decisions"]}
    assert told[rich]["verdict"] == "won"
    assert told[rich]["runner_up_score"] == "4000"
    assert told[rich]["charged_cents"] == 4500
    assert (told[poor]["verdict"], told[poor]["reason"]) == ("blocked", "wallet_below_minimum")
    assert (told[late]["verdict"], told[late]["reason"]) == ("outscored", "outscored")
    events = [one["event"] for one in flow["timeline"]]
    assert events == [
        "initiated",
        "submission_accepted",
        "lead",
        "attempt_accepted",
        "attempt_succeeded",
    ]


def test_an_under_funded_bid_competes_reduced(shop: Shop) -> None:
    reduced = shop.customer(funds_cents=5_700)
    shop.bid(reduced, 10_000)
    other = shop.customer(funds_cents=50_000)
    shop.bid(other, 5000)

    answer = expect(shop.source().post(lead()), 201)

    sold = shop.read(f"/leads/{answer['lead_public_id']}")
    assert sold["assignment"]["customer_id"] == reduced
    assert sold["assignment"]["charged_cents"] == 5500


def test_equal_bids_take_turns(shop: Shop) -> None:
    buyers = [shop.customer(funds_cents=50_000) for _ in range(2)]
    for buyer in buyers:
        shop.bid(buyer, 5000)
    source = shop.source()

    won = [
        shop.read(f"/leads/{expect(source.post(lead()), 201)['lead_public_id']}")["assignment"][
            "customer_id"
        ]
        for _ in range(4)
    ]

    assert sorted(won) == sorted(buyers * 2)
    assert won[0] != won[1] != won[2] != won[3]


def test_a_lead_that_nobody_wants_is_unassigned_with_its_reason(shop: Shop) -> None:
    answer = expect(shop.source().post(lead()), 201)

    assert (answer["status"], answer["price"], answer["result"]) == ("unassigned", 0, "rejected")
    flow = shop.read(f"/flows/{answer['flow_id']}")
    assert flow["outcome"] == "no_stage_accepted"
    assert flow["attempts"][0]["reason"] == "no_candidates"


def test_both_ways_to_authenticate_work(shop: Shop) -> None:
    source = shop.source()
    for header in (source.basic, source.bearer):
        expect(source.post(lead(), headers={"Authorization": header}), 201)


def test_the_submission_is_kept_word_for_word(shop: Shop) -> None:
    source = shop.source()
    body = lead(unmapped={"deep": [1, 2, 3]}, utm="spring")

    answer = expect(source.post(body), 201)

    kept = shop.read(f"/submissions/{answer['submission_id']}")
    assert kept["raw"] == body
    assert kept["status"] == "accepted"
    assert kept["lead_id"] == answer["lead_public_id"]


def test_a_duplicate_is_kept_and_never_charged(shop: Shop) -> None:
    buyer = shop.customer(funds_cents=50_000)
    shop.bid(buyer, 5000)
    source = shop.source(duplicate_checks=[{"fields": ["email"], "days": 30}])
    body = lead()

    first, second = (expect(source.post(body), 201) for _ in range(2))

    assert (first["status"], second["status"]) == ("assigned", "duplicate")
    assert (second["price"], second["result"]) == (0, "duplicate")
    assert shop.wallet(buyer)["balance_cents"] == 50_000 - 1000


def test_a_repeated_request_with_its_key_is_one_lead(shop: Shop) -> None:
    buyer = shop.customer(funds_cents=50_000)
    shop.bid(buyer, 5000)
    source = shop.source()
    headers, body = {"Idempotency-Key": str(uuid.uuid4())}, lead()

    first, second = (source.post(body, headers=headers) for _ in range(2))

    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert shop.wallet(buyer)["balance_cents"] == 50_000 - 1000
    reused = source.post(lead(), headers=headers)
    assert expect(reused, 422)["code"] == "idempotency_key_reused"
