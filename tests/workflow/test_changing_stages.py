"""Paths through the stages that change a lead and hand it on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.configuration_ports import REAL_ESTATE_API_SECRETS, SecretChange
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import (
    AlterDataSettings,
    AlterDataStage,
    ApiField,
    FieldMapping,
    Operation,
    RealEstateApiSettings,
    RealEstateApiStage,
    SetField,
    SetLeadType,
    Stage,
)
from leadflow.runtime.settings import settings
from tests.builders import (
    CATEGORY_ID,
    TENANT_ID,
    TYPE_ID,
    VALUES,
    configuration,
    flow,
    lead,
    plan,
    run,
    stage,
)
from tests.integration.seeds import (
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
    store_secrets,
)
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.workflow.conftest import Machine
from tools.stub_real_estate import Property, Scripted, StubRealEstate, stub_real_estate
from tools.stub_real_estate.server import API_KEY, PROPERTY_DETAIL

ALTER, ENRICH, SELL, RECORD = (
    "AlterLeadDataFunction",
    "EnrichWithRealEstateApiFunction",
    "SellAtHighestPriceFunction",
    "RecordDistributionErrorFunction",
)
IN_WACO = ((Row(property="city", operator=Operator.EQUALS, value="waco"),),)
ATTEMPTED = tuple[AttemptStatus, AttemptReason | None]
Given = Callable[..., Lead]


def altering(*operations: Operation) -> AlterDataStage:
    settings_of = AlterDataSettings(operations=operations)
    return AlterDataStage(id=stage(0).id, name="Tidy", settings=settings_of)


def enriching(*mappings: FieldMapping) -> RealEstateApiStage:
    wanted = RealEstateApiSettings(
        lead_category_id=CATEGORY_ID, property_detail=True, mappings=mappings
    )
    return RealEstateApiStage(id=stage(0).id, name="Look up", settings=wanted)


@pytest.fixture
def vendor() -> Iterator[StubRealEstate]:
    """The Real Estate API."""
    with stub_real_estate() as running:
        yield running


@pytest.fixture
def placed(machine: Machine, vendor: StubRealEstate, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Stores a tenant with two stages, a bid and the integration, and a lead with an address."""
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
    settings.cache_clear()

    def store(first: Stage, **changes: object) -> Lead:
        base = configuration(by_plan=plan(first, stage(1, **changes)))
        reached = RealEstateApi(base_url=vendor.url, created_at=NOW, updated_at=NOW)
        store_configuration(replace(base, real_estate_api=reached))
        store_secrets(SecretChange(REAL_ESTATE_API_SECRETS, 1, {"api_key": API_KEY}))
        store_customer(customer(1))
        store_bid(bid(100, owner=1))
        address = {"address_1": Property().street, "city": "Austin", "state": "TX"}
        waiting = lead(values={**VALUES, **address})
        store_lead(waiting)
        return waiting

    return store


def now(of_lead: Lead) -> Lead:
    stored = DynamoLeads().get(TENANT_ID, of_lead.id)
    assert stored
    return stored


def attempts() -> list[ATTEMPTED]:
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    return [(made.status, made.reason) for step in steps for made in step.attempts]


SOLD: ATTEMPTED = (AttemptStatus.SUCCESS, None)
WENT_ON: ATTEMPTED = (AttemptStatus.CONTINUE, None)


def test_a_lead_is_altered_and_a_later_stage_that_asks_for_it_sells_it(
    machine: Machine, placed: Given
) -> None:
    operations = (SetField(set_field="city", value="Waco"), SetLeadType(set_lead_type=TYPE_ID))
    waiting = placed(altering(*operations), conditions=IN_WACO)
    ended = machine.execute(run(method="alter_data"))
    assert ended.output["status"] == "assigned"
    assert machine.tasks.calls == [ALTER, SELL]
    assert now(waiting).values["city"] == "Waco"
    assert attempts() == [WENT_ON, SOLD]


def test_an_alteration_that_fails_ends_the_flow(machine: Machine, placed: Given) -> None:
    waiting = placed(altering(SetField(set_field="email", value="nobody")))
    ended = machine.execute(run(method="alter_data"))
    assert ended.output["status"] == "distribution_error"
    assert machine.tasks.calls == [ALTER]
    assert now(waiting).status is LeadStatus.DISTRIBUTION_ERROR
    assert attempts() == [(AttemptStatus.ERROR, AttemptReason.FIELD_VALUE_INVALID)]
    stored = DynamoFlows().get(TENANT_ID, flow().id)
    assert stored
    assert stored.outcome is Outcome.DISTRIBUTION_ERROR


def test_a_task_that_is_repeated_alters_once(machine: Machine, placed: Given) -> None:
    waiting = placed(altering(SetField(set_field="city", value="Waco")))
    machine.tasks.faults[SELL] = [TransientFault("busy")]
    machine.execute(run(method="alter_data"))
    sold = now(waiting)
    machine.execute(run(method="alter_data"))
    assert now(waiting) == sold
    assert attempts() == [WENT_ON, SOLD]


def test_a_lead_is_enriched_before_it_is_sold(machine: Machine, placed: Given) -> None:
    mapping = FieldMapping(api_field=ApiField.OWNER_NAME, field="last_name", overwrite=True)
    waiting = placed(enriching(mapping))
    ended = machine.execute(run(method="real_estate_api"))
    assert ended.output["status"] == "assigned"
    assert machine.tasks.calls == [ENRICH, SELL]
    after = now(waiting)
    assert after.values["last_name"] == "Ada Example"
    assert after.enriched
    assert after.enriched.property
    assert attempts() == [WENT_ON, SOLD]


@pytest.mark.parametrize(
    ("scripted", "reason"),
    [
        (Scripted(status=500), AttemptReason.ENRICHMENT_FAILED),
        (Scripted(body=b'{"data":{}}'), AttemptReason.ENRICHMENT_NO_DATA),
    ],
)
def test_a_lead_is_sold_though_it_could_not_be_enriched(
    machine: Machine,
    placed: Given,
    vendor: StubRealEstate,
    scripted: Scripted,
    reason: AttemptReason,
) -> None:
    waiting = placed(enriching())
    vendor.scripts[PROPERTY_DETAIL] = scripted
    ended = machine.execute(run(method="real_estate_api"))
    assert ended.output["status"] == "assigned"
    assert now(waiting).enriched is None
    assert attempts() == [(AttemptStatus.CONTINUE, reason), SOLD]


def test_an_enrichment_that_breaks_for_good_leaves_a_distribution_error(
    machine: Machine, placed: Given
) -> None:
    waiting = placed(enriching())
    machine.tasks.faults[ENRICH] = [TransientFault("busy") for _ in range(9)]
    machine.execute(run(method="real_estate_api"))
    assert machine.tasks.calls == [ENRICH] * 4 + [RECORD]
    assert now(waiting).status is LeadStatus.DISTRIBUTION_ERROR
