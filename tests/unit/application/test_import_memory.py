"""However many rows there are, an import holds as many of them as one batch."""

import tracemalloc
from pathlib import Path

import pytest

from leadflow.adapters import files
from leadflow.application import import_tables, split_lead_import
from tests.fakes.endless_rows import EndlessRows, ForgottenDemands, row
from tests.fakes.folder_files import FolderFiles
from tests.unit.application.import_world import ADMIN, ImportWorld, result

FEW, MANY = 500, 5_000
GROWTH_MAX = 1.5
"""Ten times as many rows; the list of batches and what was counted of them is held, no row is."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Batches of a hundred rows; of a file no more than that is looked at or held back."""
    monkeypatch.setattr(files, "PART_BYTES_MIN", 4 * 1024)
    monkeypatch.setattr(import_tables, "HEAD_BYTES", 4 * 1024)
    monkeypatch.setattr(split_lead_import, "BATCH_ROWS", 100)
    return tmp_path


def peak_bytes(rows: int, folder: Path) -> int:
    """The most memory that an import of so many rows takes."""
    world = ImportWorld(
        uploads=EndlessRows(rows), demands=ForgottenDemands(), files=FolderFiles(folder)
    )
    job = world.start(ADMIN, world.prepare().lead_import.id)
    tracemalloc.start()
    try:
        done = world.run(job)
        assert (result(done)["created"], result(done)["rejected"]) == (
            rows * 99 // 100,
            rows // 100,
        )
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_rows(folder: Path) -> None:
    peak_bytes(FEW, folder)
    few, many = peak_bytes(FEW, folder), peak_bytes(MANY, folder)
    assert many < few * GROWTH_MAX


@pytest.mark.parametrize(("start", "end"), [(0, 5), (0, 400), (16, 60), (50, 51), (47, 95)])
def test_rows_that_are_made_when_read_are_those_of_a_file(start: int, end: int) -> None:
    whole = b"ZIP,Note,E-mail\n" + b"".join(row(number) for number in range(1, 8))
    assert EndlessRows(7).part("", "", start, end) == whole[start:end]
    assert b"".join(EndlessRows(7).chunks("", "", start)) == whole[start:]
