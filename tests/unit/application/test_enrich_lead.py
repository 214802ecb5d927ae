"""Enriching a lead by hand."""

import json
from dataclasses import replace

import pytest

from leadflow.application.enrich_lead import Enriched, Enrichment
from leadflow.application.exchange_ports import Failure, Reply
from leadflow.application.requests import validated
from leadflow.domain.configuration import RealEstateApi
from leadflow.domain.enrichment import EnrichedData, OwnerData, PropertyData
from leadflow.domain.errors import (
    Conflict,
    IncompleteAddress,
    NotFound,
    PreconditionFailed,
    ValidationFailed,
)
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.real_estate_answers import Endpoint, PropertyAddress
from leadflow.domain.statuses import EDITABLE
from tests.builders import VALUES, configuration, lead
from tests.fakes.outbound import answer, no_answer
from tests.fakes.real_estate import ScriptedRealEstate
from tests.fakes.workbench import stale
from tests.unit.application.lead_world import ADMIN, World, any_version
from tests.unit.domain.bidding_examples import NOW
from tools.stub_real_estate.answers import Property, property_detail, skip_trace

DETAIL, TRACE, AVM = Endpoint.PROPERTY_DETAIL, Endpoint.SKIP_TRACE, Endpoint.AVM
ADDRESS = {"address_1": "12 Sample Ln", "city": "Austin", "state": "TX"}
ACCESS = RealEstateApi(base_url="https://example.com", created_at=NOW, updated_at=NOW)
KNOWN = EnrichedData(property=PropertyData(bedrooms=9), owner=OwnerData(name="Old Name"))


def replied(body: object, status: int = 200) -> Reply:
    return answer(json.dumps(body).encode(), status)


def world(
    known: EnrichedData | None = None,
    *,
    status: LeadStatus = LeadStatus.UNASSIGNED,
    access: RealEstateApi | None = ACCESS,
    **replies: Reply | None,
) -> World:
    """A lead with an address, before an API that knows the property."""
    one = lead(status=status, values={**VALUES, **ADDRESS}, enriched=known)
    found: dict[Endpoint, Reply | None] = {
        DETAIL: replied(property_detail(Property(), {})),
        TRACE: replied(skip_trace(Property(), {})),
        AVM: replied({"data": {"avm": "500000"}}),
        **{Endpoint(name): reply for name, reply in replies.items()},
    }
    configured = replace(configuration(), real_estate_api=access)
    return World(one, configured, api=ScriptedRealEstate(found))


def enriched(shop: World, *endpoints: Endpoint, mode: str = "fill_empty") -> Enriched:
    wish = validated(Enrichment, {"endpoints": list(endpoints), "mode": mode})
    return shop.enrich(ADMIN, shop.lead.id, wish, any_version)


def enriched_data(shop: World) -> tuple[PropertyData, OwnerData]:
    """What is stored, both parts."""
    data = shop.stored.enriched or EnrichedData()
    return data.property or PropertyData(), data.owner or OwnerData()


def test_what_is_found_is_kept_and_counted() -> None:
    shop = world()
    done = enriched(shop, DETAIL, TRACE)
    house, owner = enriched_data(shop)
    assert (house.value_cents, owner.age, owner.name) == (41_500_000, 52, "Ada Example")
    assert done.lead == shop.stored
    assert shop.stored.version == 2
    assert done.fields_enriched == 16
    assert [(one.endpoint, one.succeeded) for one in done.endpoints] == [
        (DETAIL, True),
        (TRACE, True),
    ]
    assert done.endpoints[1].detail == "found 5 values"
    [(address, _)] = shop.api.asked
    assert address == PropertyAddress("12 Sample Ln", "Austin", "TX", "78701")


def test_values_that_are_there_are_only_overwritten_if_told() -> None:
    shop = world(KNOWN)
    enriched(shop, DETAIL)
    house, owner = enriched_data(shop)
    assert (house.bedrooms, house.bathrooms, owner.name) == (9, 2.5, "Old Name")
    done = enriched(shop, DETAIL, mode="overwrite")
    house, owner = enriched_data(shop)
    assert (house.bedrooms, owner.name) == (3, "Ada Example")
    assert done.fields_enriched == 2


