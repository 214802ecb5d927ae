"""The actions on one lead from an API Gateway event to the answer, over DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from leadflow.application.configuration_ports import REAL_ESTATE_API_SECRETS, SecretChange
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.leads import LeadStatus
from leadflow.domain.principals import Role, UserPrincipal
from leadflow.runtime.settings import settings
from tests.builders import CATEGORY_ID, TENANT_ID, TYPE_ID, VALUES, configuration, lead, numbered
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.events import event
from tests.integration.http import Answer, Client, answered
from tests.integration.one_lead import ADMIN, LEAD_ID, keep, scripted_machine, stored
from tests.integration.seeds import store_configuration, store_lead, store_secrets
from tests.unit.domain.bidding_examples import NOW, customer
from tools.stub_real_estate.server import API_KEY, SKIP_TRACE_KEY, stub_real_estate

ADDRESS = {"address_1": "12 Sample Ln", "city": "Austin", "state": "TX"}
S = LeadStatus
PATH = f"/leads/{LEAD_ID}"


@pytest.fixture(autouse=True)
def machine(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedDistribution:
    return scripted_machine(monkeypatch)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a Real Estate API that knows the lead's address."""
    monkeypatch.setenv("STAGE", "local")
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
    settings.cache_clear()
    with stub_real_estate() as stub:
        yield stub.url


def tried(function: str, case: str, *, role: Role | None = None) -> Answer:
    """What a function answers to one of its events, or to the same of another role."""
    made = event(function, case)
    if role is not None:
        principal = ADMIN.model_copy(update={"role": role})
        made["requestContext"]["authorizer"]["principal"] = principal.model_dump_json()
    return answered(function, made)


def ask(function: str, method: str, path: str = PATH, body: object = None) -> Answer:
    return Client(function, ADMIN).call(method, path, body)


def test_an_edited_lead_is_answered_with_its_class_before_and_after() -> None:
    keep()
    answer = tried("edit_lead", "contact_and_details")
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert set(answer.body) == {"lead", "reclassification"}
    assert answer.body["lead"]["contact"]["city"] == "Austin"
    same = {"lead_category_id": CATEGORY_ID, "lead_type_id": TYPE_ID}
    assert answer.body["reclassification"] == {"changed": False, "from": same, "to": same}
    assert tried("edit_lead", "contact_and_details").status == 412


def test_an_edit_with_a_start_names_its_flow(machine: ScriptedDistribution) -> None:
    keep()
    answer = tried("edit_lead", "edit_and_reprocess")
    assert answer.body["flow_id"] == stored().flow_ids[-1]
    assert stored().status is S.PROCESSING
    [(run, _)] = machine.started
    assert run.flow_id == answer.body["flow_id"]
    assert tried("edit_lead", "edit_and_reprocess").body == answer.body


@pytest.mark.parametrize(
    ("case", "paths"),
    [
        ("metadata", {"source_id", "received_at"}),
        ("wrong_values", {"contact.email", "contact.zip", "contact.shoe_size"}),
    ],
)
def test_a_wrong_edit_names_every_member(case: str, paths: set[str]) -> None:
    one = keep()
    answer = tried("edit_lead", case)
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert set(answer.body["errors"]) == paths
    assert stored() == one


def test_a_reclassified_lead_is_answered() -> None:
    keep(lead_type_id=None, status=S.UNCATEGORIZED)
    answer = tried("reclassify_lead", "reclassify")
    assert set(answer.body) == {"changed", "from", "to", "lead"}
    assert answer.body["from"]["lead_type_id"] is None
    assert (answer.body["to"]["lead_type_id"], answer.body["lead"]["status"]) == (
        TYPE_ID,
        "pending",
    )


def test_a_released_lead_is_accepted_once(machine: ScriptedDistribution) -> None:
    keep(S.AUDIT)
    answer = tried("release_audited_lead", "release")
    assert (answer.status, list(answer.body)) == (202, ["flow_id"])
    again = tried("release_audited_lead", "release")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (answer.body, "true")
    other = ask("release_audited_lead", "POST", PATH + "/release")
    assert (other.status, other.code) == (409, "invalid_status")
    assert len(machine.started) == 1


def test_a_deleted_lead_is_gone_and_its_flow_says_so() -> None:
    one = keep(S.ASSIGNED)
    assert tried("delete_lead", "by_support").body["detail"].endswith("leads.delete-sold.")
    assert tried("delete_lead", "delete").status == 204
    assert tried("delete_lead", "delete").status == 404
    assert ask("view_lead", "GET").status == 404
    assert ask("list_leads", "GET", "/leads").body["data"] == []
    flow = ask("view_flows", "GET", f"/flows/{one.flow_ids[0]}").body
    assert flow["lead_id"] == one.id
    last = flow["timeline"][-1]
    assert (last["event"], last["at"]) == ("lead_deleted", flow["lead_deleted_at"])


