"""The actions on demands, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.browse_demands import BrowseDemands
    from leadflow.application.cancel_demand import CancelDemand
    from leadflow.application.close_demands import CloseDemands
    from leadflow.application.demand_desk import DemandDesk
    from leadflow.application.offer_acceptance import OfferAcceptance
    from leadflow.application.offer_on_demand import OfferOnDemand


@cache
def demand_desk() -> DemandDesk:
    """What every action on a demand needs."""
    from leadflow.application.demand_desk import DemandDesk

    return DemandDesk(
        configuration=container.configuration(),
        demands=container.demands(),
        customers=container.customer_store(),
        clock=container.clock(),
    )


@cache
def offer_acceptance() -> OfferAcceptance:
    """The sale of an offered lead."""
    from leadflow.application.offer_acceptance import OfferAcceptance
    from leadflow.application.threshold import Threshold

    return OfferAcceptance(
        desk=demand_desk(),
        formats=container.formats(),
        ids=container.ids(),
        threshold=Threshold(container.plan_usage()),
    )


@cache
def offer_on_demand() -> OfferOnDemand:
    """The action behind `POST /demands/{id}/offers`."""
    from leadflow.application.offer_on_demand import OfferOnDemand

    return OfferOnDemand(
        desk=demand_desk(), acceptance=offer_acceptance(), rates=container.request_rates()
    )


@cache
def browse_demands() -> BrowseDemands:
    """The actions behind the lists of demands and offers."""
    from leadflow.application.browse_demands import BrowseDemands

    return BrowseDemands(
        desk=demand_desk(),
        lists=container.demand_lists(),
        customers=container.customer_store(),
    )


@cache
def cancel_demand() -> CancelDemand:
    """The action behind `DELETE /demands/{id}`."""
    from leadflow.application.cancel_demand import CancelDemand

    return CancelDemand(desk=demand_desk())


@cache
def close_demands() -> CloseDemands:
    """The settling of due demands."""
    from leadflow.application.close_demands import CloseDemands

    return CloseDemands(
        desk=demand_desk(), acceptance=offer_acceptance(), demands=container.demands()
    )
