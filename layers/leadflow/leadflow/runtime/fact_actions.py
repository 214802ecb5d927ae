"""The actions around facts, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.publish_facts import PublishFacts
    from leadflow.application.tell_statistics import TellStatistics


@cache
def publish_facts() -> PublishFacts:
    """What makes facts of the tables' streams."""
    from leadflow.application.publish_facts import PublishFacts

    return PublishFacts(
        changes=container.changes(),
        bus=container.bus(),
        unread=container.unread_records(),
        lines=container.stats(),
    )


@cache
def tell_statistics() -> TellStatistics:
    """What tells statistics by state and lead type."""
    from leadflow.application.tell_statistics import TellStatistics

    return TellStatistics(
        configuration=container.configuration(),
        lines=container.stats(),
        periods=container.stats(),
        bids=container.bid_store(),
        customers=container.customers(),
        bus=container.bus(),
        clock=container.clock(),
    )
