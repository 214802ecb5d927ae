"""The events that `sam local invoke` uses, through the handlers, to the contract."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.application.configuration_ports import Change, Founding, ResourceKind
from leadflow.domain.credentials import digest
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import TenantId, UserId
from leadflow.domain.principals import Role
from leadflow.domain.users import User
from tests.builders import configuration
from tests.integration.http import answered, invoked
from tests.unit.domain.bidding_examples import NOW

EVENTS = Path(__file__).resolve().parents[2] / "events"


def event(path: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((EVENTS / path).read_text())
    return parsed


@pytest.fixture(autouse=True)
def _names_are_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of hosts resolve to a public address, without asking anybody."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.fixture
def tenant(tables: Mapping[str, str]) -> TenantId:
    """The tenant that the events speak of."""
    context = event("manage_configuration/list_sources.json")["requestContext"]
    principal = json.loads(context["authorizer"]["principal"])
    tenant_id, start = TenantId(principal["tenant_id"]), configuration()
    admin = User(
        id=UserId(principal["user_id"]),
        role=Role.ADMIN,
        token_hash=digest("token"),
        created_at=NOW,
        updated_at=NOW,
    )
    changes = (
        Change(
            ResourceKind.TENANT, tenant_id, None, start.tenant.model_copy(update={"id": tenant_id})
        ),
        Change(ResourceKind.SETTINGS, "settings", None, start.settings),
        Change(ResourceKind.PLAN, "plan", None, start.plan),
    )
    DynamoConfiguration().found(tenant_id, Founding(changes, admin, ()))
    return tenant_id


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize(
    ("path", "status", "member"),
    [
        ("manage_configuration/create_category.json", 201, "fallback_lead_type_id"),
        ("manage_configuration/list_sources.json", 200, "next_cursor"),
        ("manage_configuration/change_settings.json", 200, "operating_countries"),
        ("manage_configuration/create_user.json", 201, "token"),
        ("manage_configuration/create_partner.json", 201, "ping_configured"),
        ("manage_configuration/create_partner_with_mistake.json", 422, "errors"),
        ("manage_configuration/create_webhook.json", 201, "secret"),
        ("manage_configuration/rotate_webhook_secret.json", 404, "detail"),
        ("manage_configuration/replace_real_estate_api.json", 200, "api_key_set"),
        ("manage_configuration/show_real_estate_api.json", 404, "detail"),
        ("manage_configuration/read_audit_log.json", 200, "data"),
        ("manage_configuration/without_permission.json", 403, "detail"),
        ("manage_distribution_plan/show.json", 200, "stages"),
        ("manage_distribution_plan/replace.json", 200, "stages"),
        ("manage_distribution_plan/unknown_method.json", 422, "errors"),
    ],
)
def test_an_event_gets_the_answer_of_the_contract(path: str, status: int, member: str) -> None:
    answer = answered(path.partition("/")[0], event(path))
    assert (answer.status, member in answer.body) == (status, True)


@pytest.mark.parametrize("name", ["bearer", "basic", "nobody"])
def test_made_up_credentials_open_nothing(tables: Mapping[str, str], name: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        invoked("authorize_request", event(f"authorize_request/{name}.json"))


def test_an_operators_event_makes_a_tenant_or_is_told_why_not(tables: Mapping[str, str]) -> None:
    made: Any = invoked("provision_tenant", event("provision_tenant/tenant.json"))
    assert made.keys() == {"tenant_id", "admin_token"}
    with pytest.raises(ValidationFailed, match="name: Field required"):
        invoked("provision_tenant", event("provision_tenant/without_name.json"))
