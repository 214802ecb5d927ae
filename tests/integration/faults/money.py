"""Paths on which money goes in and comes back."""

from leadflow.domain.principals import Role
from tests.integration.faults.campaign import Path
from tests.integration.faults.selling import arrange_bids
from tests.integration.faults.tenant import ADMIN, FUNDS, PRICE, charges, only_lead, post, wallet
from tests.integration.faults.world import World
from tests.trade import principal
from tests.unit.domain.bidding_examples import customer

BUYER = principal(Role.CUSTOMER_USER, customer(1).id)
DEPOSIT = 12_345
PROMISES = ("C1", "C2", "C4", "C6")


def sold(world: World) -> None:
    """The first buyer has a lead."""
    arrange_bids(world)
    world.note["lead"] = post(world).body["lead_public_id"]
    assert only_lead(world.judge()).status == "assigned"


def _returned(world: World) -> None:
    lead = world.note["lead"]
    answer = world.request("return_lead", ADMIN, f"POST /leads/{lead}/return", key="return-1")
    assert answer.status == 200, answer.text


def _approved(world: World) -> None:
    route = f"POST /leads/{world.note['lead']}/return-requests"
    asked = world.request("return_lead", BUYER, route, {"reason": "wrong_number"}, key="ask-1")
    assert asked.status == 201, asked.text
    route = f"POST /return-requests/{asked.body['id']}/approve"
    decided = world.request("return_lead", ADMIN, route, key="approve-1")
    assert (decided.status, decided.body["status"]) == (200, "approved"), decided.text


def _refunded(world: World) -> None:
    seen = world.seen()
    assert only_lead(seen).status == "returned"
    assert [one.amount_cents for one in charges(seen)] == [PRICE]
    assert [one.amount_cents for one in charges(seen, "LEAD_RETURNED")] == [PRICE]
    assert wallet(seen).balance_cents == FUNDS


def _deposited(world: World) -> None:
    route = f"POST /customers/{customer(1).id}/deposits"
    body = {"amount_cents": DEPOSIT, "description": "More"}
    answer = world.request("manage_wallets", ADMIN, route, body, key="deposit-1")
    assert answer.status == 201, answer.text
    route = f"POST /customers/{customer(1).id}/withdrawals"
    answer = world.request("manage_wallets", ADMIN, route, {**body, "amount_cents": 45}, key="w-1")
    assert answer.status == 201, answer.text


def _there_once(world: World) -> None:
    assert wallet(world.seen()).balance_cents == FUNDS + DEPOSIT - 45


PATHS = (
    Path("a return", PROMISES, arrange=sold, act=_returned, goal=_refunded),
    Path("a return request and its approval", PROMISES, sold, act=_approved, goal=_refunded),
    Path(
        "a deposit and a withdrawal", ("C2", "C6"), arrange_bids, act=_deposited, goal=_there_once
    ),
)
