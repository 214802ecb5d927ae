"""The actions of erasures, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container, job_actions, lead_actions

if TYPE_CHECKING:
    from leadflow.application.erase_lead import EraseLead
    from leadflow.application.erase_lead_data import EraseLeadData


@cache
def erase_lead() -> EraseLead:
    """The action behind `POST /leads/{id}/erase`."""
    from leadflow.application.erase_lead import EraseLead

    return EraseLead(
        leads=container.leads(),
        erasures=container.erasures(),
        orders=job_actions.job_orders(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def erase_lead_data() -> EraseLeadData:
    """The task that erases."""
    from leadflow.application.erase_lead_data import EraseLeadData

    return EraseLeadData(
        jobs=container.jobs(),
        delete=lead_actions.delete_lead(),
        configuration=container.configuration(),
        lead_lists=container.lead_lists(),
        submission_lists=container.submission_lists(),
        flows=container.flows(),
        erasures=container.erasures(),
        files=container.files(),
        clock=container.clock(),
    )
