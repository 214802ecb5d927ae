"""Whether a lead may be listed (13.1): the first check that fails is the reason."""

from leadflow.domain.decisions import AttemptReason
from leadflow.domain.marketplace_entry import ListingTerms, entry
from leadflow.domain.settings import TenantSettings
from leadflow.domain.sources import PricingType
from tests.builders import lead_type, numbered, source
from tests.unit.domain.auction_examples import FALLBACK, ON_MARKETPLACE, PRICES

OPEN = TenantSettings(default_consent_name="Acme")
CLOSED = OPEN.model_copy(update={"marketplace_enabled": False})
LISTED = lead_type(marketplace=ON_MARKETPLACE)
SELLER = source(pricing=(FALLBACK,))
R = AttemptReason


def test_a_lead_that_meets_all_three_is_listed_at_the_terms_of_type_and_source() -> None:
    assert entry(OPEN, LISTED, SELLER) == ListingTerms(PRICES, FALLBACK.price_cents)


def test_the_first_switch_that_is_off_is_the_reason() -> None:
    assert entry(CLOSED, lead_type(), source()) is R.MARKETPLACE_DISABLED
    assert entry(OPEN, lead_type(), source()) is R.LEAD_TYPE_MARKETPLACE_DISABLED
    assert entry(OPEN, LISTED, source()) is R.NO_FALLBACK_PRICE


def test_parameters_alone_do_not_switch_a_type_on() -> None:
    off = ON_MARKETPLACE.model_copy(update={"enabled": False})
    found = entry(OPEN, lead_type(marketplace=off), SELLER)
    assert found is R.LEAD_TYPE_MARKETPLACE_DISABLED


def test_neither_a_fixed_price_nor_that_of_another_type_lets_it_in() -> None:
    fixed = FALLBACK.model_copy(update={"pricing_type": PricingType.FIXED})
    other = FALLBACK.model_copy(update={"lead_type_id": numbered("type", 9)})
    for row in (fixed, other):
        assert entry(OPEN, LISTED, source(pricing=(row,))) is R.NO_FALLBACK_PRICE


def test_a_fallback_price_of_nothing_is_a_price() -> None:
    free = FALLBACK.model_copy(update={"price_cents": 0})
    assert entry(OPEN, LISTED, source(pricing=(free,))) == ListingTerms(PRICES, 0)
