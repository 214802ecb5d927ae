"""`POST /ping` and the post that comes back to it, through the real handlers and tables."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from leadflow.adapters.dynamodb.flow_items import FlowItem
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.lead_items import PingItem, SubmissionItem
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.submissions import submission_of
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Verdict
from leadflow.domain.flows import Channel, Flow
from leadflow.domain.identifiers import FlowId, LeadId
from leadflow.domain.leads import Lead
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.sources import SourceType
from leadflow.domain.submissions import Submission, SubmissionStatus
from leadflow.runtime import container
from leadflow.runtime.settings import settings
from tests.builders import (
    SOURCE_ID,
    TENANT_ID,
    VALUES,
    configuration,
    duplicate_check,
    partner,
    ping_exchange,
    plan,
    post_exchange,
    source,
    stage,
)
from tests.integration.http import Answer, Client
from tests.integration.in_process import InProcess
from tests.integration.seeds import entries_of, store_bid, store_configuration, store_customer
from tests.unit.application.highest_price_world import asking
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.unit.domain.round_robin_examples import round_robin
from tools.stub_partner import Behaviour, StubPartner, stub_partner

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
PINGER, POSTER = Client("receive_ping", PRINCIPAL), Client("submit_lead", PRINCIPAL)
ASKED = {"zip": VALUES["zip"], "email": VALUES["email"]}
VENDOR = source(type=SourceType.VENDOR)


@pytest.fixture(autouse=True)
def _stand_in(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "distribution", InProcess)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubPartner]:
    """A partner's server on this machine, which may be called."""
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
    settings.cache_clear()
    with stub_partner() as server:
        yield server


def bidding(configured: Configuration | None = None) -> None:
    """Bids of $100 and $60; the first one pays $70."""
    store_configuration(configured or configuration())
    for number, amount in ((1, 100), (2, 60)):
        store_customer(customer(number))
        store_bid(bid(amount, owner=number))


def ping(headers: Mapping[str, str] | None = None, **changes: object) -> Answer:
    return PINGER.call("POST", "/ping", ASKED | changes, headers=headers)


def post(ping_id: str | None = None, **changes: object) -> Answer:
    reference = {"ping_id": ping_id} if ping_id else {}
    return POSTER.call("POST", "/leads", VALUES | reference | changes)


def flow_of(answer: Answer) -> Flow:
    stored = DynamoFlows().get(TENANT_ID, FlowId(answer.body["flow_id"]))
    assert stored
    return stored


def lead_of(answer: Answer) -> Lead:
    stored = DynamoLeads().get(TENANT_ID, LeadId(answer.body["lead_public_id"]))
    assert stored
    return stored


def submissions() -> list[Submission]:
    items = SubmissionItem.scan(SubmissionItem.sk == "SUBMISSION")
    return sorted(map(submission_of, items), key=lambda one: one.id)


def test_a_vendor_is_told_one_price() -> None:
    bidding(configuration(from_source=VENDOR))
    answer = ping()
    assert answer.status == 200
    assert UUID(answer.body.pop("ping_id")).version == 4
    assert answer.body.pop("expires_at").endswith("Z")
    flow_id = answer.body.pop("flow_id")
    assert answer.body == {"message": "Match found", "price": 70.0, "is_test": False}
    assert DynamoFlows().get(TENANT_ID, flow_id)


def test_an_internal_source_is_told_the_bids() -> None:
    bidding()
    answer = ping()
    assert answer.body.keys() == {
        "ping_id",
        "message",
        "bids",
        "expires_at",
        "flow_id",
        "is_test",
    }
    told = [(one["price"], one["tcpa_name"], one["customer_id"]) for one in answer.body["bids"]]
    assert told == [(70.0, "Buyer 1", 1), (10.0, "Buyer 2", 2)]
    assert {UUID(one["id"]).version for one in answer.body["bids"]} == {4}


def test_a_stage_in_turn_offers_the_lead_to_whose_turn_it_is() -> None:
    bidding(configuration(by_plan=plan(round_robin())))
    [told] = ping().body["bids"]
    assert (told["tcpa_name"], told["customer_id"]) == ("Buyer 1", 1)


def test_without_a_match_there_is_no_price_and_there_are_no_bids() -> None:
    store_configuration(configuration())
    answer = ping()
    assert (answer.body["message"], answer.body["bids"]) == ("No match found", [])


