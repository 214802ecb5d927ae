"""A reprocess of many leads as its steps hand it on: ids and counts, never what is in a lead.

<job>/ids.json                     the ids that were asked for, if leads were named by id
<job>/batches/00000.json           a list of batches, which the workflow maps over
<job>/results/00000/00012.json     what was done with the leads of one batch
<job>/report/00000.csv             the same of all batches of a list, as lines of the report
<job>/report.csv                   the report
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue, TypeAdapter

from leadflow.application.job_ports import Files, job_folder
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.model import Frozen
from leadflow.domain.reprocess_results import ItemResult, Tally
from leadflow.domain.starts import Start

BATCH_LEADS = 25
"""Leads that one task handles. Their ids make an item of at most 20 kB; a map takes 256 kB."""

LIST_LEADS = 10_000
"""Leads of one list of batches: as many as a step holds in memory, and one map works off."""

LOOKS_MAX = 1_000
"""Steps in which leads are selected, so at most as many lists and ten million leads. Each list is
worth up to 22 events in the history of the workflow, which holds 25,000."""


class NextStep(StrEnum):
    """What comes next; the workflow branches on it."""

    SELECT = "select"
    REPROCESS = "reprocess"
    COLLECT = "collect"
    FINISH = "finish"
    FAIL = "fail"


class ReprocessWish(Frozen):
    """What a job was asked for; `ids_digest` stands for ids, which have a file of their own."""

    start: Start
    filter: dict[str, JsonValue] | None = None
    ids_digest: str | None = None


class Batch(Frozen):
    """Leads that one task handles, in the order of their turns; it is numbered within its list."""

    list_number: Annotated[int, Field(ge=0)]
    number: Annotated[int, Field(ge=0)]
    lead_ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=BATCH_LEADS)]

    @property
    def name(self) -> str:
        """The same whenever the batch is repeated; names sort like the batches."""
        return f"{self.list_number:05d}/{self.number:05d}"


class BulkRun(Frozen):
    """How far a job is.

    Leads are selected first, list by list: `looks` steps have made `lists` of them with `leads`
    leads, and the next one goes on at `position`. Then they are worked off: `collected` of the
    lists are, with what the `tally` says. `is_truncated`: a filter selects more than may be.
    `is_stopped`: the job was cancelled. `is_broken`: a step failed for good.
    """

    tenant_id: TenantId
    job_id: JobId
    looks: int = 0
    lists: int = 0
    leads: int = 0
    position: str | None = None
    is_selected: bool = False
    is_truncated: bool = False
    collected: int = 0
    tally: Tally = Field(default_factory=Tally)
    is_stopped: bool = False
    is_broken: bool = False

    @property
    def next_step(self) -> NextStep:
        """What comes next; behind a stop or a fault the lists that are left are only told of."""
        if not self.is_selected:
            return NextStep.SELECT
        if self.collected < self.lists:
            is_over = self.is_stopped or self.is_broken
            return NextStep.COLLECT if is_over else NextStep.REPROCESS
        return NextStep.FAIL if self.is_broken else NextStep.FINISH

    @property
    def batches_key(self) -> str:
        """The file of the list that is worked off next."""
        return list_key(self.tenant_id, self.job_id, self.collected)

    @property
    def result(self) -> dict[str, JsonValue]:
        """The `result` of the job; `truncated` only where it applies."""
        return self.tally.told | ({"truncated": True} if self.is_truncated else {})


def list_key(tenant_id: TenantId, job_id: JobId, number: int) -> str:
    """The file of a list of batches."""
    return f"{job_folder(tenant_id, job_id)}batches/{number:05d}.json"


def batched(list_number: int, lead_ids: Sequence[str]) -> list[Batch]:
    """Leads in batches, in their order."""
    starts = range(0, len(lead_ids), BATCH_LEADS)
    parts = (tuple(lead_ids[start : start + BATCH_LEADS]) for start in starts)
    return [
        Batch(list_number=list_number, number=number, lead_ids=part)
        for number, part in enumerate(parts)
    ]


_IDS = TypeAdapter(list[str])
_BATCHES = TypeAdapter(list[Batch])
_RESULTS = TypeAdapter(list[ItemResult])


@dataclass(frozen=True, kw_only=True)
class BulkFiles:
    """The files of these jobs. Each is written whole, and a step that is repeated replaces it."""

    files: Files

    def put_ids(self, tenant_id: TenantId, job_id: JobId, ids: Sequence[str]) -> None:
        """Keep the ids that were asked for."""
        self.files.put(_ids_key(tenant_id, job_id), _IDS.dump_json(list(ids)))

    def ids(self, tenant_id: TenantId, job_id: JobId) -> list[str]:
        """The ids that were asked for. Raises `NotFound`."""
        return _IDS.validate_json(self.files.read(_ids_key(tenant_id, job_id)))

    def put_list(self, run: BulkRun, lead_ids: Sequence[str]) -> None:
        """Keep the next list of batches."""
        key = list_key(run.tenant_id, run.job_id, run.lists)
        self.files.put(key, _BATCHES.dump_json(batched(run.lists, lead_ids)))

    def batches(self, run: BulkRun) -> list[Batch]:
        """The list that is worked off. Raises `NotFound`."""
        return _BATCHES.validate_json(self.files.read(run.batches_key))

    def put_results(
        self, tenant_id: TenantId, job_id: JobId, batch: Batch, results: Sequence[ItemResult]
    ) -> None:
        """Keep what was done with a batch."""
        key = _results_key(tenant_id, job_id, batch)
        self.files.put(key, _RESULTS.dump_json(list(results), exclude_none=True))

    def results(
        self, tenant_id: TenantId, job_id: JobId, batch: Batch
    ) -> Sequence[ItemResult] | None:
        """What was done with a batch; None when it did not come to its end."""
        try:
            kept = self.files.read(_results_key(tenant_id, job_id, batch))
        except NotFound:
            return None
        return _RESULTS.validate_json(kept)

    def put_lines(self, run: BulkRun, name: str, lines: bytes) -> None:
        """Keep lines of the report; names sort as the lines stand in it."""
        self.files.put(f"{_report_folder(run)}{name}.csv", lines)

    def put_report(self, run: BulkRun, head: bytes) -> str:
        """Make the report of its lines, one file of them at a time; its key."""
        key = f"{job_folder(run.tenant_id, run.job_id)}report.csv"
        with self.files.writer(key) as report:
            report.write(head)
            for part in self.files.keys(_report_folder(run)):
                report.write(self.files.read(part))
        return key


def _ids_key(tenant_id: TenantId, job_id: JobId) -> str:
    return f"{job_folder(tenant_id, job_id)}ids.json"


def _results_key(tenant_id: TenantId, job_id: JobId, batch: Batch) -> str:
    return f"{job_folder(tenant_id, job_id)}results/{batch.name}.json"


def _report_folder(run: BulkRun) -> str:
    return f"{job_folder(run.tenant_id, run.job_id)}report/"
