"""`bulk_import`: rows a second of an import, against bare writes; the most memory it takes.

Speed: the tasks of the workflow over the emulator, from reading the file to the last demand. Right
behind each group of batches its demands are written once more, as they lie in the table, by bare
`BatchWriteItem`, 25 at a time. Seconds are those of this process's CPU, in which the emulator runs
as well: the machine has other things to do.

Memory: fresh processes without the emulator, whose own memory grows with what is stored.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from leadflow.adapters.dynamodb.demand_blocks import DynamoDemandBlocks
from leadflow.adapters.dynamodb.demand_items import demand_item
from leadflow.adapters.dynamodb.imports import DynamoImports
from leadflow.adapters.dynamodb.jobs import DynamoJobs
from leadflow.adapters.files import S3Files
from leadflow.adapters.uploads import S3Uploads
from leadflow.application.import_ports import DemandBlock, upload_key
from leadflow.application.lead_import_steps import ImportStep, RowBatch
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import TenantId
from leadflow.domain.jobs import Job, JobStatus
from leadflow.runtime import container
from tests.bench.account import account
from tests.bench.figures import Figure
from tests.bench.market import REGION
from tests.builders import TENANT_ID
from tests.infrastructure.template import ROOT
from tests.integration.seeds import store_configuration, store_customer
from tests.unit.application.import_world import ADMIN, ImportWorld, configured, first_step
from tests.unit.domain.bidding_examples import customer

ROWS = 100_000
GROUP_BATCHES = 10
"""Batches that are measured together, and compared with one floor."""

MEMORY_ROWS = (10_000, 100_000)
RATE_MIN, MIB_MAX, GROWTH_MAX = 0.5, 256.0, 1.1
SECONDS_MAX = 1_800.0
"""How long one process may take."""

WRITES_MAX = 25
"""Writes of one `BatchWriteItem`."""

_MIB = 1024 * 1024
_BUCKET, _TABLE = "files", "MarketplaceTable"
_CHILD = Path(__file__).with_name("bulk_import_child.py")
_COLUMNS = {
    "First": "first_name",
    "Last": "last_name",
    "E-mail": "email",
    "Phone": "phone",
    "Street": "address_1",
    "City": "city",
    "State": "state",
    "ZIP": "zip",
}
_PLACES = (("Atlanta", "GA", "30303"), ("Austin", "TX", "78701"), ("Phoenix", "AZ", "85001"))


@dataclass(frozen=True)
class Pair:
    """CPU seconds of some batches and of the bare writes of their demands."""

    rows: int
    imported: float
    written: float


class Overheard(DynamoDemandBlocks):
    """The real writer, which keeps what it was given last."""

    def __init__(self) -> None:
        self.given: list[Demand] = []

    def put_block(self, tenant_id: TenantId, block: DemandBlock, demands: Sequence[Demand]) -> None:
        """Store them."""
        super().put_block(tenant_id, block, demands)
        self.given.extend(demands)


def bulk_import() -> Sequence[Figure]:
    """How fast an import is beside bare writes, and how much memory it takes."""
    pairs, split_seconds = _pairs()
    split_share = split_seconds / ROWS
    ratios = [one.written / (one.imported + split_share * one.rows) for one in pairs]
    details = {
        "rows": ROWS,
        "pairs": len(pairs),
        "rows_per_second": round(ROWS / (split_seconds + sum(one.imported for one in pairs))),
        "bare_rows_per_second": round(ROWS / sum(one.written for one in pairs)),
        "split_seconds": round(split_seconds, 2),
    }
    few, many = (_peak_bytes(rows) for rows in MEMORY_ROWS)
    memory = {"rows": list(MEMORY_ROWS), "peak_mib": [round(one / _MIB, 1) for one in (few, many)]}
    ratio = statistics.median(ratios)
    return [
        Figure("bulk_import", ratio, "x", RATE_MIN, at_most=False, details=details),
        Figure("bulk_import.memory", many / _MIB, "MiB", MIB_MAX, details=memory),
        Figure("bulk_import.growth", many / few, "x", GROWTH_MAX, details=memory),
    ]


def _pairs() -> tuple[Sequence[Pair], float]:
    """All pairs of one import, and the seconds in which its file was read."""
    with account():
        writer = Overheard()
        world = _world(writer)
        step = first_step(_job(world))
        started = time.process_time()
        world.split(step)
        seconds = time.process_time() - started
        pairs = [_pair(world, writer, step, group) for group in _groups(world.batches(step))]
        world.finish(step)
        done = container.jobs().get(TENANT_ID, step.job_id)
        if done is None or done.status is not JobStatus.SUCCEEDED or done.progress.failed:
            message = f"The import did not succeed: {done}."
            raise RuntimeError(message)
        return pairs, seconds


def _world(writer: Overheard) -> ImportWorld:
    """The actions over the emulator."""
    container.tables_named()
    boto3.client("s3", region_name=REGION).create_bucket(Bucket=_BUCKET)
    store_configuration(configured())
    store_customer(customer(1))
    adapters: dict[str, Any] = {
        "configured": container.configuration(),
        "imports": DynamoImports(),
        "uploads": S3Uploads(_BUCKET),
        "demands": writer,
        "jobs": DynamoJobs(),
        "files": S3Files(_BUCKET),
        "clock": container.clock(),
        "ids": container.ids(),
    }
    return ImportWorld(**adapters)


def _job(world: ImportWorld) -> Job:
    prepared = world.prepare(mapping=_COLUMNS)
    key = upload_key(TENANT_ID, prepared.lead_import.id)
    boto3.client("s3", region_name=REGION).put_object(Bucket=_BUCKET, Key=key, Body=_file())
    return world.start(ADMIN, prepared.lead_import.id)


def _file() -> bytes:
    lines = [",".join(_COLUMNS)]
    for number in range(ROWS):
        city, state, zip_code = _PLACES[number % len(_PLACES)]
        phone = f"404-{200 + number // 10_000}-{number % 10_000:04d}"
        lines.append(
            f"Ada,Byron {number},ada.{number}@example.com,{phone},"
            f'"{number} Main St, Apt 2",{city},{state},{zip_code}'
        )
    return "\n".join(lines).encode()


def _groups(batches: Sequence[RowBatch]) -> Iterator[Sequence[RowBatch]]:
    left = iter(batches)
    while group := list(islice(left, GROUP_BATCHES)):
        yield group


def _pair(
    world: ImportWorld, writer: Overheard, step: ImportStep, batches: Sequence[RowBatch]
) -> Pair:
    """Import a group, and write the same demands once more."""
    writer.given.clear()
    started = time.process_time()
    rows = sum(world.batch(step, batch) for batch in batches)
    imported = time.process_time() - started
    _forget()
    items = [demand_item(TENANT_ID, one).serialize() for one in writer.given]
    client = boto3.client("dynamodb", region_name=REGION)
    started = time.process_time()
    for first in range(0, len(items), WRITES_MAX):
        puts: list[Any] = [
            {"PutRequest": {"Item": item}} for item in items[first : first + WRITES_MAX]
        ]
        client.batch_write_item(RequestItems={_TABLE: puts})
    written = time.process_time() - started
    _forget()
    return Pair(rows, imported, written)


def _forget() -> None:
    """Empty the table: its size is not what is measured."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[_TABLE].items.clear()


def _peak_bytes(rows: int) -> int:
    """The most memory that a fresh process took to import so many rows."""
    with TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 # this interpreter on files of this repository
            [sys.executable, str(_CHILD), str(rows), folder],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'layers/leadflow'}:{ROOT}"},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    if done.returncode:
        message = f"An import of {rows} rows broke off: {done.stderr[-2_000:]}"
        raise RuntimeError(message)
    return int(done.stdout.splitlines()[-1])
