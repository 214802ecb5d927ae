"""`POST /leads/{id}/reprocess` and its bulk preview through the real handlers and tables."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.lead_ports import Deletion
from leadflow.application.reprocess_selection import LEAD_IDS_MAX
from leadflow.domain.flows import EventName
from leadflow.domain.identifiers import FlowId, LeadId, TenantId, UserId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import HighestPriceSettings, MarketplaceStage, PartnerSettings
from leadflow.domain.principals import Principal, Role, SourcePrincipal, UserPrincipal
from leadflow.runtime import container
from tests.builders import (
    SOURCE_ID,
    TENANT_ID,
    configuration,
    lead,
    numbered,
    plan,
    stage,
)
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.http import Answer, Client, answered
from tests.integration.in_process import InProcess
from tests.integration.seeds import entries_of, store_bid, store_configuration, store_customer
from tests.integration.seeds import store_lead as accept_lead
from tests.unit.domain.bidding_examples import NOW, bid, customer

EVENTS = Path(__file__).resolve().parents[2] / "events"
OTHER_TENANT = TenantId("tenant_" + "9" * 26)
ASKING = stage(1, settings=HighestPriceSettings(partners=PartnerSettings(enabled=True)))
PLAN = plan(stage(0), ASKING, MarketplaceStage(id=stage(2).id, name="Market"))
THREADS = 8


def person(role: Role = Role.ADMIN, tenant_id: TenantId = TENANT_ID) -> UserPrincipal:
    return UserPrincipal(tenant_id=tenant_id, user_id=UserId(numbered("user", 1)), role=role)


@pytest.fixture(autouse=True)
def _tenant(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "distribution", InProcess)
    store_configuration(configuration(by_plan=PLAN))


def store(number: int = 1, status: LeadStatus = LeadStatus.UNASSIGNED, **changes: object) -> Lead:
    """Store a lead in that status."""
    one = lead(number, status=status, **changes)
    accept_lead(one, number)
    return one


def reprocess(
    of: Lead, body: object = None, *, by: Principal | None = None, key: str | None = None
) -> Answer:
    client = Client("reprocess_lead", by or person())
    headers = {"Idempotency-Key": key} if key else {}
    return client.call("POST", f"/leads/{of.id}/reprocess", body, headers=headers)


def preview(body: object, *, by: Principal | None = None, key: str | None = None) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    client = Client("reprocess_leads", by or person())
    return client.call("POST", "/leads/reprocess", body, headers=headers)


def now(of: Lead) -> Lead:
    found = DynamoLeads().get(TENANT_ID, of.id)
    assert found
    return found


def event(path: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((EVENTS / path).read_text())
    return parsed


def test_a_lead_that_nobody_took_is_sold_by_a_reprocess() -> None:
    waiting = store()
    store_customer(customer(1))
    store_bid(bid(100, owner=1))
    answer = reprocess(waiting)
    assert (answer.status, list(answer.body)) == (202, ["flow_id"])
    sold = now(waiting)
    assert (sold.status, sold.flow_ids[-1]) == (LeadStatus.ASSIGNED, answer.body["flow_id"])
    assert len(entries_of(customer(1).id)) == 1


def test_the_flow_shows_its_kind_its_start_and_what_it_begins_with() -> None:
    waiting = store()
    flow_id = reprocess(waiting, {"start": ASKING.id}).body["flow_id"]
    shown = Client("view_flows", person()).call("GET", f"/flows/{flow_id}").body
    assert (shown["kind"], shown["start"], shown["plan_version"]) == ("reprocess", ASKING.id, 1)
    assert [one["event"] for one in shown["timeline"]][:2] == ["initiated", "reprocessed"]
    assert [one["stage_id"] for one in shown["attempts"]] == [ASKING.id, stage(2).id]
    first = Client("view_flows", person()).call("GET", f"/flows/{waiting.flow_ids[0]}").body
    assert "start" not in first


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"start": stage(9).id}, 422, "stage_not_available"),
        ({"start": "post_marketplace_direct_post"}, 422, "direct_post_not_configured"),
        ({"start": "somewhere"}, 422, "validation_failed"),
        ({"begin": "bidding"}, 422, "validation_failed"),
        ("[]", 400, "malformed_json"),
    ],
)
def test_a_wrong_start_is_refused_and_nothing_is_changed(
    body: object, status: int, code: str
) -> None:
    waiting = store()
    answer = reprocess(waiting, body)
    assert (answer.status, answer.code) == (status, code)
    assert now(waiting) == waiting


@pytest.mark.parametrize(
    "status",
    ["processing", "assigned", "posted", "duplicate", "returned", "withheld", "marketplace"],
)
def test_a_lead_in_another_status_is_refused_naming_it(status: str) -> None:
    waiting = store(status=LeadStatus(status))
    answer = reprocess(waiting)
    assert (answer.status, answer.code) == (409, "invalid_status")
    assert status in answer.body["detail"]
    assert now(waiting) == waiting


@pytest.mark.parametrize(
    "by",
    [
        person(Role.CUSTOMER_SUPPORT),
        person(Role.SALES),
        person(Role.DATA_VALIDATION),
        person(Role.CUSTOMER_ADMIN),
        SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID),
    ],
)
def test_only_who_has_the_permission_may_reprocess(by: Principal) -> None:
    waiting = store()
    for answer in (reprocess(waiting, by=by), preview({"filter": {}}, by=by)):
        assert (answer.status, answer.code) == (403, "forbidden")
        assert "leads.reprocess" in answer.body["detail"]
    assert now(waiting) == waiting


def test_another_tenants_lead_looks_like_none() -> None:
    waiting = store()
    answer = reprocess(waiting, by=person(tenant_id=OTHER_TENANT))
    assert (answer.status, answer.code) == (404, "not_found")


def test_a_repeat_gets_the_same_flow_though_the_first_answer_was_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = store()
    first = reprocess(waiting, key="again")
    assert reprocess(waiting, key="again").headers["Idempotent-Replayed"] == "true"
    monkeypatch.setattr("leadflow.runtime.http.once", lambda event, context, do: do(event, context))
    assert reprocess(waiting, key="again").body == first.body
    assert len(now(waiting).flow_ids) == 2


def together(*calls: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result() for one in [threads.submit(call) for call in calls]]


def test_of_reprocesses_at_once_one_opens_a_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    started = ScriptedDistribution()
    monkeypatch.setattr(container, "distribution", lambda: started)
    waiting = store()
    answers = together(*[lambda: reprocess(waiting)] * THREADS)
    statuses = sorted(one.status for one in answers if isinstance(one, Answer))
    assert statuses == [202] + [409] * (THREADS - 1)
    assert len(now(waiting).flow_ids) == 2
    assert [run.flow_id for run, _ in started.started] == [now(waiting).flow_ids[-1]]


def test_a_reprocess_and_edits_at_once_come_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(container, "distribution", ScriptedDistribution)
    waiting = store()

    def edit() -> bool:
        values = {**waiting.values, "first_name": "Grace"}
        return DynamoLeads().change(TENANT_ID, waiting.changed(NOW, values=values))

    answer, is_edited = together(lambda: reprocess(waiting), edit)
    assert isinstance(answer, Answer)
    after = now(waiting)
    assert (answer.status, after.status) == (202, LeadStatus.PROCESSING)
    assert (after.values["first_name"] == "Grace") is is_edited
    assert after.version == waiting.version + 1 + bool(is_edited)


def test_a_reprocess_and_a_deletion_at_once_leave_one_of_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(container, "distribution", ScriptedDistribution)
    waiting = store()
    deletion = Deletion(waiting, NOW, UserId(numbered("user", 1)))
    answer, is_deleted = together(
        lambda: reprocess(waiting), lambda: DynamoLeads().delete(TENANT_ID, deletion)
    )
    assert isinstance(answer, Answer)
    assert answer.status == (404 if is_deleted else 202)
    assert (DynamoLeads().get(TENANT_ID, waiting.id) is None) is is_deleted


def test_a_preview_tells_of_every_lead_and_changes_nothing() -> None:
    waiting, sold = store(1), store(2, LeadStatus.ASSIGNED)
    ids = [waiting.id, sold.id, lead(3).id, "nonsense"]
    answer = preview({"lead_ids": ids, "start": "bidding", "confirm": False})
    assert (answer.status, answer.body) == (
        200,
        {
            "eligible": 1,
            "ineligible": 3,
            "by_status": {"unassigned": 1, "assigned": 1},
            "ineligible_leads": [
                {"id": sold.id, "status": "assigned", "reason": "status_not_reprocessable"},
                {"id": lead(3).id, "status": None, "reason": "not_found"},
                {"id": "nonsense", "status": None, "reason": "not_found"},
            ],
        },
    )
    assert now(waiting) == waiting


def test_a_preview_by_filter_walks_the_list_of_leads() -> None:
    for number, status in enumerate((LeadStatus.UNASSIGNED, LeadStatus.PENDING), 1):
        store(number, status)
    answer = preview({"filter": {"status": "unassigned", "received_from": "2026-01-01"}})
    assert (answer.body["eligible"], answer.body["by_status"]) == (1, {"unassigned": 1})


def test_ten_thousand_ids_are_previewed_and_one_more_is_refused() -> None:
    ids = [LeadId(numbered("lead", 10 + number)) for number in range(LEAD_IDS_MAX)]
    answer = preview({"lead_ids": ids}, key="many")
    assert (answer.status, answer.body["ineligible"]) == (200, LEAD_IDS_MAX)
    refused = preview({"lead_ids": [*ids, lead(1).id]})
    assert (refused.status, list(refused.body["errors"])) == (422, ["lead_ids"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("whole_plan", 202),
        ("from_a_stage", 202),
        ("partners_only", 202),
        ("marketplace", 202),
        ("direct_post_not_configured", 422),
        ("not_permitted", 403),
    ],
)
def test_the_events_of_a_reprocess_are_answered(path: str, status: int) -> None:
    waiting = store()
    answer = answered("reprocess_lead", event(f"reprocess_lead/{path}.json"))
    assert answer.status == status
    if status == 202:
        steps = DynamoFlows().steps(TENANT_ID, FlowId(answer.body["flow_id"]))
        assert steps[0].timeline[1].event is EventName.REPROCESSED
        assert now(waiting).flow_ids[-1] == answer.body["flow_id"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("preview_by_ids", 200), ("preview_by_filter", 200)],
)
def test_the_events_of_a_preview_are_answered(path: str, status: int) -> None:
    store()
    assert answered("reprocess_leads", event(f"reprocess_leads/{path}.json")).status == status
