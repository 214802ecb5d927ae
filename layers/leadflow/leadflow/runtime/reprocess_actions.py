"""The actions that distribute stored leads again, each with the adapters behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import actions, container, lead_actions

if TYPE_CHECKING:
    from leadflow.application.preview_reprocess import PreviewReprocess
    from leadflow.application.reprocess_lead import ReprocessLead


@cache
def reprocess_lead() -> ReprocessLead:
    """The action behind `POST /leads/{id}/reprocess`."""
    from leadflow.application.reprocess_lead import ReprocessLead

    return ReprocessLead(desk=lead_actions.lead_desk(), opening=lead_actions.flow_opening())


@cache
def preview_reprocess() -> PreviewReprocess:
    """The action behind `POST /leads/reprocess` until it is confirmed."""
    from leadflow.application.preview_reprocess import PreviewReprocess

    return PreviewReprocess(
        configuration=container.configuration(),
        lists=container.lead_lists(),
        list_leads=actions.list_leads(),
    )
