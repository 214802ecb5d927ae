"""Import so many rows in this fresh process, and say how much memory it took (bytes).

The tasks of the workflow, one after the other; rows are made when they are read, files lie on
disk, demands are forgotten. Arguments: the number of rows, and a folder.
"""

import resource
import sys
from pathlib import Path

from tests.fakes.endless_rows import EndlessRows, ForgottenDemands
from tests.fakes.folder_files import FolderFiles
from tests.unit.application.import_world import ADMIN, ImportWorld

_STATUS = Path("/proc/self/status")


def main(rows: int, folder: Path) -> None:
    """Import, and print the peak of what the process held."""
    demands = ForgottenDemands()
    world = ImportWorld(uploads=EndlessRows(rows), demands=demands, files=FolderFiles(folder))
    done = world.run(world.start(ADMIN, world.prepare().lead_import.id))
    if done.progress.done != rows or demands.count + done.progress.failed != rows:
        message = f"An import of {rows} rows did not succeed: {done.progress}."
        raise RuntimeError(message)
    print(_peak_bytes())


def _peak_bytes() -> int:
    """The peak of this process; `getrusage` tells that of its parent as well, where it began."""
    if not _STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [line] = [one for one in _STATUS.read_text().splitlines() if one.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
