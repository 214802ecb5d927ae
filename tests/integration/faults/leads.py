"""Paths of a lead that is there already."""

from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import AuditCondition
from leadflow.domain.subscriptions import Limits
from leadflow.runtime import container
from tests.builders import CATEGORY_ID, TENANT_ID, VALUES, configuration, numbered
from tests.integration.faults.campaign import Path
from tests.integration.faults.money import sold
from tests.integration.faults.selling import arrange_bids
from tests.integration.faults.tenant import (
    ADMIN,
    FUNDS,
    PRICE,
    charges,
    found,
    only_lead,
    post,
    two_bids,
    wallet,
)
from tests.integration.faults.world import World
from tests.unit.domain.bidding_examples import NOW

PROMISES = ("C1", "C2", "C4", "C5", "C6")
EVERY_LEAD = AuditCondition(
    id=numbered("audit", 1),
    name="Every lead",
    lead_category_id=CATEGORY_ID,
    conditions=((Row(property="zip", operator=Operator.EQUALS, value=VALUES["zip"]),),),
    created_at=NOW,
    updated_at=NOW,
)


def _posted_as(world: World, status: str) -> None:
    answer = post(world).body
    assert answer["status"] == status, answer
    world.note["lead"] = answer["lead_public_id"]


def _in_audit(world: World) -> None:
    found(world, configuration(audits=(EVERY_LEAD,)))
    two_bids()
    _posted_as(world, "audit")


def _unsold(world: World) -> None:
    found(world)
    _posted_as(world, "unassigned")
    two_bids()


def _released(world: World) -> None:
    route = f"POST /leads/{world.note['lead']}/release"
    answer = world.request("release_audited_lead", ADMIN, route, key="release-1")
    assert answer.status == 202, answer.text
    world.drain()


def _reprocessed(world: World) -> None:
    route = f"POST /leads/{world.note['lead']}/reprocess"
    answer = world.request("reprocess_lead", ADMIN, route, {}, key="reprocess-1")
    assert answer.status == 202, answer.text
    world.drain()


def sold_once(world: World) -> None:
    """The lead is with the first buyer, or was given up and cost nobody anything."""
    seen = world.seen()
    lead, paid = only_lead(seen), [one.amount_cents for one in charges(seen)]
    assert (lead.status, paid) in [("assigned", [PRICE]), ("distribution_error", [])]
    assert wallet(seen).balance_cents == FUNDS - sum(paid)


def _deleted(world: World) -> None:
    route = f"DELETE /leads/{world.note['lead']}"
    answer = world.request("delete_lead", ADMIN, route, key="delete-1")
    assert answer.status == 204, answer.text


def _gone(world: World) -> None:
    seen = world.seen()
    assert not seen.leads
    assert seen.deleted == {world.note["lead"]}
    assert wallet(seen).balance_cents == FUNDS - PRICE


def _no_room(world: World) -> None:
    arrange_bids(world)
    container.plan_usage().change_limits(TENANT_ID, Limits(leads=0))


def _withheld_and_released(world: World) -> None:
    _posted_as(world, "withheld")
    body = {"lead_limit": 5}
    answer = world.request("manage_subscription", ADMIN, "PUT /subscription", body, key="limit-1")
    assert answer.status == 200, answer.text
    world.drain()


PATHS = (
    Path("a release from audit", PROMISES, arrange=_in_audit, act=_released, goal=sold_once),
    Path("a reprocess", PROMISES, arrange=_unsold, act=_reprocessed, goal=sold_once),
    Path("a deletion", ("C5", "C6"), arrange=sold, act=_deleted, goal=_gone),
    Path(
        "a lead that is withheld and released",
        (*PROMISES, "C10"),
        arrange=_no_room,
        act=_withheld_and_released,
        goal=sold_once,
        schedules=("watch_subscriptions", "reconcile"),
    ),
)
