"""What becomes of a lead when partners accept, refuse, hang or come too late."""

import time

import pytest

from tests.e2e.conftest import WATCHED_CALLS, Watched
from tests.e2e.operations import invoke
from tests.e2e.shop import Json, expect, lead
from tests.e2e.trade import (
    ACCEPTS,
    ACCEPTS_THEN_HANGS,
    HANGING_SECONDS,
    HANGS,
    REFUSES,
    Partner,
    Trade,
    decisions_by_id,
    highest_price,
    ping_exchange,
    post_exchange,
    reasons_by_id,
)
from tools.local_stack import StackInfo
from tools.stub_partner import Act, Behaviour

FUNDS = 50_000
IMPATIENT: Json = {"timeout_seconds": HANGING_SECONDS}
SLOW = Behaviour(price="90.00", delay_ms=20_000)
ANSWER_MARGIN_SECONDS = 2.0
"""What connections and a busy machine may add to the caller's patience."""


def test_a_partner_that_takes_the_lead_and_hangs_has_bought_it(trade: Trade) -> None:
    silent, other = trade.partner("60.00", ACCEPTS_THEN_HANGS, **IMPATIENT), trade.partner("50.00")
    buyer = trade.shop.customer(FUNDS)
    trade.shop.bid(buyer, 4000)
    trade.plan(highest_price([silent, other]))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert (answer["status"], answer["price"]) == ("posted", 60.0)
    assert (silent.lead_ids, other.lead_ids) == ([answer["lead_public_id"]], [])
    assert trade.shop.wallet(buyer)["balance_cents"] == FUNDS
    flow = trade.flow(answer)
    assert (flow["recipient"], flow["sold_for_cents"]) == ({"partner_id": silent.id}, 6000)
    assert decisions_by_id(flow)[silent.id]["verdict"] == "won"
    assert decisions_by_id(flow)[silent.id]["detail"]["settled_as"] == "sold"


def test_where_unknown_is_not_sold_the_next_best_offer_gets_the_lead(trade: Trade) -> None:
    silent = trade.partner("60.00", ACCEPTS_THEN_HANGS, treat_unknown_as="not_sold", **IMPATIENT)
    other = trade.partner("50.00")
    trade.plan(highest_price([silent, other]))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert (answer["status"], answer["price"]) == ("posted", 50.0)
    assert silent.lead_ids == other.lead_ids == [answer["lead_public_id"]]
    assert reasons_by_id(trade.flow(answer))[silent.id] == "partner_post_unknown"


def test_refusals_go_down_to_the_bid_at_the_price_that_is_left(trade: Trade) -> None:
    refusing = trade.partner("80.00", REFUSES)
    knowing = trade.partner("70.00", Behaviour(act=Act.DUPLICATE))
    buyer = trade.shop.customer(FUNDS)
    bid = trade.shop.bid(buyer, 5000)
    trade.plan(highest_price([refusing, knowing]))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert (answer["status"], answer["price"]) == ("assigned", 10.0)
    told = decisions_by_id(trade.flow(answer))
    assert told[refusing.id]["reason"] == "partner_post_declined"
    assert told[refusing.id]["detail"]["message"] == "No capacity today"
    assert told[knowing.id]["reason"] == "partner_post_duplicate"
    assert (told[bid]["verdict"], told[bid]["charged_cents"]) == ("won", 1000)
    assert "runner_up_score" not in told[bid]


IN_TEXAS = {"property": "state", "operator": "equals", "value": "TX"}


