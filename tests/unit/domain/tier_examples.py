"""Return tiers for tests; bounds, discounts and penalties are texts of percentages."""

from dataclasses import replace
from decimal import Decimal

from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import ReturnTierId
from leadflow.domain.return_tiers import ReturnTier, TierLadder
from tests.unit.domain.bidding_examples import NOW


def tier(number: int, lower: str = "0", upper: str = "100", **changes: object) -> ReturnTier:
    """A tier between two bounds, in percent."""
    percentages = {
        name: Decimal(str(value)) for name, value in changes.items() if name.endswith("_percentage")
    }
    base = ReturnTier(
        id=ReturnTierId(f"tier_{number:026d}"),
        name=f"Tier {number}",
        lower_percentage=Decimal(lower),
        upper_percentage=Decimal(upper),
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update={**changes, **percentages})


def ladder(*tiers: ReturnTier, enabled: bool = True) -> TierLadder:
    """A tenant's tiers, which act."""
    return TierLadder(tiers, enabled)


def with_tiers(
    configuration: Configuration, *tiers: ReturnTier, enabled: bool = True
) -> Configuration:
    """A configuration with those tiers alone."""
    settings = configuration.settings.model_copy(update={"return_tiers_enabled": enabled})
    return replace(configuration, settings=settings, return_tiers={one.id: one for one in tiers})