@pytest.mark.parametrize(
    ("function", "case", "permission"),
    [
        ("edit_lead", "not_permitted", "leads.update"),
        ("reclassify_lead", "not_permitted", "leads.update"),
        ("release_audited_lead", "not_permitted", "leads.update"),
        ("delete_lead", "not_permitted", "leads.delete"),
    ],
)
def test_a_role_without_the_permission_is_told_which(
    function: str, case: str, permission: str
) -> None:
    one = keep(S.AUDIT)
    answer = tried(function, case)
    assert answer.status == 403
    assert permission in answer.body["detail"]
    assert stored() == one


@pytest.mark.parametrize("role", [Role.CUSTOMER_ADMIN, Role.PARTNER_ADMIN])
@pytest.mark.parametrize(
    ("function", "case"),
    [
        ("edit_lead", "contact_and_details"),
        ("reclassify_lead", "reclassify"),
        ("release_audited_lead", "release"),
        ("delete_lead", "delete"),
        ("enrich_lead", "fill_empty"),
    ],
)
def test_only_users_of_the_tenant_act_on_leads(function: str, case: str, role: Role) -> None:
    one = keep(S.AUDIT)
    assert tried(function, case, role=role).status == 403
    assert stored() == one


@pytest.mark.parametrize(
    ("function", "method", "suffix"),
    [
        ("edit_lead", "PATCH", ""),
        ("reclassify_lead", "POST", "/reclassify"),
        ("release_audited_lead", "POST", "/release"),
        ("delete_lead", "DELETE", ""),
        ("enrich_lead", "POST", "/enrich"),
    ],
)
def test_the_lead_of_another_tenant_looks_like_none(
    function: str, method: str, suffix: str
) -> None:
    one = keep(S.AUDIT)
    stranger = ADMIN.model_copy(update={"tenant_id": "tenant_" + "9" * 26})
    bodies = {"edit_lead": {}, "enrich_lead": {"endpoints": ["avm"]}}
    client = Client(function, stranger)
    assert client.call(method, PATH + suffix, bodies.get(function)).status == 404
    assert stored() == one


def test_an_enriched_lead_is_answered_with_what_came_of_each_endpoint(vendor: str) -> None:
    access = RealEstateApi(base_url=vendor, skip_traces=True, created_at=NOW, updated_at=NOW)
    store_configuration(replace(configuration(), real_estate_api=access))
    keys = {"api_key": API_KEY, "skip_trace_api_key": SKIP_TRACE_KEY}
    store_secrets(SecretChange(REAL_ESTATE_API_SECRETS, access.version, keys))
    store_lead(lead(1, status=S.AUDIT, values={**VALUES, **ADDRESS}), 1)
    answer = tried("enrich_lead", "fill_empty")
    assert set(answer.body) == {"lead", "fields_enriched", "endpoints"}
    assert answer.body["lead"]["enriched_data"]["property"]["value_cents"] == 41_500_000
    assert answer.body["endpoints"][1] == {
        "endpoint": "skip_trace",
        "succeeded": True,
        "detail": "found 5 values",
    }
    assert answer.body["fields_enriched"] == 16
    assert stored().enriched


def test_an_incomplete_address_and_a_wrong_wish_are_refused() -> None:
    keep()
    answer = tried("enrich_lead", "fill_empty")
    assert (answer.status, answer.code) == (422, "incomplete_address")
    assert set(answer.body["errors"]) == {"address_1", "city", "state"}
    wrong = tried("enrich_lead", "wrong_endpoints")
    assert set(wrong.body["errors"]) == {"endpoints", "mode"}


def test_without_the_integration_an_enrichment_conflicts() -> None:
    keep(values={**VALUES, **ADDRESS})
    answer = tried("enrich_lead", "all_endpoints")
    assert (answer.status, answer.code) == (409, "integration_not_configured")


def test_a_deleted_lead_leaves_its_customer() -> None:
    keep(S.ASSIGNED)
    buyer = UserPrincipal(
        tenant_id=TENANT_ID,
        user_id=numbered("user", 2),
        role=Role.CUSTOMER_USER,
        customer_id=customer(1).id,
    )
    assert tried("delete_lead", "delete").status == 204
    assert Client("view_lead", buyer).call("GET", PATH).status == 404
    assert Client("list_leads", buyer).call("GET", "/leads").body["data"] == []
