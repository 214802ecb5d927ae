"""Every filter of a reprocess of many leads finds the same leads in its preview and in its job."""

from datetime import timedelta
from typing import Any

import pytest

from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.identifiers import LeadTypeId, SourceId, UserId
from leadflow.domain.leads import LeadStatus, SearchKeys
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.domain.scopes import Scope
from leadflow.runtime import container
from tests.builders import SOURCE_ID, TENANT_ID, TYPE_ID, lead, numbered
from tests.integration.bulk_machine import work_off_at_once
from tests.integration.http import Client
from tests.integration.seeds import store_lead
from tests.unit.domain.bidding_examples import NOW, customer

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)
EARLIER = NOW - timedelta(days=1)
MEANT = {
    "search": SearchKeys(email="ada@example.com", phone="+15125550100", name="ada byron"),
    "status": LeadStatus.ASSIGNED,
    "assignment": Assignment(
        customer_id=customer(1).id,
        assigned_via=AssignedVia.BIDDING,
        scope=Scope.COUNTY,
        charged_cents=4500,
        assigned_at=NOW,
    ),
}
OTHER = {
    "search": SearchKeys(email="grace@example.com", phone="+15125550199", name="grace hopper"),
    "status": LeadStatus.UNASSIGNED,
    "source_id": SourceId(numbered("source", 9)),
    "lead_type_id": LeadTypeId(numbered("type", 9)),
    "received_at": EARLIER,
}


@pytest.fixture(autouse=True)
def _two_leads(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One lead that each filter means, and one that none does."""
    work_off_at_once(monkeypatch)
    store_lead(lead(1, **MEANT), 1)
    store_lead(lead(2, **OTHER), 2)


def asked(method: str, function: str, path: str, body: object = None) -> dict[str, Any]:
    return Client(function, ADMIN).call(method, path, body).body


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "assigned"},
        {"source_id": SOURCE_ID},
        {"customer_id": customer(1).id},
        {"lead_type_id": TYPE_ID},
        {"received_from": NOW.isoformat()},
        {"q": "ada@example.com"},
        {"q": "(512) 555-0100"},
        {"q": "Ada B"},
    ],
    ids=["status", "source", "customer", "type", "time", "email", "phone", "name"],
)
def test_a_filter_finds_the_same_leads_in_the_preview_and_in_the_job(
    filters: dict[str, str],
) -> None:
    preview = asked("POST", "reprocess_leads", "/leads/reprocess", {"filter": filters})
    assert [one["id"] for one in preview["ineligible_leads"]] == [lead(1).id]
    confirmed = {"filter": filters, "confirm": True}
    ordered = asked("POST", "reprocess_leads", "/leads/reprocess", confirmed)
    job = asked("GET", "track_jobs", f"/jobs/{ordered['id']}")
    assert job["progress"] == {"total": 1, "done": 1, "failed": 0}
    report = container.files().read(f"{TENANT_ID}/jobs/{job['id']}/report.csv").decode()
    assert [line.partition(",")[0] for line in report.splitlines()[1:]] == [lead(1).id]
