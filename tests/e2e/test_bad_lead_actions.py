"""What a lead's status, a wrong id or a wrong start forbids is refused and changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import Json, Shop, expect, lead
from tests.e2e.trade import HANGS, Trade, highest_price, stage
from tools.local_stack import StackInfo, create_tenant

SOLD, PLAIN = "30303", "30309"
TAKEN, WAITING = "30305", "30308"
"""Postal codes: those that a partner takes, and those that a partner never answers about."""

WAITING_SECONDS = 8
PATIENCE_MS = 100
LEAD_IDS_MAX = 10_000
NOBODYS = "lead_" + "0" * 26
LISTING = {
    "enabled": True,
    "first_price_cents": 2500,
    "last_price_cents": 500,
    "increment_cents": 250,
    "interval_minutes": 15,
}

EDITS = frozenset({"edit", "reclassify", "enrich"})
REFUSED: Mapping[str, frozenset[str]] = {
    "assigned": EDITS | {"reprocess", "release"},
    "posted": EDITS | {"reprocess", "release", "return"},
    "duplicate": EDITS | {"reprocess", "release", "return"},
    "returned": EDITS | {"reprocess", "release", "return"},
    "marketplace": EDITS | {"reprocess", "release", "return"},
    "processing": EDITS | {"reprocess", "release", "return", "delete"},
    "audit": frozenset({"reprocess", "return"}),
    "unassigned": frozenset({"release", "return"}),
}
"""The actions that each status forbids; Withheld has tests of its own."""

CALLS: Mapping[str, tuple[str, str, Json | None]] = {
    "reprocess": ("POST", "/reprocess", {}),
    "edit": ("PATCH", "", {"contact": {"first_name": "Grace"}}),
    "reclassify": ("POST", "/reclassify", None),
    "enrich": ("POST", "/enrich", {"endpoints": ["avm"]}),
    "release": ("POST", "/release", None),
    "return": ("POST", "/return", None),
    "delete": ("DELETE", "", None),
}


@dataclass(frozen=True)
class Market:
    """A tenant in which a lead can be brought to every status."""

    trade: Trade
    older_stage_id: str

    @property
    def shop(self) -> Shop:
        return self.trade.shop

    def lead(self, status: str) -> str:
        """The id of a new lead in this status."""
        answer = _MAKERS.get(status, _plain)(self)
        assert answer["status"] == status
        return str(answer["lead_public_id"])


def _plain(market: Market) -> Json:
    return expect(market.shop.source().post(lead(zip=PLAIN)), 201)


def _assigned(market: Market) -> Json:
    return expect(market.shop.source().post(lead(zip=SOLD)), 201)


def _posted(market: Market) -> Json:
    return expect(market.shop.source().post(lead(zip=TAKEN)), 201)


def _processing(market: Market) -> Json:
    body = lead(zip=WAITING, timeout_ms=PATIENCE_MS)
    return expect(market.shop.source().post(body), 201)


def _duplicate(market: Market) -> Json:
    source, body = market.shop.source(), lead(zip=PLAIN)
    expect(source.post(body), 201)
    return expect(source.post(body), 201)


def _audit(market: Market) -> Json:
    return expect(market.shop.source().post(lead(zip=PLAIN, city="Gotham")), 201)


def _returned(market: Market) -> Json:
    answer = _assigned(market)
    done = market.shop.client.post(f"/leads/{answer['lead_public_id']}/return")
    return answer | {"status": expect(done, 200)["status"]}


def _marketplace(market: Market) -> Json:
    price = {"lead_type_id": market.shop.lead_type_id, "pricing_type": "fallback"}
    source = market.shop.source(pricing=[price | {"price_cents": 800}])
    return expect(source.post(lead(zip=PLAIN)), 201)


_MAKERS: Mapping[str, Callable[[Market], Json]] = {
    "assigned": _assigned,
    "posted": _posted,
    "processing": _processing,
    "duplicate": _duplicate,
    "audit": _audit,
    "returned": _returned,
    "marketplace": _marketplace,
}


@pytest.fixture(scope="module")
def market(tenant: Trade) -> Market:
    """Bids in one postal code, partners in two, auctions for sources with a price for them."""
    older = tenant.plan(highest_price())["stages"][0]["id"]
    trade = tenant.anew()
    shop = trade.shop
    taker = trade.partner("20.00", eligibility=_only(TAKEN))
    hanging = trade.partner("20.00", eligibility=_only(WAITING), timeout_seconds=WAITING_SECONDS)
    hanging.behave("ping", HANGS)
    with_bids = [[{"property": "zip", "operator": "equals", "value": SOLD}]]
    partners = highest_price([taker, hanging], bids=False)
    trade.plan(highest_price() | {"conditions": with_bids}, partners, stage("marketplace", {}))
    path = f"/lead-types/{shop.lead_type_id}"
    expect(shop.client.patch(path, json={"marketplace": LISTING}), 200)
    shop.bid(shop.customer(funds_cents=100_000), 5000)
    shop.made("/duplicate-checks", {"fields": ["email"], "days": 30})
    gotham = [[{"property": "city", "operator": "equals", "value": "Gotham"}]]
    audited = {"lead_category_id": shop.category_id, "conditions": gotham}
    shop.made("/audit-conditions", {"name": "Gotham", **audited})
    return Market(trade, older)


def _only(code: str) -> list[list[Json]]:
    return [[{"property": "zip", "operator": "equals", "value": code}]]


@pytest.fixture(scope="module")
def stranger(stack: StackInfo) -> Iterator[httpx.Client]:
    """An admin of another tenant."""
    with client_of(stack, create_tenant(DIRECTORY, "Stranger").admin_token) as client:
        yield client


@pytest.mark.parametrize("status", REFUSED)
def test_what_a_status_forbids_is_refused_by_its_name(market: Market, status: str) -> None:
    path = f"/leads/{market.lead(status)}"
    before = market.shop.read(path)

    for action in sorted(REFUSED[status]):
        method, suffix, body = CALLS[action]
        refused = market.shop.client.request(method, path + suffix, json=body)
        problem = expect(refused, 409)
        assert problem["code"] == "invalid_status", action
        assert f"is {status}" in problem["detail"], action
        assert "which allows" in problem["detail"], action

    assert market.shop.read(path) == before


def test_more_ids_than_allowed_are_refused_together(market: Market) -> None:
    ids = [f"lead_{number:026d}" for number in range(LEAD_IDS_MAX + 1)]

    refused = market.shop.client.post("/leads/reprocess", json={"lead_ids": ids})

    assert list(expect(refused, 422)["errors"]) == ["lead_ids"]


def test_foreign_and_garbage_ids_are_told_one_by_one_and_the_rest_go_on(
    market: Market, stranger: httpx.Client
) -> None:
    unsold = market.lead("unassigned")
    sold = market.lead("assigned")
    others = [NOBODYS, "lead_?", "", "🙂", unsold.upper()]

    ours = _preview(market.shop.client, [unsold, sold, unsold, *others])
    theirs = _preview(stranger, [unsold, sold])

    assert (ours["eligible"], ours["by_status"]) == (1, {"unassigned": 1, "assigned": 1})
    told = {one["id"]: (one["status"], one["reason"]) for one in ours["ineligible_leads"]}
    unknown = (None, "not_found")
    assert told == {
        sold: ("assigned", "status_not_reprocessable"),
        **dict.fromkeys(others, unknown),
    }
    assert (theirs["eligible"], theirs["ineligible"], theirs["by_status"]) == (0, 2, {})
    assert market.shop.read(f"/leads/{unsold}")["status"] == "unassigned"


def _preview(client: httpx.Client, lead_ids: list[str]) -> Json:
    return expect(client.post("/leads/reprocess", json={"lead_ids": lead_ids}), 200)


def test_a_stage_that_the_plan_does_not_have_is_no_start(market: Market) -> None:
    lead_id = market.lead("unassigned")
    before = market.shop.read(f"/leads/{lead_id}")
    starts = {
        "stage_" + "0" * 26: "stage_not_available",
        market.older_stage_id: "stage_not_available",
        "post_marketplace_direct_post": "direct_post_not_configured",
        "somewhere": "validation_failed",
    }

    for start, code in starts.items():
        bodies = {
            f"/leads/{lead_id}/reprocess": {"start": start},
            "/leads/reprocess": {"lead_ids": [lead_id], "start": start},
        }
        for path, body in bodies.items():
            assert expect(market.shop.client.post(path, json=body), 422)["code"] == code, body
        edit = {"contact": {"first_name": "Grace"}, "reprocess": {"start": start}}
        refused = market.shop.client.patch(f"/leads/{lead_id}", json=edit)
        assert expect(refused, 422)["code"] == code, start

    assert market.shop.read(f"/leads/{lead_id}") == before


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"source_id": "source_" + "0" * 26}, "source_id"),
        ({"received_at": "2026-01-01T00:00:00Z"}, "received_at"),
        ({"status": "assigned"}, "status"),
        ({"payout_cents": 1}, "payout_cents"),
        ({"is_test": True}, "is_test"),
        ({"contact": {"state": "ZZ"}}, "contact.state"),
        ({"contact": {"zip": ""}}, "contact.zip"),
        ({"contact": {"email": "nobody"}}, "contact.email"),
        ({"details": {"unheard_of": 1}}, "details.unheard_of"),
        ({"contact": []}, "contact"),
    ],
    ids=str,
)
def test_an_edit_of_what_is_not_the_leads_own_is_refused_as_a_whole(
    market: Market, change: dict[str, Any], member: str
) -> None:
    path = f"/leads/{market.lead('unassigned')}"
    before = market.shop.read(path)
    good = {"first_name": "Grace"}
    contact = change.get("contact", {})
    whole = change | ({"contact": good | contact} if isinstance(contact, dict) else {})

    problem = expect(market.shop.client.patch(path, json=whole), 422)

    assert list(problem["errors"]) == [member]
    assert market.shop.read(path) == before


def test_another_version_than_the_stored_one_is_left_alone(market: Market) -> None:
    path = f"/leads/{market.lead('unassigned')}"
    before = market.shop.read(path)
    stale = {"If-Match": f'"{before["version"] + 1}"'}

    for action in ("edit", "reclassify", "delete"):
        method, suffix, body = CALLS[action]
        refused = market.shop.client.request(method, path + suffix, json=body, headers=stale)
        assert expect(refused, 412)["code"] == "precondition_failed", action

    assert market.shop.read(path) == before


def test_a_lead_that_is_not_there_is_not_found(market: Market, stranger: httpx.Client) -> None:
    kept, deleted = market.lead("unassigned"), market.lead("unassigned")
    expect(market.shop.client.delete(f"/leads/{deleted}"), 204)

    for client, unknown in ((market.shop.client, deleted), (stranger, kept)):
        for method, suffix, body in CALLS.values():
            answer = client.request(method, f"/leads/{unknown}{suffix}", json=body)
            assert expect(answer, 404)["code"] == "not_found", suffix
