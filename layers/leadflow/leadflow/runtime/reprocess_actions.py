"""The actions that distribute stored leads again, each with the adapters behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import actions, container, job_actions, lead_actions

if TYPE_CHECKING:
    from leadflow.application.bulk_reprocess import BulkFiles
    from leadflow.application.collect_reprocess_results import CollectReprocessResults
    from leadflow.application.finish_reprocess import FinishReprocess
    from leadflow.application.preview_reprocess import PreviewReprocess
    from leadflow.application.reprocess_batch import ReprocessBatch
    from leadflow.application.reprocess_lead import ReprocessLead
    from leadflow.application.reprocess_leads import ReprocessLeads
    from leadflow.application.select_leads_to_reprocess import SelectLeadsToReprocess


@cache
def reprocess_lead() -> ReprocessLead:
    """The action behind `POST /leads/{id}/reprocess`."""
    from leadflow.application.reprocess_lead import ReprocessLead

    return ReprocessLead(desk=lead_actions.lead_desk(), opening=lead_actions.flow_opening())


@cache
def preview_reprocess() -> PreviewReprocess:
    """The action behind `POST /leads/reprocess` before it is confirmed."""
    from leadflow.application.preview_reprocess import PreviewReprocess

    return PreviewReprocess(
        configuration=container.configuration(),
        lists=container.lead_lists(),
        list_leads=actions.list_leads(),
    )


@cache
def bulk_files() -> BulkFiles:
    """The files of reprocesses of many leads."""
    from leadflow.application.bulk_reprocess import BulkFiles

    return BulkFiles(files=container.files())


@cache
def reprocess_leads() -> ReprocessLeads:
    """The action behind `POST /leads/reprocess` once it is confirmed."""
    from leadflow.application.reprocess_leads import ReprocessLeads

    return ReprocessLeads(
        configuration=container.configuration(),
        orders=job_actions.job_orders(),
        files=bulk_files(),
        ids=container.ids(),
        clock=container.clock(),
    )


@cache
def select_leads_to_reprocess() -> SelectLeadsToReprocess:
    """The first task of such a job."""
    from leadflow.application.select_leads_to_reprocess import SelectLeadsToReprocess

    return SelectLeadsToReprocess(
        jobs=container.jobs(),
        files=bulk_files(),
        lists=container.lead_lists(),
        list_leads=actions.list_leads(),
    )


@cache
def reprocess_batch() -> ReprocessBatch:
    """The task of each batch."""
    from leadflow.application.reprocess_batch import ReprocessBatch

    return ReprocessBatch(
        jobs=container.jobs(),
        files=bulk_files(),
        leads=container.leads(),
        reprocess_lead=reprocess_lead(),
    )


@cache
def collect_reprocess_results() -> CollectReprocessResults:
    """The task behind each list of batches."""
    from leadflow.application.collect_reprocess_results import CollectReprocessResults

    return CollectReprocessResults(
        jobs=container.jobs(), files=bulk_files(), lists=container.lead_lists()
    )


@cache
def finish_reprocess() -> FinishReprocess:
    """The last task, whether all went well or not."""
    from leadflow.application.finish_reprocess import FinishReprocess

    return FinishReprocess(jobs=container.jobs(), files=bulk_files(), clock=container.clock())