def test_a_post_gets_what_its_ping_was_promised() -> None:
    bidding()
    pinged = ping()
    posted = post(pinged.body["ping_id"])
    assert (posted.status, posted.body["status"], posted.body["price"]) == (201, "assigned", 70.0)
    assert posted.body["flow_id"] == pinged.body["flow_id"]
    flow = flow_of(posted)
    assert (flow.honored, flow.channel, flow.sold_for_cents) == (True, Channel.BID, dollars(70))
    assert (str(flow.ping_id), flow.ping_status) == (pinged.body["ping_id"], "matched")
    assert (flow.lead_id, flow.offers_count) == (lead_of(posted).id, 2)
    assert len(flow.submission_ids) == 2
    [entry] = entries_of(customer(1).id)
    assert entry.signed_cents == -dollars(70)


def test_a_post_gets_the_bid_that_its_source_chose() -> None:
    bidding()
    pinged = ping()
    chosen = pinged.body["bids"][1]["id"]
    posted = post(pinged.body["ping_id"], bid_id=chosen)
    assert posted.body["price"] == 10.0
    assignment = lead_of(posted).assignment
    assert assignment
    assert assignment.customer_id == customer(2).id


def test_an_equal_ping_gets_the_same_answer() -> None:
    bidding()
    first, again, other = ping(), ping(email="ADA@example.com "), ping(zip="78702")
    assert first.body == again.body
    assert other.body["ping_id"] != first.body["ping_id"]


def test_equal_pings_at_once_get_the_same_answer() -> None:
    bidding()
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: ping(), range(6)))
    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.text for answer in answers}) == 1
    assert len(list(PingItem.scan(PingItem.sk == "PING"))) == 1
    assert {str(one.ping_id) for one in submissions()} == {answers[0].body["ping_id"]}


def test_of_posts_at_once_one_uses_the_ping() -> None:
    bidding()
    ping_id = ping().body["ping_id"]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: post(ping_id), range(6)))
    assert Counter(answer.status for answer in answers) == {201: 1, 422: 5}
    assert {answer.code for answer in answers if answer.status == 422} == {"ping_not_found"}
    assert len(entries_of(customer(1).id)) == 1


def test_a_ping_with_an_idempotency_key_is_answered_once() -> None:
    bidding()
    key = {"Idempotency-Key": "ping-42"}
    first, again = ping(key), ping(key)
    assert first.body == again.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(submissions()) == 1
    reused = ping(key, zip="78702")
    assert (reused.status, reused.code) == (422, "idempotency_key_reused")


def test_a_refused_ping_leaves_a_rejected_submission_and_nothing_else() -> None:
    bidding()
    answer = ping(zip="00000", is_test=True)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.body["message"] == "The given data was invalid."
    assert set(answer.body["errors"]) == {"zip", "is_test"}
    [kept] = submissions()
    assert (kept.status, kept.http_status) == (SubmissionStatus.REJECTED, 422)
    assert not list(PingItem.scan(PingItem.sk == "PING"))
    assert not list(FlowItem.scan())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"ping_id": "none"}, "Ping could not be found with the provided ping ID"),
        ({"zip": "78702"}, "Lead data does not match ping data"),
    ],
)
def test_a_wrong_reference_is_told_word_for_word(changes: dict[str, str], error: str) -> None:
    bidding()
    reference = {"ping_id": ping().body["ping_id"]}
    refused = post(**(reference | changes))
    assert refused.status == 422
    assert (refused.body["error"], refused.body["message"]) == (error, error)


def test_a_lead_like_an_earlier_one_is_a_duplicate_where_the_check_applies_to_pings() -> None:
    bidding(configuration(checks=(duplicate_check(apply_to_pings=True),)))
    assert ping().body["message"] == "Match found"
    post()
    assert ping(first_name="Ada").body["message"] == "Duplicate"


def test_a_partner_is_asked_once_and_gets_the_post(stub: StubPartner) -> None:
    rules = ping_exchange().response
    taker = partner(
        1,
        ping=ping_exchange(url=stub.script("/ping", Behaviour(price=90)), response=rules),
        post=post_exchange(url=stub.script("/post", Behaviour())),
    )
    bidding(configuration(by_plan=plan(asking(), stage(1)), partners=(taker,)))
    pinged = ping()
    told = [(one["price"], one["customer_id"]) for one in pinged.body["bids"]]
    assert told == [(100.0, 1), (90.0, None), (10.0, 2)]
    chosen = pinged.body["bids"][1]["id"]
    posted = post(pinged.body["ping_id"], bid_id=chosen)
    assert (posted.body["status"], posted.body["price"]) == ("posted", 90.0)
    assert [call.path for call in stub.calls] == ["/ping", "/post"]
    flow = flow_of(posted)
    assert (flow.honored, flow.channel) == (True, Channel.PING_POST)
    record = DynamoFlows().steps(TENANT_ID, flow.id)
    won = [one for step in record for one in step.decisions if one.verdict is Verdict.WON]
    assert [(one.phase, one.candidate.id) for one in won] == [
        ("ping", bid(owner=1).id),
        ("post", taker.id),
    ]
