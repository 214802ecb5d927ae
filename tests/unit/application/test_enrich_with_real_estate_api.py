"""The Real Estate API stage."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.enrich_with_real_estate_api import EnrichWithRealEstateApi
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.stage_tasks import StageDesk
from leadflow.domain.configuration import Configuration, RealEstateApi
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.enrichment import EnrichedData, OwnerData, PropertyData
from leadflow.domain.errors import CorruptState
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.flows import Attempt
from leadflow.domain.identifiers import CategoryId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import (
    ApiField,
    FieldMapping,
    RealEstateApiSettings,
    RealEstateApiStage,
    Stage,
)
from leadflow.domain.real_estate_answers import Endpoint, PropertyAddress
from tests.builders import CATEGORY_ID, VALUES, configuration, lead, plan, run, source, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import answer, no_answer
from tests.fakes.real_estate import ScriptedRealEstate
from tests.unit.domain.bidding_examples import NOW
from tools.stub_real_estate.answers import (
    Property,
    person_not_found,
    property_detail,
    property_not_found,
    skip_trace,
)

DETAIL, TRACE = Endpoint.PROPERTY_DETAIL, Endpoint.SKIP_TRACE
ADDRESS = {"address_1": "12 Sample Ln", "city": "Austin", "state": "TX"}
ACCESS = RealEstateApi(base_url="https://example.com", created_at=NOW, updated_at=NOW)
FIELDS = (
    Field(title="worth", type=FieldType.NUMERIC, deliverable=False),
    Field(title="built", type=FieldType.YMD, deliverable=False),
    Field(title="lives_there", type=FieldType.BOOLEAN, deliverable=False),
)
FLOW = run().flow_id


def replied(body: object, status: int = 200) -> Reply:
    return answer(json.dumps(body).encode(), status)


FOUND = {
    DETAIL: replied(property_detail(Property(), {})),
    TRACE: replied(skip_trace(Property(), {})),
}
NOTHING = {
    DETAIL: replied(property_not_found({}), 404),
    TRACE: replied(person_not_found({}), 404),
}


def mapping(api_field: ApiField, title: str, *, overwrite: bool = False) -> FieldMapping:
    return FieldMapping(api_field=api_field, field=title, overwrite=overwrite)


def enriching(*mappings: FieldMapping, **settings: object) -> RealEstateApiStage:
    members: dict[str, Any] = {"property_detail": True, "skip_trace": True, **settings}
    wanted = RealEstateApiSettings(
        lead_category_id=members.pop("lead_category_id", CATEGORY_ID), mappings=mappings, **members
    )
    return RealEstateApiStage(id=stage(0).id, name="Look up", settings=wanted)


@dataclass
class Shop:
    """A lead before a plan that begins with a Real Estate API stage."""

    first: Stage
    replies: dict[Endpoint, Reply | None] = field(default_factory=lambda: dict(FOUND))
    lead: Lead = field(default_factory=lambda: lead(values={**VALUES, **ADDRESS}))
    access: RealEstateApi | None = ACCESS
    flows: MemoryFlows = field(default_factory=MemoryFlows)

    def __post_init__(self) -> None:
        self.leads = MemoryLeads.of(self.lead)
        self.leads.steps = self.flows.written
        self.api = ScriptedRealEstate(self.replies)

    def call(self, of_run: Run | None = None) -> RunResult | Run:
        desk = StageDesk(
            configuration=FixedConfiguration(self.configuration),
            leads=self.leads,
            flows=self.flows,
            formats=LibraryFormats(),
            clock=FixedClock(),
        )
        return EnrichWithRealEstateApi(desk=desk, api=self.api)(of_run or run())

    @property
    def configuration(self) -> Configuration:
        stages = plan(self.first, stage(1))
        base = configuration(from_source=source(fields=FIELDS), by_plan=stages)
        return replace(base, real_estate_api=self.access)

    @property
    def after(self) -> Lead:
        return self.leads.stored[self.lead.id]

    @property
    def attempt(self) -> Attempt:
        [made] = self.flows.written[FLOW, 1].attempts
        return made

    @property
    def told(self) -> str:
        return self.flows.written[FLOW, 1].timeline[-1].description


def test_what_is_known_of_property_and_owner_is_kept_and_the_lead_goes_on() -> None:
    shop = Shop(enriching())
    onward = shop.call()
    assert isinstance(onward, Run)
    assert (onward.step, onward.stage_id) == (2, stage(1).id)
    assert (shop.attempt.status, shop.attempt.reason) == (AttemptStatus.CONTINUE, None)
    enriched = shop.after.enriched
    assert enriched
    assert enriched.property
    assert enriched.owner
    assert (enriched.property.value_cents, enriched.owner.age) == (41_500_000, 52)
    assert shop.after.values == shop.lead.values
    assert shop.api.asked == [
        (PropertyAddress("12 Sample Ln", "Austin", "TX", "78701"), (TRACE, DETAIL))
    ]


def test_only_endpoints_that_are_switched_on_are_asked() -> None:
    shop = Shop(enriching(skip_trace=False))
    shop.call()
    [(_, endpoints)] = shop.api.asked
    assert endpoints == (DETAIL,)
    assert "SkipTrace" not in shop.told


def test_empty_fields_are_filled_and_present_ones_only_overwritten_where_told() -> None:
    mappings = (
        mapping(ApiField.PROPERTY_VALUE, "worth"),
        mapping(ApiField.OWNER_OCCUPIED, "lives_there"),
        mapping(ApiField.OWNER_NAME, "first_name"),
        mapping(ApiField.OWNER_EMAIL, "email", overwrite=True),
        mapping(ApiField.PROPERTY_TYPE, "city", overwrite=True),
    )
    shop = Shop(enriching(*mappings))
    shop.call()
    assert shop.after.values["worth"] == 415_000
    assert shop.after.values["lives_there"] is True
    assert shop.after.values["first_name"] == "Ada"
    assert shop.after.values["city"] == "SFR"
    assert shop.after.search.email == "owner@example.com"
    assert "4 fields enriched" in shop.told


def test_a_value_that_does_not_fit_or_did_not_come_is_not_written() -> None:
    mappings = (
        mapping(ApiField.YEAR_BUILT, "built"),
        mapping(ApiField.OWNER_AGE, "zip", overwrite=True),
        mapping(ApiField.OWNER_PHONE, "worth"),
    )
    shop = Shop(enriching(*mappings), replies={**FOUND, TRACE: None})
    shop.call()
    assert shop.after.values == shop.lead.values
    assert "0 fields enriched" in shop.told


def test_values_that_do_not_come_back_are_never_cleared() -> None:
    known = EnrichedData(property=PropertyData(bedrooms=9, value_cents=5), owner=OwnerData(age=9))
    shop = Shop(
        enriching(),
        lead=lead(values={**VALUES, **ADDRESS}, enriched=known),
        replies={DETAIL: replied({"data": {"estimatedValue": 7}}), TRACE: None},
    )
    shop.call()
    assert shop.after.enriched == EnrichedData(
        property=PropertyData(bedrooms=9, value_cents=700), owner=OwnerData(age=9)
    )


@pytest.mark.parametrize(
    ("replies", "reason", "told"),
    [
        ({DETAIL: FOUND[DETAIL], TRACE: None}, None, "SkipTrace failed (no key)"),
        (
            {DETAIL: no_answer(Failure.TIMEOUT), TRACE: FOUND[TRACE]},
            None,
            "SkipTrace succeeded, Property Detail failed (no answer in time)",
        ),
        (
            {DETAIL: no_answer(Failure.NOT_SENT), TRACE: replied({}, 429)},
            AttemptReason.ENRICHMENT_FAILED,
            "SkipTrace failed (status 429), Property Detail failed (not_sent)",
        ),
        (NOTHING, AttemptReason.ENRICHMENT_NO_DATA, "Property Detail found nothing"),
        (
            {DETAIL: NOTHING[DETAIL], TRACE: None},
            AttemptReason.ENRICHMENT_NO_DATA,
            "SkipTrace failed (no key), Property Detail found nothing",
        ),
    ],
)
def test_no_failure_stops_the_flow_and_all_are_told_of(
    replies: dict[Endpoint, Reply | None], reason: AttemptReason | None, told: str
) -> None:
    shop = Shop(enriching(), replies=replies)
    onward = shop.call()
    assert isinstance(onward, Run)
    assert onward.stage_id == stage(1).id
    assert (shop.attempt.status, shop.attempt.reason) == (AttemptStatus.CONTINUE, reason)
    assert told in shop.told
    assert (shop.after == shop.lead) is (reason is not None)


def test_a_lead_of_another_category_passes() -> None:
    shop = Shop(enriching(lead_category_id=CategoryId("category_x")))
    assert isinstance(shop.call(), Run)
    assert shop.attempt.status is AttemptStatus.SKIPPED
    assert shop.attempt.reason is AttemptReason.CATEGORY_MISMATCH
    assert not shop.api.asked


def test_without_the_integration_nothing_is_asked() -> None:
    shop = Shop(enriching(), access=None)
    assert isinstance(shop.call(), Run)
    assert shop.attempt.status is AttemptStatus.CONTINUE
    assert shop.attempt.reason is AttemptReason.INTEGRATION_NOT_CONFIGURED
    assert not shop.api.asked


def test_an_address_that_is_not_complete_is_not_asked_about() -> None:
    shop = Shop(enriching(), lead=lead(values={**VALUES, "city": "Austin"}))
    assert isinstance(shop.call(), Run)
    assert shop.attempt.reason is AttemptReason.INCOMPLETE_ADDRESS
    assert shop.told == "Stage Look up asked nothing: the lead has no address_1, state."
    assert not shop.api.asked


def test_the_record_holds_no_contact_data() -> None:
    shop = Shop(enriching(mapping(ApiField.OWNER_PHONE, "phone")))
    shop.call()
    record = shop.flows.written[FLOW, 1].model_dump_json()
    for secret in ("Sample", "5122345678", "owner@", "Example", "415000"):
        assert secret not in record


def test_a_repeated_call_asks_nothing_changes_nothing_and_goes_on_alike() -> None:
    shop = Shop(enriching(mapping(ApiField.PROPERTY_VALUE, "worth")))
    first = shop.call()
    changed, record = shop.after, dict(shop.flows.written)
    assert shop.call() == first
    assert (shop.after, shop.flows.written) == (changed, record)
    assert len(shop.api.asked) == 1


def test_a_lead_that_has_moved_on_is_left_alone() -> None:
    shop = Shop(enriching(), lead=lead(status=LeadStatus.ASSIGNED))
    assert shop.call() == RunResult(LeadStatus.ASSIGNED)
    assert not shop.api.asked


def test_a_stage_of_another_method_is_a_fault() -> None:
    with pytest.raises(CorruptState):
        Shop(stage(0)).call()