@pytest.mark.parametrize(
    ("ping", "post", "values", "code"),
    [
        (ACCEPTS, ACCEPTS, {"eligibility": [[IN_TEXAS]]}, "no_eligible_candidate"),
        (Behaviour(price="20"), REFUSES, {}, "all_refused"),
        (REFUSES, ACCEPTS, {}, "all_refused"),
        (HANGS, ACCEPTS, IMPATIENT, "deadline_passed"),
    ],
    ids=["nobody eligible", "posts refused", "pings refused", "out of time"],
)
def test_the_outcome_tells_why_nobody_took_the_lead(
    trade: Trade, ping: Behaviour, post: Behaviour, values: Json, code: str
) -> None:
    partner = trade.partner("20.00", post, **values)
    partner.behave("ping", ping)
    trade.plan(highest_price([partner], bids=False))

    answer = expect(trade.shop.source().post(lead()), 201)

    assert (answer["status"], answer["result"]) == ("unassigned", "rejected")
    flow = trade.flow(answer)
    reasons = [one for one in reasons_by_id(flow).values() if one != "not_in_stage"]
    assert len(reasons) == 1
    assert (flow["attempts"][0]["status"], flow["attempts"][0]["reason"]) == ("failed", code)
    assert flow["outcome"] == code


def test_a_slow_partner_does_not_use_up_the_callers_patience(trade: Trade) -> None:
    slow = _slow_partner(trade)
    bid = trade.shop.bid(trade.shop.customer(FUNDS), 5000)
    trade.plan(highest_price([slow]))
    source = trade.shop.source()

    started = time.monotonic()
    answer = expect(source.post(lead(timeout_ms=3000)), 201)
    taken = time.monotonic() - started

    assert taken < 3.0 + ANSWER_MARGIN_SECONDS
    assert answer["status"] in {"assigned", "processing"}
    assert trade.sold(answer)["assignment"]["bid_id"] == bid
    assert reasons_by_id(trade.flow(answer))[slow.id] == "partner_ping_timeout"


def test_the_outcome_that_a_caller_did_not_wait_for_is_told_later(trade: Trade) -> None:
    refusing = trade.partner("50.00", Behaviour(act=Act.REFUSE, delay_ms=700))
    trade.plan(highest_price([refusing, trade.partner("40.00")]))
    source = trade.shop.source()

    answer = expect(source.post(lead(timeout_ms=100)), 201)

    assert (answer["status"], answer["price"]) == ("processing", 0)
    assert trade.sold(answer)["status"] in {"posted", "unassigned"}
    kept = trade.shop.read(f"/submissions/{answer['submission_id']}")
    assert kept["outcome"]["status"] == trade.sold(answer)["status"]


def _slow_partner(trade: Trade) -> Partner:
    slow = trade.partner("90.00")
    url = slow.behave("ping", SLOW)
    ping = ping_exchange(url, timeout_seconds=30)
    expect(trade.shop.client.patch(f"/partners/{slow.id}", json={"ping": ping}), 200)
    return slow


SECRETS = {"token": "s3cret-token-91", "X-Api-Key": "s3cret-key-92"}


def test_a_trial_shows_request_and_answer_without_secrets(trade: Trade) -> None:
    partner = trade.partner("50.00")
    echo = '{"status": "accepted", "you_sent": "' + SECRETS["token"] + '"}'
    url = partner.behave("post", Behaviour(act=Act.CUSTOM, body=echo))
    auth = {"type": "bearer", "token": SECRETS["token"]}
    headers = {"X-Api-Key": SECRETS["X-Api-Key"], "X-Campaign": "spring"}
    post = post_exchange(url, auth=auth, headers=headers)
    path = f"/partners/{partner.id}"
    changed = expect(trade.shop.client.patch(path, json={"post": post}), 200)

    tried = expect(trade.shop.client.post(f"{path}/test-exchange", json={"exchange": "post"}), 200)

    call = trade.stub.calls[-1]
    assert call.headers["authorization"] == f"Bearer {SECRETS['token']}"
    assert call.headers["x-api-key"] == SECRETS["X-Api-Key"]
    assert (tried["request"]["url"], tried["request"]["method"]) == (url, "POST")
    assert tried["request"]["headers"]["X-Campaign"] == "spring"
    assert tried["response"]["status"] == 200
    assert '"accepted"' in tried["response"]["body"]
    assert tried["outcome"] == "accepted"
    shown = [changed, tried, trade.shop.read(path), trade.shop.everything("/partners")]
    shown.append(trade.shop.read("/audit-log", limit="50"))
    assert not [secret for secret in SECRETS.values() if secret in str(shown)]


