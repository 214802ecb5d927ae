"""What the tasks of an export hand on: ids in the workflow, everything else in files.

A step writes its part and then a mark under names of their own, and only the mark that it hands on
counts. So a step that is repeated, or goes on behind its back, spoils nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from leadflow.application.job_ports import Files, job_folder
from leadflow.application.lead_export_tables import ExportTable
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.model import Frozen


class ExportState(StrEnum):
    """What the workflow does next."""

    WRITING = "writing"
    WRITTEN = "written"
    ENDED = "ended"


@dataclass(frozen=True)
class ExportStep:
    """Where the workflow of an export stands; `mark` names the newest mark, if there is one."""

    tenant_id: TenantId
    job_id: JobId
    mark: str | None = None
    state: ExportState = ExportState.WRITING


class ExportMark(Frozen):
    """How far an export is: its parts in order, their rows, and where in the list it goes on.

    A position may tell of a lead's name, so it never enters the workflow.
    """

    table: ExportTable
    parts: tuple[str, ...] = ()
    rows: int = 0
    position: str | None = None


def part_key(step: ExportStep, part: str) -> str:
    """Where the rows of a part lie."""
    return f"{job_folder(step.tenant_id, step.job_id)}parts/{part}.csv"


def mark_key(step: ExportStep, mark: str) -> str:
    """Where a mark lies."""
    return f"{job_folder(step.tenant_id, step.job_id)}marks/{mark}.json"


def read_mark(files: Files, step: ExportStep) -> ExportMark | None:
    """The mark that a step begins with; None for the first one."""
    if step.mark is None:
        return None
    return ExportMark.model_validate_json(files.read(mark_key(step, step.mark)))
