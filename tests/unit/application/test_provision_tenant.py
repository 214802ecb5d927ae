import pytest

from leadflow.application.configuration_ports import ResourceKind
from leadflow.application.provision_tenant import ProvisionTenant
from leadflow.domain.credentials import digest
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.geography import Country
from leadflow.domain.plans import HighestPriceStage, Method, Plan
from leadflow.domain.principals import Role
from leadflow.domain.settings import Tenant, TenantSettings
from tests.builders import configuration
from tests.fakes.clock import FixedClock
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.ids import CountingIds


def provision(payload: dict[str, object]) -> tuple[MemoryConfigurationStore, str, str]:
    store = MemoryConfigurationStore(configuration())
    action = ProvisionTenant(founder=store, clock=FixedClock(), ids=CountingIds())
    provisioned = action(payload)
    return store, provisioned.tenant_id, provisioned.admin_token


def founded(**payload: object) -> dict[ResourceKind, object]:
    store, _, _ = provision({"name": "Acme", **payload})
    [founding] = store.foundings.values()
    return {change.kind: change.after for change in founding.changes}


def test_a_tenant_starts_with_a_stage_for_bids_only_and_the_marketplace() -> None:
    plan = founded()[ResourceKind.PLAN]
    assert isinstance(plan, Plan)
    stage, listing = plan.stages
    assert isinstance(stage, HighestPriceStage)
    assert (listing.name, listing.method) == ("Marketplace", Method.MARKETPLACE)
    assert (plan.version, stage.name) == (1, "Bidding")
    assert (stage.settings.bids.enabled, stage.settings.partners.enabled) == (True, False)


def test_a_tenant_without_a_marketplace_starts_with_bidding_alone() -> None:
    plan = founded(marketplace=False)[ResourceKind.PLAN]
    assert isinstance(plan, Plan)
    assert [stage.name for stage in plan.stages] == ["Bidding"]


def test_a_tenant_starts_with_its_name_for_consent_and_the_marketplace_on() -> None:
    settings = founded()[ResourceKind.SETTINGS]
    assert isinstance(settings, TenantSettings)
    assert (settings.default_consent_name, settings.marketplace_enabled) == ("Acme", True)
    assert settings.operating_countries == (Country.US,)


def test_countries_and_marketplace_are_taken_from_the_request() -> None:
    settings = founded(countries=["CA", "US", "CA"], marketplace=False)[ResourceKind.SETTINGS]
    assert isinstance(settings, TenantSettings)
    assert settings.operating_countries == (Country.CA, Country.US)
    assert not settings.marketplace_enabled


def test_the_first_admin_signs_in_with_the_token_that_is_told_once() -> None:
    store, tenant_id, token = provision({"name": " Acme "})
    [(founded_id, founding)] = store.foundings.items()
    assert founded_id == tenant_id
    assert (founding.admin.role, founding.admin.token_hash) == (Role.ADMIN, digest(token))


def test_the_audit_log_begins_with_the_tenant_and_without_its_secrets() -> None:
    store, _, token = provision({"name": "Acme"})
    [founding] = store.foundings.values()
    tenant = founding.changes[0].after
    assert isinstance(tenant, Tenant)
    assert {line.actor for line in founding.entries} == {"operator"}
    assert (founding.entries[0].after or {})["cursor_key"] == "***"
    assert digest(token) not in str(founding.entries)


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({}, "name: Field required"),
        ({"name": ""}, "name: A name has 1 to 200 characters."),
        ({"name": "Acme", "countries": ["FR"]}, "countries.0: "),
        ({"name": "Acme", "marketplace": 1}, "marketplace: "),
        ({"name": "Acme", "colour": "red"}, "colour: "),
    ],
)
def test_the_text_of_a_refusal_names_every_mistake(payload: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        provision(payload)
    assert told in refused.value.detail
