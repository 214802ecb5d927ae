"""Prices, criteria, ranks and statuses of offers (14.2)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import (
    CriteriaNotMet,
    OfferStatus,
    check_criteria,
    check_price,
    offered_lead_id,
)
from leadflow.domain.demands import DemandStatus
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.fields import Field, FieldType, basic_fields
from leadflow.domain.values import NormalValue
from tests.fakes.plain_formats import PlainFormats
from tests.unit.domain.bidding_examples import NOW
from tests.unit.domain.demand_examples import demand, offer

BEDS = Field(title="beds", type=FieldType.NUMERIC, deliverable=True)
FIELDS = (*basic_fields(), BEDS)
WANTED = demand(values={"first_name": "Ada", "zip": "78701", "city": " Round  Rock ", "beds": 3.0})


def unmet(**normal: NormalValue) -> str:
    with pytest.raises(CriteriaNotMet) as refused:
        check_criteria(WANTED, normal, FIELDS, PlainFormats())
    assert refused.value.code == "criteria_not_met"
    return ",".join(refused.value.errors)


@pytest.mark.parametrize("cents", [0, -1])
def test_a_price_is_above_0(cents: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_price(cents, demand())
    assert list(refused.value.errors) == ["price_cents"]


def test_no_offer_is_above_the_ceiling() -> None:
    check_price(2_500, demand())
    with pytest.raises(Unprocessable, match="2500") as refused:
        check_price(2_501, demand())
    assert refused.value.code == "offer_above_ceiling"


def test_criteria_are_compared_in_normal_form() -> None:
    normal: dict[str, NormalValue] = {"zip": "78701", "city": "round rock", "beds": Decimal(3)}
    check_criteria(WANTED, {**normal, "first_name": "bob"}, FIELDS, PlainFormats())


def test_every_criterion_that_is_not_met_is_named() -> None:
    assert unmet(zip="78701", city="austin") == "lead.city,lead.beds"


def test_a_criterion_whose_field_is_gone_is_met_by_nothing() -> None:
    normal: dict[str, NormalValue] = {"zip": "78701", "city": "round rock", "beds": Decimal(3)}
    with pytest.raises(CriteriaNotMet, match="beds"):
        check_criteria(WANTED, normal, basic_fields(), PlainFormats())


def test_the_lowest_price_comes_first_then_the_earlier_offer() -> None:
    cheap = offer(1, cents=950, received_at=NOW + timedelta(minutes=60))
    early = offer(2, cents=950, received_at=NOW + timedelta(minutes=40))
    dear, dearest = offer(3, cents=1_200), offer(4, cents=10_000)
    ranked = sorted([dearest, cheap, dear, early], key=lambda one: one.rank)
    assert ranked == [early, cheap, dear, dearest]


def test_an_offer_that_waits_is_lost_with_the_end_of_its_demand() -> None:
    waiting = offer().pending()
    assert waiting.status_in(DemandStatus.OPEN) is OfferStatus.PENDING
    for ended in (DemandStatus.FILLED, DemandStatus.CANCELLED, DemandStatus.UNFILLED):
        assert waiting.status_in(ended) is OfferStatus.LOST
    assert waiting.accepted().status_in(DemandStatus.FILLED) is OfferStatus.ACCEPTED


def test_a_decided_offer_keeps_nothing_of_its_lead() -> None:
    accepted, refused = offer().accepted(), offer().refused(Outcome.DUPLICATE)
    assert (accepted.lead, refused.lead) == (None, None)
    assert (accepted.lead_id, refused.lead_id) == (offered_lead_id(offer().id), None)
    assert (accepted.reason, refused.reason) == (None, Outcome.DUPLICATE)
