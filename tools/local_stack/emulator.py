"""The AWS emulator as a process: start it, find it again, tell whether it is well, stop it.

It enforces IAM, listens on the loopback interface only, and saves its state when it is stopped in
order: a hard kill loses what happened since it was started.
"""

import json
import shutil
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.local_stack import layout
from tools.local_stack.errors import StackError
from tools.local_stack.files import EmulatorRecord, read, write_atomically
from tools.local_stack.layout import Layout
from tools.local_stack.process import (
    ask_to_end,
    end_orphans,
    identify,
    is_alive,
    kill_group,
    spawn_detached,
    wait_for_end,
)

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 60.0
HUNG_STOP_SECONDS_MAX = 5.0
HEALTH_TIMEOUT_SECONDS = 3.0
HEALTH_ATTEMPTS = 3
POLL_SECONDS = 0.1
LOG_TAIL_LINES = 12
ENTRY = Path(__file__).with_name("emulator_main.py")


def endpoint(port: int) -> str:
    return f"http://{layout.HOST}:{port}"


def is_port_taken(port: int) -> bool:
    """Whether something listens on (or holds) the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((layout.HOST, port))
        except OSError:
            return True
    return False


def any_free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((layout.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def choose_port(wanted: int | None, last: int | None) -> int:
    """The port asked for, else the last one if it is free (so that URLs stay), else any.

    Raises StackError when the port asked for is taken.
    """
    if wanted is not None and is_port_taken(wanted):
        raise StackError(
            f"Port {wanted} is in use by another program.",
            "Choose another one with `make start PORT=...`, or leave PORT out to get a free one.",
        )
    if wanted is not None:
        return wanted
    return last if last is not None and not is_port_taken(last) else any_free_port()


def is_healthy(port: int) -> bool:
    """Whether the emulator answers on the port, with IAM enforced."""
    url = f"{endpoint(port)}/_ministack/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=HEALTH_TIMEOUT_SECONDS) as answer:
            return bool(json.load(answer).get("auth") == "enabled")
    except (OSError, urllib.error.URLError, ValueError, AttributeError):
        return False


def answers(port: int) -> bool:
    """As `is_healthy`, but a busy emulator gets several chances."""
    return any(is_healthy(port) for _ in range(HEALTH_ATTEMPTS))


def recorded(files: Layout) -> EmulatorRecord | None:
    return read(files.emulator_file, EmulatorRecord)


def running(files: Layout) -> EmulatorRecord | None:
    """The emulator of this directory if its process is alive, well or not."""
    record = recorded(files)
    return record if record is not None and is_alive(record.process) else None


def _environment(files: Layout, port: int) -> dict[str, str]:
    return layout.clean_environment() | {
        "AUTH": "true",
        "BIND_HOST": layout.HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": layout.REGION,
        "AWS_ACCESS_KEY_ID": layout.ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": layout.SECRET_ACCESS_KEY,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(files.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(files.objects),
        "TMPDIR": str(files.temporary),
        "LAMBDA_EXECUTOR": "local",
        # Requests that wait for a process hold a thread; their own calls to AWS need further ones.
        "MINISTACK_WORKER_THREADS": "256",
        # Listeners that would bind every interface, and a container engine that we do not want.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{files.temporary}/no-docker",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        # No daemon takes traces here: without this, every cold start imports the X-Ray SDK.
        "POWERTOOLS_TRACE_DISABLED": "1",
        "PYTHONUNBUFFERED": "1",
        "LEADFLOW_GRANTS_FILE": str(files.grants),
    }


def _prepare(files: Layout) -> None:
    shutil.rmtree(files.temporary, ignore_errors=True)
    for directory in (files.directory, files.state, files.objects, files.temporary):
        directory.mkdir(parents=True, exist_ok=True)
    files.directory.chmod(0o700)
    files.log.write_bytes(b"")


def log_tail(log: Path) -> str:
    """The last lines of a log, indented."""
    if not log.is_file():
        return ""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-LOG_TAIL_LINES:])


def _not_started(files: Layout, what: str) -> StackError:
    return StackError(
        f"The emulator {what}. The end of its log:\n{log_tail(files.log)}",
        f"The whole log is {files.log}. `make setup` renews the installation, "
        "`make reset` drops a state that it cannot read.",
    )


def _await_health(files: Layout, record: EmulatorRecord) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not is_healthy(record.port):
        if not is_alive(record.process):
            raise _not_started(files, "ended while starting")
        if time.monotonic() >= deadline:
            raise _not_started(files, f"did not answer within {START_SECONDS_MAX:.0f} s")
        time.sleep(POLL_SECONDS)


def start(files: Layout, port: int) -> EmulatorRecord:
    """Start the emulator and wait until it answers. A failed start leaves nothing running."""
    if not layout.STACK_PYTHON.exists():
        raise StackError("The emulator is not installed.", "Run `make setup` first.")
    _prepare(files)
    command = [str(layout.STACK_PYTHON), "-P", str(ENTRY)]
    pid = spawn_detached(command, environment=_environment(files, port), log=files.log)
    process = identify(pid)
    if process is None:
        raise _not_started(files, "ended at once")
    record = EmulatorRecord(pid=process.pid, started=process.started, port=port)
    try:
        write_atomically(files.emulator_file, record)
        _await_health(files, record)
    except BaseException:
        kill(files, record)
        raise
    return record


def kill(files: Layout, record: EmulatorRecord) -> None:
    """End the emulator at once, without saving its state."""
    kill_group(record.process)
    wait_for_end(record.process, seconds=STOP_SECONDS_MAX)
    files.emulator_file.unlink(missing_ok=True)


def stop(files: Layout, record: EmulatorRecord) -> None:
    """Let the emulator finish what it is doing, save its state and end.

    Raises StackError when it had to be killed, or ended without saving.
    """
    asked_at = time.time()
    seconds = STOP_SECONDS_MAX if answers(record.port) else HUNG_STOP_SECONDS_MAX
    ask_to_end(record.process)
    if not wait_for_end(record.process, seconds=seconds):
        kill(files, record)
        raise StackError(
            f"The emulator (process {record.pid}) did not end within {seconds:.0f} s and "
            "was killed: what happened since it was started is lost.",
            f"`make start` goes on from the state saved before. Its log: {files.log}",
        )
    end_orphans(record.pid)
    files.emulator_file.unlink(missing_ok=True)
    _require_saved_state(files, asked_at)


def _require_saved_state(files: Layout, asked_at: float) -> None:
    saved = files.state / "dynamodb.json"
    if saved.is_file() and saved.stat().st_mtime >= asked_at - 1:
        return
    raise StackError(
        f"The emulator ended without saving its state. The end of its log:\n{log_tail(files.log)}",
        "`make start` goes on from the state saved before, `make reset` begins anew.",
    )