def test_a_trial_of_a_partner_that_hangs_has_no_answer(trade: Trade) -> None:
    partner = trade.partner("50.00", ACCEPTS_THEN_HANGS, **IMPATIENT)
    path = f"/partners/{partner.id}/test-exchange"

    tried = expect(trade.shop.client.post(path, json={"exchange": "post"}), 200)

    assert (tried["response"], tried["outcome"]) == (None, "unknown")


def test_a_partners_answer_to_the_ping_goes_into_its_post(trade: Trade) -> None:
    partner = trade.partner("50.00")
    url = partner.behave("post", ACCEPTS)
    mapping = [
        {"key": "lead_id", "value": "{{ lead_public_id }}"},
        {"key": "offer.reference", "value": "{{ response.reference }}"},
        {"key": "offer.campaign", "value": "c-{{ response.metadata.campaign_id }}"},
        {"key": "name", "value": "{{ first_name }} {{ last_name }}"},
        {"key": "gone", "value": "{{ response.nothing.here }}"},
    ]
    post = post_exchange(url, mapping=mapping, method="PUT")
    expect(trade.shop.client.patch(f"/partners/{partner.id}", json={"post": post}), 200)
    trade.plan(highest_price([partner]))

    answer = expect(trade.shop.source().post(lead(last_name='O"Neil')), 201)

    assert answer["status"] == "posted"
    assert partner.received("post") == [
        {
            "lead_id": answer["lead_public_id"],
            "offer": {"reference": "ref-1", "campaign": "c-7"},
            "name": 'Ada O"Neil',
            "gone": "",
        }
    ]


def test_a_form_and_a_query_carry_the_mapping_too(trade: Trade) -> None:
    partner = trade.partner("50.00")
    ping = ping_exchange(partner.behave("ping", Behaviour(price=50)), method="GET")
    post = post_exchange(partner.behave("post", ACCEPTS), format="form")
    path = f"/partners/{partner.id}"
    expect(trade.shop.client.patch(path, json={"ping": ping, "post": post}), 200)
    trade.plan(highest_price([partner]))
    body = lead()

    answer = expect(trade.shop.source().post(body), 201)

    assert answer["status"] == "posted"
    asked, posted = trade.stub.calls[-2:]
    assert (asked.method, asked.query, asked.body) == ("GET", "zip=30303", "")
    assert posted.headers["content-type"].startswith("application/x-www-form-urlencoded")
    email = str(body["email"]).replace("@", "%40")
    assert posted.body == f"lead_id={answer['lead_public_id']}&email={email}"


def test_a_partner_that_keeps_timing_out_is_paused_and_says_so(
    watched: Watched, stack: StackInfo
) -> None:
    tenant, hanging = watched.tenant, watched.partner
    path = f"/partners/{hanging.id}"
    shop = tenant.anew().shop
    tenant.plan(highest_price([hanging]))
    source = shop.source()
    time.sleep(watched.seconds_left)

    for late in source.post_at_once([lead() for _ in range(WATCHED_CALLS)]):
        expect(late, 201)
    invoke(stack, "WatchPartnersFunctionName", {})

    paused = shop.read(path)
    assert (paused["ping"]["active"], paused["ping"]["paused_reason"]) == (False, "timeouts")
    assert paused["ping"]["paused_at"]
    assert paused["post"]["active"] is True
    newest = shop.read("/audit-log", limit="1")["data"][0]
    assert (newest["resource_id"], newest["actor"]) == (hanging.id, "system")
    answer = expect(source.post(lead()), 201)
    assert reasons_by_id(tenant.flow(answer))[hanging.id] == "partner_ping_paused"
    again = {"ping": paused["ping"] | {"active": True}}
    expect(shop.client.patch(path, json=again), 200)
    invoke(stack, "WatchPartnersFunctionName", {})
    lifted = shop.read(path)["ping"]
    assert (lifted["active"], lifted.get("paused_reason")) == (True, None)
