"""The actions of imports, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container, job_actions

if TYPE_CHECKING:
    from leadflow.application.finish_lead_import import FinishLeadImport
    from leadflow.application.import_batch import ImportBatch
    from leadflow.application.import_leads import ImportLeads
    from leadflow.application.lead_import_steps import ImportFiles
    from leadflow.application.split_lead_import import SplitLeadImport
    from leadflow.application.start_lead_import import StartLeadImport


@cache
def import_leads() -> ImportLeads:
    """The action behind `POST /customers/{id}/lead-imports`."""
    from leadflow.application.import_leads import ImportLeads

    return ImportLeads(
        configuration=container.configuration(),
        customers=container.customer_store(),
        imports=container.imports(),
        uploads=container.uploads(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def start_lead_import() -> StartLeadImport:
    """The action behind `POST /lead-imports/{id}/start`."""
    from leadflow.application.start_lead_import import StartLeadImport

    return StartLeadImport(
        configuration=container.configuration(),
        customers=container.customer_store(),
        imports=container.imports(),
        uploads=container.uploads(),
        jobs=container.jobs(),
        orders=job_actions.job_orders(),
        clock=container.clock(),
    )


@cache
def split_lead_import() -> SplitLeadImport:
    """The task that reads the whole file."""
    from leadflow.application.split_lead_import import SplitLeadImport

    return SplitLeadImport(
        imports=container.imports(),
        uploads=container.uploads(),
        jobs=container.jobs(),
        files=_files(),
        clock=container.clock(),
    )


@cache
def import_batch() -> ImportBatch:
    """The task that makes demands of rows."""
    from leadflow.application.import_batch import ImportBatch

    return ImportBatch(
        configuration=container.configuration(),
        formats=container.formats(),
        imports=container.imports(),
        uploads=container.uploads(),
        demands=container.demand_blocks(),
        jobs=container.jobs(),
        files=_files(),
        clock=container.clock(),
    )


@cache
def finish_lead_import() -> FinishLeadImport:
    """The task that ends the job."""
    from leadflow.application.finish_lead_import import FinishLeadImport

    return FinishLeadImport(jobs=container.jobs(), files=_files(), clock=container.clock())


def _files() -> ImportFiles:
    from leadflow.application.lead_import_steps import ImportFiles

    return ImportFiles(files=container.files())
