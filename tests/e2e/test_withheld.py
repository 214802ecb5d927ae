"""Leads that wait behind a threshold come out in order, once, and cost little while they wait."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.operations import Listener, invoke, listening, log_lines, until
from tests.e2e.shop import Json, Shop, Source, expect, lead
from tools.local_stack import StackInfo, create_tenant
from tools.local_stack.layout import WITHHELD_RETRY_SECONDS

RETRY_SECONDS = int(WITHHELD_RETRY_SECONDS)
FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": 1000}]
PRICE_CENTS = 1000
PLACES, WAITING, AT_ONCE = 5, 32, 8
WATCH = "WatchSubscriptionsFunctionName"
RELEASES = "ReleaseWithheldLeadsLogGroupName"


@dataclass(frozen=True)
class Limited:
    """A tenant of its own with one buyer, an own source, and a limit on leads."""

    tenant_id: str
    shop: Shop
    source: Source

    def limit(self, leads: int) -> Json:
        """Let in so many leads a month."""
        return expect(self.shop.client.put("/subscription", json={"lead_limit": leads}), 200)

    def posted(self, number: int) -> list[str]:
        """Post so many leads, one after the other; their ids."""
        answers = [expect(self.source.post(lead()), 201) for _ in range(number)]
        return [answer["lead_public_id"] for answer in answers]

    def leads(self, lead_ids: Sequence[str]) -> list[Json]:
        """What they are now, in their order."""
        return [self.shop.read(f"/leads/{one}") for one in lead_ids]

    def usage(self) -> tuple[int, int, int]:
        """Leads that count, cents of sales, and leads that wait."""
        usage = self.shop.read("/usage")
        return usage["leads"]["used"], usage["sales_cents"]["used"], usage["withheld"]

    def until_waiting(self, number: int) -> None:
        """Wait until so many leads wait, and no other one is in work."""
        until(
            lambda: len(self._with("withheld")) == number and not self._with("processing"),
            f"{number} leads wait",
        )

    def _with(self, status: str) -> list[Json]:
        return self.shop.everything("/leads", status=status)


@pytest.fixture
def limited(stack: StackInfo) -> Iterator[Limited]:
    """A tenant that may take one lead, and has taken it."""
    tenant = create_tenant(DIRECTORY, "Limited")
    with client_of(stack, tenant.admin_token) as client:
        shop = Shop(client, stack.api_url).open(scopes=FIXED)
        shop.bid(shop.customer(funds_cents=100_000), PRICE_CENTS)
        made = Limited(tenant.tenant_id, shop, shop.source())
        made.limit(1)
        assert made.leads(made.posted(1))[0]["status"] == "assigned"
        yield made


@pytest.fixture
def listener(stack: StackInfo) -> Iterator[Listener]:
    with listening(stack, "BusName") as made:
        yield made


def blocked(stack: StackInfo, tenant_id: str) -> int:
    """How many invocations have found no room for a tenant: each tells it once."""
    lines = (json.loads(line) for line in log_lines(stack, RELEASES) if tenant_id in line)
    return sum(line.get("redemption") == "blocked" for line in lines)


def assigned_at(leads: Sequence[Json]) -> list[datetime]:
    """When leads were sold."""
    return [datetime.fromisoformat(one["assignment"]["assigned_at"]) for one in leads]


def test_who_waits_is_released_in_the_order_received_as_it_is_by_then(
    stack: StackInfo, limited: Limited
) -> None:
    first, deleted, edited, last = limited.posted(4)
    assert limited.usage() == (1, PRICE_CENTS, 4)
    shop = limited.shop
    expect(shop.client.delete(f"/leads/{deleted}"), 204)
    changed = {"contact": {"first_name": "Grace"}}
    assert expect(shop.client.patch(f"/leads/{edited}", json=changed), 200)
    until(lambda: blocked(stack, limited.tenant_id) > 0, "there is no room")

    limited.limit(10)
    limited.until_waiting(0)

    released = limited.leads([first, edited, last])
    assert [one["status"] for one in released] == ["assigned"] * 3
    assert assigned_at(released) == sorted(assigned_at(released))
    assert released[1]["contact"]["first_name"] == "Grace"
    assert all(len(one["flow_ids"]) == 2 for one in released)
    assert shop.read(f"/flows/{released[0]['flow_ids'][1]}")["kind"] == "release"
    expect(shop.client.get(f"/leads/{deleted}"), 404)
    assert limited.usage() == (4, 4 * PRICE_CENTS, 0)
    shop.check_ledger(shop.customers[0])


def test_as_many_are_released_as_there_are_places_and_the_rest_waits_cheaply(
    stack: StackInfo, limited: Limited, listener: Listener
) -> None:
    for _ in range(WAITING // AT_ONCE):
        answers = limited.source.post_at_once([lead() for _ in range(AT_ONCE)])
        assert {expect(one, 201)["status"] for one in answers} == {"withheld"}
    waiting = limited.shop.everything("/leads", status="withheld")
    in_order = sorted(
        waiting, key=lambda one: (datetime.fromisoformat(one["received_at"]), one["id"])
    )

    limited.limit(1 + PLACES)
    limited.until_waiting(WAITING - PLACES)

    found = limited.leads([one["id"] for one in in_order])
    assert [one["status"] for one in found[:PLACES]] == ["assigned"] * PLACES
    assert assigned_at(found[:PLACES]) == sorted(assigned_at(found[:PLACES]))
    assert {one["status"] for one in found[PLACES:]} == {"withheld"}
    assert limited.usage() == (1 + PLACES, (1 + PLACES) * PRICE_CENTS, WAITING - PLACES)
    limited.shop.check_ledger(limited.shop.customers[0])

    before, periods = blocked(stack, limited.tenant_id), 2
    time.sleep(periods * RETRY_SECONDS)
    assert 1 <= blocked(stack, limited.tenant_id) - before <= periods + 1
    _announced(stack, limited, listener)


def _announced(stack: StackInfo, limited: Limited, listener: Listener) -> None:
    """Each level of the limit is told under one id, whoever watches however often."""
    for _ in range(2):
        invoke(stack, WATCH, {})
    told = [
        event["detail"]
        for event in listener.heard()
        if event["detail-type"] == "subscription.usage_level_reached"
        and event["detail"]["tenant_id"] == limited.tenant_id
    ]
    by_id = {one["id"]: (one["measure"], one["level_percentage"]) for one in told}
    assert sorted(by_id.values()) == [("leads", 75), ("leads", 90), ("leads", 100)]
