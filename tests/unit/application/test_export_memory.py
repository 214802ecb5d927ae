"""However many leads there are, an export holds as many of them as one part."""

import tracemalloc
from pathlib import Path

import pytest

from leadflow.adapters import files
from leadflow.application import write_exported_leads
from tests.fakes.endless_leads import EndlessLeads
from tests.fakes.folder_files import FolderFiles
from tests.unit.application.export_world import ExportWorld

FEW, MANY = 500, 5_000
GROWTH_MAX = 1.25


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Parts of two pages, and of a file no more than that held back."""
    monkeypatch.setattr(files, "PART_BYTES_MIN", 32 * 1024)
    monkeypatch.setattr(write_exported_leads, "PAGES_PER_STEP", 2)
    return tmp_path


def peak_bytes(leads: int, folder: Path) -> int:
    """The most memory that an export of so many leads takes."""
    world = ExportWorld(lists=EndlessLeads(leads), files=FolderFiles(folder))
    job = world.order()
    tracemalloc.start()
    try:
        done = world.run(job)
        assert done.progress.total == leads
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_leads(folder: Path) -> None:
    peak_bytes(FEW, folder)
    few, many = peak_bytes(FEW, folder), peak_bytes(MANY, folder)
    assert many < few * GROWTH_MAX
