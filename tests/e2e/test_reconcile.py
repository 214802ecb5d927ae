"""What crashes left is finished and told of, and money that nobody booked is found."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from leadflow.adapters.dynamodb.flows import flow_item
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import Flow
from leadflow.domain.identifiers import FlowId, LeadId, PartnerId, StageId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import PartnerOffer, Reservation
from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.operations import invoke, items, put_items
from tests.e2e.shop import Json, Shop, expect, lead
from tools.local_stack import StackInfo, create_tenant

FIXED = [{"scope": "county", "enabled": True, "fixed_price_cents": 1000}]
RECONCILE, VERIFY = "ReconcileFunctionName", "VerifyLedgerFunctionName"
EARLIER = {"idle_seconds": 30}
OWN = "0recked000000000"
LEADS, FLOWS, WALLETS = "LeadsTableName", "FlowsTableName", "WalletsTableName"


@dataclass(frozen=True)
class Left:
    """A tenant of its own with a buyer, and a sold lead of which what a crash leaves is made."""

    stack: StackInfo
    tenant_id: TenantId
    shop: Shop
    buyer: str
    sold: Lead
    flow: Flow

    def stray(self, number: int, minutes: int, **changes: object) -> str:
        """Leave another lead that has been processing for so long, past the product."""
        began = datetime.now(UTC) - timedelta(minutes=minutes)
        flow = self.flow.model_copy(
            update={
                "id": FlowId(_numbered("flow", number)),
                "lead_id": LeadId(_numbered("lead", number)),
                "started_at": began,
            }
        )
        made = self.sold.model_copy(
            update={
                "id": flow.lead_id,
                "status": LeadStatus.PROCESSING,
                "assignment": None,
                "is_counted": False,
                "payout_cents": 0,
                "received_at": began,
                "flow_ids": (flow.id,),
                "version": 1,
                **changes,
            }
        )
        if "flow_ids" not in changes:
            put_items(self.stack, FLOWS, [flow_item(self.tenant_id, flow).serialize()])
        self.store(made)
        return made.id

    def store(self, made: Lead) -> None:
        """Put a lead as it is."""
        put_items(self.stack, LEADS, [lead_item(self.tenant_id, made).serialize()])

    def lead(self, lead_id: str) -> Lead:
        """A lead as the table has it."""
        return Lead.model_validate_json(_document(self.stack, LEADS, lead_id, "LEAD"))


@pytest.fixture(scope="module")
def left(stack: StackInfo) -> Iterator[Left]:
    tenant = create_tenant(DIRECTORY, "Left behind")
    with client_of(stack, tenant.admin_token) as client:
        shop = Shop(client, stack.api_url).open(scopes=FIXED)
        buyer = shop.customer(funds_cents=100_000)
        shop.bid(buyer, 1000)
        posted = expect(shop.source().post(lead()), 201)
        assert posted["status"] == "assigned"
        sold = Lead.model_validate_json(_document(stack, LEADS, posted["lead_public_id"], "LEAD"))
        head = Flow.model_validate_json(_document(stack, FLOWS, sold.flow_ids[0], "FLOW"))
        yield Left(stack, TenantId(tenant.tenant_id), shop, buyer, sold, head)


def _numbered(prefix: str, number: int) -> str:
    """An id that no other tenant of the stack has."""
    return f"{prefix}_{OWN}{number:010d}"


def _document(stack: StackInfo, table: str, identifier: str, kind: str) -> str:
    [found] = [
        item["document"]["S"]
        for item in items(stack, table)
        if item["pk"]["S"].endswith(identifier) and item["sk"]["S"] == kind
    ]
    return str(found)


def _unknown(left: Left) -> Reservation:
    """A post to a partner of which nobody has heard."""
    closed = datetime.now(UTC) - timedelta(minutes=1)
    offer = PartnerOffer(
        partner_id=PartnerId(f"partner_{1:026d}"),
        amount_cents=700,
        penalty_percentage=0,
        offered_at=closed,
    )
    return Reservation(
        stage_id=StageId(left.shop.read("/distribution-plan")["stages"][0]["id"]),
        step=1,
        via=AssignedVia.PARTNER,
        offer=offer,
        open_until=closed,
        treat_unknown_as=TreatUnknownAs.NOT_SOLD,
    )


def test_what_crashes_left_is_finished_and_told_and_twice_changes_nothing(left: Left) -> None:
    # The schedule runs beside this test, and does not look at one that is so young.
    resumed = left.stray(1, minutes=1)
    given_up = left.stray(2, minutes=11)
    unknown = left.stray(3, minutes=11, reservation=_unknown(left))
    poisoned = left.stray(4, minutes=7, flow_ids=(FlowId(_numbered("flow", 9)),))
    try:
        done = invoke(left.stack, RECONCILE, EARLIER)
        assert done["resumed"] >= 1
        assert done["left"] >= 1
        assert left.shop.until_settled(resumed)["status"] == "assigned"
        for one in (given_up, unknown):
            assert left.shop.read(f"/leads/{one}")["status"] == "distribution_error"
        assert left.lead(unknown).reservation is None

        before = [left.lead(one) for one in (resumed, given_up, unknown, poisoned)]
        again = invoke(left.stack, RECONCILE, EARLIER)
        assert again["left"] >= 1
        assert "given_up" not in again
        assert [left.lead(one.id) for one in before] == before
        left.shop.check_ledger(left.buyer)
    finally:
        # Nobody can finish it, and the tier ends with the judgement that nothing is lost.
        broken = left.lead(poisoned)
        left.store(broken.model_copy(update={"status": LeadStatus.DISTRIBUTION_ERROR}))


def test_money_that_nobody_booked_is_found_and_all_else_is_in_order(left: Left) -> None:
    def judged() -> Json:
        return invoke(left.stack, VERIFY, {"tenant_id": left.tenant_id})

    clean = judged()
    assert (clean["wallets"], clean["mismatches"], clean["is_ended"]) == (1, 0, True)
    assert clean["rows"] >= 2
    [wallet] = [
        item
        for item in items(left.stack, WALLETS)
        if item["pk"]["S"].endswith(left.buyer) and item["sk"]["S"] == "CUSTOMER"
    ]
    document = json.loads(wallet["document"]["S"])
    document["balance_cents"] = document.get("balance_cents", 0) + 1
    try:
        put_items(left.stack, WALLETS, [wallet | {"document": {"S": json.dumps(document)}}])
        assert judged()["mismatches"] == 2
    finally:
        put_items(left.stack, WALLETS, [wallet])
    assert judged()["mismatches"] == 0

    whole = invoke(left.stack, VERIFY, {"anew": True})
    assert (whole["mismatches"], whole["is_ended"]) == (0, True)
    assert whole["wallets"] > 0
