"""Processes that are ours: started apart from the terminal, known again later, ended in order.

A process id alone is not proof: ids are used again. So the moment that a process started is kept
beside its id, and nothing is ever signalled whose start differs.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
START_TIME_FIELD = 19  # of /proc/<pid>/stat, counted after the parenthesised command
STATE_FIELD = 0


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, and no later one that happens to get the same id."""

    pid: int
    started: str


def _stat(pid: int) -> list[str] | None:
    try:
        content = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return content.rpartition(")")[2].split()


def _start_by_ps(pid: int) -> str | None:
    """The start on systems without /proc, to the second."""
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    state, _, started = output.partition(" ")
    return None if not output or state.startswith("Z") else started.strip()


def started_at(pid: int) -> str | None:
    """An opaque mark of when a process started; None when it is not alive (or only a zombie)."""
    if not Path("/proc/self/stat").exists():
        return _start_by_ps(pid)
    fields = _stat(pid)
    if fields is None or fields[STATE_FIELD] in ("Z", "X"):
        return None
    return fields[START_TIME_FIELD]


def identify(pid: int) -> ProcessIdentity | None:
    started = started_at(pid)
    return None if started is None else ProcessIdentity(pid, started)


def is_alive(process: ProcessIdentity) -> bool:
    return started_at(process.pid) == process.started


def wait_for_end(process: ProcessIdentity, *, seconds: float) -> bool:
    """Whether the process ended within the time."""
    deadline = time.monotonic() + seconds
    while is_alive(process):
        if time.monotonic() >= deadline:
            return False
        _reap(process.pid)
        time.sleep(POLL_SECONDS)
    return True


def _reap(pid: int) -> None:
    """Collect an ended child, which would otherwise stay in the process table."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def ask_to_end(process: ProcessIdentity) -> None:
    """Send SIGTERM to the process alone, so that it can bring its work to an end."""
    if is_alive(process):
        os.kill(process.pid, signal.SIGTERM)


def kill_group(process: ProcessIdentity) -> None:
    """End the process and all that it started, at once. It must lead its own group."""
    if is_alive(process) and os.getpgid(process.pid) == process.pid:
        os.killpg(process.pid, signal.SIGKILL)


def end_orphans(group: int) -> None:
    """End what a leader left behind in its group after it ended. Call it right after that end."""
    try:
        os.killpg(group, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return


def spawn_detached(command: list[str], *, environment: dict[str, str], log: Path) -> int:
    """Start a process that outlives this one and no Ctrl-C of this terminal reaches; its id."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    child.returncode = 0  # it is waited for by its id: no "still running" warning at our exit
    return child.pid
