"""The actions around withheld leads, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import actions, container, lead_actions

if TYPE_CHECKING:
    from leadflow.application.release_withheld_leads import ReleaseWithheldLeads
    from leadflow.application.watch_subscriptions import WatchSubscriptions


@cache
def release_withheld_leads() -> ReleaseWithheldLeads:
    """The redemption of tokens."""
    from leadflow.application.oldest_withheld import ReleaseOldest
    from leadflow.application.release_withheld_leads import ReleaseWithheldLeads

    release = ReleaseOldest(
        desk=lead_actions.lead_desk(),
        waiting=container.withheld_leads(),
        ids=container.ids(),
        distribution=container.distribution(),
        threshold=actions.threshold(),
    )
    return ReleaseWithheldLeads(
        release=release, queue=container.withheld_queue(), clock=container.clock()
    )


@cache
def watch_subscriptions() -> WatchSubscriptions:
    """What happens to subscriptions by the minute."""
    from leadflow.application.watch_subscriptions import WatchSubscriptions

    return WatchSubscriptions(
        usage=container.plan_usage(),
        waiting=container.withheld_leads(),
        queue=container.withheld_queue(),
        bus=container.bus(),
        clock=container.clock(),
    )
