"""The actions of exports, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import actions, container, job_actions

if TYPE_CHECKING:
    from leadflow.application.export_leads import ExportLeads
    from leadflow.application.finish_lead_export import FinishLeadExport
    from leadflow.application.write_exported_leads import WriteExportedLeads


@cache
def export_leads() -> ExportLeads:
    """The action behind `POST /customers/{id}/lead-exports`."""
    from leadflow.application.export_leads import ExportLeads

    return ExportLeads(
        customers=container.customer_store(),
        orders=job_actions.job_orders(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def write_exported_leads() -> WriteExportedLeads:
    """The task that writes a part."""
    from leadflow.application.write_exported_leads import WriteExportedLeads

    return WriteExportedLeads(
        configuration=container.configuration(),
        list_leads=actions.list_leads(),
        jobs=container.jobs(),
        files=container.files(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def finish_lead_export() -> FinishLeadExport:
    """The task that makes the file."""
    from leadflow.application.finish_lead_export import FinishLeadExport

    return FinishLeadExport(jobs=container.jobs(), files=container.files(), clock=container.clock())