def test_the_word_of_property_detail_counts_whatever_the_order() -> None:
    for endpoints in ((AVM, DETAIL), (DETAIL, AVM)):
        shop = world()
        enriched(shop, *endpoints)
        assert enriched_data(shop)[0].value_cents == 41_500_000
    shop = world()
    enriched(shop, AVM)
    assert enriched_data(shop)[0].value_cents == 50_000_000


def test_what_does_not_come_back_clears_nothing() -> None:
    shop = world(KNOWN, property_detail=replied({"data": {}}, 404))
    done = enriched(shop, DETAIL, mode="overwrite")
    assert shop.stored is shop.lead
    assert (done.fields_enriched, done.endpoints[0].detail) == (0, "found nothing")


@pytest.mark.parametrize(
    ("reply", "detail"),
    [
        (None, "no key"),
        (no_answer(Failure.TIMEOUT), "no answer in time"),
        (no_answer(Failure.NOT_SENT), "not_sent"),
        (replied({}, 429), "status 429"),
    ],
)
def test_a_failing_endpoint_does_not_undo_the_others(reply: Reply | None, detail: str) -> None:
    shop = world(skip_trace=reply)
    done = enriched(shop, TRACE, DETAIL)
    failed, other = done.endpoints
    assert (failed.succeeded, failed.detail, other.succeeded) == (False, detail, True)
    assert enriched_data(shop)[0].bedrooms == 3


@pytest.mark.parametrize("status", list(LeadStatus))
def test_only_leads_that_nobody_has_are_enriched(status: LeadStatus) -> None:
    shop = world(status=status)
    if status in EDITABLE:
        assert enriched(shop, DETAIL).fields_enriched
        return
    with pytest.raises(Conflict, match=status):
        enriched(shop, DETAIL)
    assert not shop.api.asked


def test_without_the_integration_nothing_is_asked() -> None:
    shop = world(access=None)
    with pytest.raises(Conflict) as refused:
        enriched(shop, DETAIL)
    assert refused.value.code == "integration_not_configured"


def test_every_part_that_an_address_lacks_is_named() -> None:
    shop = World(lead(status=LeadStatus.AUDIT, values={**VALUES, "city": "Austin"}))
    with pytest.raises(IncompleteAddress) as refused:
        enriched(shop, DETAIL)
    assert (refused.value.status, refused.value.code) == (422, "incomplete_address")
    assert list(refused.value.errors) == ["address_1", "state"]


def test_an_address_that_changed_meanwhile_is_another_ones() -> None:
    def moved_house(one: Lead) -> Lead:
        return one.changed(NOW, values={**one.values, "address_1": "1 Other St"})

    shop = world()
    shop.races.append(moved_house)
    with pytest.raises(Conflict) as refused:
        enriched(shop, DETAIL)
    assert refused.value.code == "conflict"
    assert shop.stored.enriched is None


def test_a_lead_that_starts_processing_meanwhile_keeps_its_data() -> None:
    shop = world()
    shop.races.append(lambda one: one.moved(LeadStatus.PROCESSING, NOW))
    with pytest.raises(Conflict, match="processing"):
        enriched(shop, DETAIL)
    assert shop.stored.enriched is None


def test_another_change_meanwhile_is_kept_and_nothing_is_asked_again() -> None:
    shop = world()
    shop.races.append(lambda one: one.changed(NOW, payout_cents=7))
    enriched(shop, DETAIL)
    assert (shop.stored.payout_cents, shop.stored.version) == (7, 3)
    assert len(shop.api.asked) == 1


def test_another_version_or_lead_is_not_asked_about() -> None:
    shop = world()
    wish = Enrichment(endpoints=[DETAIL])
    with pytest.raises(PreconditionFailed):
        shop.enrich(ADMIN, shop.lead.id, wish, stale)
    with pytest.raises(NotFound):
        shop.enrich(ADMIN, lead(9).id, wish, any_version)
    assert not shop.api.asked


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"endpoints": []}, "endpoints"),
        ({"endpoints": ["avm", "avm"]}, "endpoints"),
        ({"endpoints": ["zillow"]}, "endpoints.0"),
        ({}, "endpoints"),
        ({"endpoints": ["avm"], "mode": "clear"}, "mode"),
    ],
)
def test_a_wish_names_endpoints_and_a_mode_that_exist(body: object, path: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        validated(Enrichment, body)
    assert list(refused.value.errors) == [path]
