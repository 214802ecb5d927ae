"""The actions of return tiers, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container, job_actions

if TYPE_CHECKING:
    from leadflow.application.move_customers_to_tiers import MoveCustomersToTiers
    from leadflow.application.recalculate_return_tiers import RecalculateReturnTiers


@cache
def recalculate_return_tiers() -> RecalculateReturnTiers:
    """The action behind `POST /return-tiers/recalculate`."""
    from leadflow.application.recalculate_return_tiers import RecalculateReturnTiers

    return RecalculateReturnTiers(
        orders=job_actions.job_orders(), clock=container.clock(), ids=container.ids()
    )


@cache
def move_customers_to_tiers() -> MoveCustomersToTiers:
    """The task that moves customers."""
    from leadflow.application.move_customers_to_tiers import MoveCustomersToTiers

    return MoveCustomersToTiers(
        configuration=container.configuration(),
        customers=container.customer_store(),
        jobs=container.jobs(),
        clock=container.clock(),
    )
