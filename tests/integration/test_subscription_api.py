"""`/usage` and `/subscription`, and what the source API answers at the threshold."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from leadflow.adapters.dynamodb import usage_draws
from leadflow.domain.principals import Role, SourcePrincipal
from leadflow.domain.sources import SourceType
from leadflow.runtime import container
from tests.builders import SOURCE_ID, TENANT_ID, VALUES, configuration, source
from tests.infrastructure.template import ROOT
from tests.integration.http import Answer, Client, answered
from tests.integration.in_process import InProcess
from tests.integration.seeds import store_bid, store_configuration, store_customer
from tests.trade import principal
from tests.unit.domain.bidding_examples import bid, customer

CALLER = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
ADMIN = Client("manage_subscription", principal(Role.ADMIN))
EVENTS = sorted((ROOT / "events/manage_subscription").glob("*.json"))


@pytest.fixture(autouse=True)
def _stand_in(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "distribution", InProcess)


@pytest.fixture
def shop() -> None:
    """One bid of $50, which pays $10 for a lead."""
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(50))


def put(body: object, client: Client = ADMIN) -> Answer:
    return client.call("PUT", "/subscription", body)


def usage(path: str = "/usage") -> Mapping[str, object]:
    answer = ADMIN.call("GET", path)
    assert answer.status == 200
    return answer.body


def post(**changes: object) -> Answer:
    return Client("submit_lead", CALLER).call("POST", "/leads", VALUES | changes)


@pytest.mark.usefixtures("shop")
def test_usage_is_shown_without_limits_and_after_a_sale() -> None:
    post()
    shown = dict(usage())
    cycle = shown.pop("cycle")
    assert isinstance(cycle, dict)
    assert cycle.keys() == {"start", "end"}
    assert cycle["start"].endswith("-01T00:00:00Z")
    assert shown == {
        "object": "subscription",
        "leads": {"used": 1, "limit": None},
        "sales_cents": {"used": 1_000, "limit": None},
        "withheld": 0,
    }


@pytest.mark.usefixtures("shop")
def test_withheld_leads_warnings_and_limits_to_come_are_shown() -> None:
    assert put({"lead_limit": 1, "sales_limit_cents": 1_200}).status == 200
    assert [post().body["status"] for _ in range(3)] == ["assigned", "withheld", "withheld"]
    answer = put({"lead_limit": 1, "sales_limit_cents": 500})
    assert answer.body["withheld"] == 2
    assert answer.body["warnings"] == {"leads": 100, "sales_cents": 75}
    assert answer.body["leads"] == {"used": 1, "limit": 1}
    assert answer.body["next_limits"] == {"lead_limit": 1, "sales_limit_cents": 500}
    assert usage() == usage("/subscription") == answer.body


@pytest.mark.usefixtures("shop")
def test_first_limits_act_at_once_on_what_was_let_in_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A share that was granted much while there was no limit gives it back.
    monkeypatch.setattr(usage_draws, "share_number", lambda _: 0)
    post()
    answer = put({"lead_limit": 2})
    assert answer.body["leads"] == {"used": 1, "limit": 2}
    assert [post().body["status"] for _ in range(2)] == ["assigned", "withheld"]


@pytest.mark.usefixtures("shop")
def test_a_raised_limit_acts_at_once() -> None:
    put({"lead_limit": 0})
    assert post().body["status"] == "withheld"
    put({"lead_limit": 1})
    assert post().body["status"] == "assigned"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lead_limit": -1}, "lead_limit"),
        ({"lead_limit": 10**9 + 1}, "lead_limit"),
        ({"lead_limit": "5"}, "lead_limit"),
        ({"sales_limit_cents": 1.5}, "sales_limit_cents"),
        ({"sales_limit_cents": True}, "sales_limit_cents"),
        ({"limit": 5}, "limit"),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_limit_that_is_none_is_refused_by_name(body: object, field: str) -> None:
    answer = put(body)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.body["errors"].keys() == {field}
    assert usage()["leads"] == {"used": 0, "limit": None}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
@pytest.mark.usefixtures("shop")
def test_only_admins_see_and_change_it(role: Role) -> None:
    client = Client("manage_subscription", principal(role))
    assert put({"lead_limit": 1}, client).status == 403
    assert client.call("GET", "/usage").status == 403
    assert client.call("GET", "/subscription").status == 403
    assert usage()["leads"] == {"used": 0, "limit": None}


def test_vendors_are_kept_out_at_the_threshold() -> None:
    store_configuration(configuration(from_source=source(type=SourceType.VENDOR)))
    put({"lead_limit": 0})
    answer = post()
    assert (answer.status, answer.code) == (422, "subscription_threshold")
    assert answer.body["error"] == answer.body["detail"]
    ping = Client("receive_ping", CALLER).call("POST", "/ping", {"zip": VALUES["zip"]})
    assert (ping.status, ping.body["message"], ping.body["price"]) == (200, "Rejected", 0)


def test_a_withheld_lead_is_answered_as_one() -> None:
    store_configuration(configuration())
    put({"lead_limit": 0})
    answer = post()
    assert (answer.status, answer.body["status"], answer.body["price"]) == (201, "withheld", 0)
    assert answer.body["result"] == "success"


@pytest.mark.parametrize("path", EVENTS, ids=[path.stem for path in EVENTS])
@pytest.mark.usefixtures("shop")
def test_the_events_are_answered(path: Path) -> None:
    answer = answered("manage_subscription", json.loads(path.read_text()))
    assert answer.status == 200
    assert answer.body["leads"]["limit"] == (5_000 if path.stem == "change_limits" else None)
