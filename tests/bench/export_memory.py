"""`export_memory`: the most memory that an export takes, by the number of leads.

The tasks of the workflow, one after the other in one process; leads are made when they are read,
files lie on disk, and the writer of parts is the real one.
"""

import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure
from tests.fakes.endless_leads import EndlessLeads
from tests.fakes.folder_files import FolderFiles
from tests.unit.application.export_world import ExportWorld

LEADS = (1_000, 25_000, 100_000)
MIB_MAX = 256.0
GROWTH_MAX = 1.1
"""From the middle number to the last one: less does not fill what the writer holds back."""

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Export:
    """One export: its peak of traced memory, its file, and the time that it took."""

    leads: int
    peak_bytes: int
    file_bytes: int
    seconds: float


def export_memory() -> Sequence[Figure]:
    """The peak of the largest export, and how much higher it is than that of a smaller one."""
    exports = [_export(leads) for leads in LEADS]
    _, middle, largest = exports
    details = {
        "leads": list(LEADS),
        "peak_mib": [round(one.peak_bytes / _MIB, 1) for one in exports],
        "file_mib": [round(one.file_bytes / _MIB, 1) for one in exports],
        "traced_seconds": [round(one.seconds, 1) for one in exports],
    }
    growth = largest.peak_bytes / middle.peak_bytes
    return [
        Figure("export_memory", largest.peak_bytes / _MIB, "MiB", MIB_MAX, details=details),
        Figure("export_memory.growth", growth, "x", GROWTH_MAX, details={"leads": LEADS[1:]}),
    ]


def _export(leads: int) -> Export:
    with TemporaryDirectory() as folder:
        files = FolderFiles(Path(folder))
        world = ExportWorld(lists=EndlessLeads(leads), files=files)
        job = world.order()
        started = time.process_time()
        tracemalloc.start()
        try:
            done = world.run(job)
            peak_bytes = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        seconds = time.process_time() - started
        if done.outcome is None or done.outcome.file is None or done.progress.done != leads:
            message = f"An export of {leads} leads did not succeed."
            raise RuntimeError(message)
        size = files.path(done.outcome.file).stat().st_size
        return Export(leads, peak_bytes, size, seconds)
