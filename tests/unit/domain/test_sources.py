"""What sources are told and owed."""

from decimal import Decimal

import pytest

from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.sources import DEFAULT_STATUS_RESPONSES, PriceRow, PricingType, Result, Source
from tests.builders import TYPE_ID, source

OTHER_TYPE = LeadTypeId("type_other")


def priced(kind: PricingType, type_id: LeadTypeId = TYPE_ID) -> Source:
    row = PriceRow(lead_type_id=type_id, pricing_type=kind, price_cents=900)
    return source(pricing=(row,), payout_percentage=Decimal("33.33"))


def test_by_default_every_status_has_its_result() -> None:
    results = {status: source().result(status) for status in LeadStatus}
    rejected = {status for status, result in results.items() if result is Result.REJECTED}
    assert rejected == {
        LeadStatus.AUDIT,
        LeadStatus.UNASSIGNED,
        LeadStatus.UNCATEGORIZED,
        LeadStatus.DISTRIBUTION_ERROR,
    }
    assert results[LeadStatus.DUPLICATE] is Result.DUPLICATE
    assert list(results.values()).count(Result.SUCCESS) == 7


def test_a_source_may_answer_otherwise() -> None:
    changed = {**DEFAULT_STATUS_RESPONSES, LeadStatus.AUDIT: Result.SUCCESS}
    assert source(status_responses=changed).result(LeadStatus.AUDIT) is Result.SUCCESS


@pytest.mark.parametrize(
    ("percentage", "charged_cents", "owed_cents"),
    [("100", 4_500, 4_500), ("0", 4_500, 0), ("33.33", 100, 33), ("50", 1, 1), ("50", 3, 2)],
)
def test_a_source_is_owed_its_share_rounded_half_up(
    percentage: str, charged_cents: int, owed_cents: int
) -> None:
    owed = source(payout_percentage=Decimal(percentage)).payout_cents(TYPE_ID, charged_cents)
    assert owed == owed_cents


def test_a_fixed_price_is_owed_whatever_the_buyer_pays() -> None:
    assert priced(PricingType.FIXED).payout_cents(TYPE_ID, 100) == 900


def test_a_price_of_another_type_or_a_fallback_leaves_the_share() -> None:
    assert priced(PricingType.FIXED, OTHER_TYPE).payout_cents(TYPE_ID, 100) == 33
    assert priced(PricingType.FALLBACK).payout_cents(TYPE_ID, 100) == 33
