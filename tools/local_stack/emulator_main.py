"""Start MiniStack, corrected where it differs from AWS in ways that Leadflow feels.

Runs in the emulator's own environment (`.venvs/stack`), so it imports nothing of this project.
MiniStack is pinned to one version; `correct` refuses one that it does not fit.

1. A Python function's exception reaches its caller under its own name, as on AWS. MiniStack calls
   every one `Runtime.HandlerError`, and no `Retry` or `Catch` by name would ever match.
2. An exception does not end the function's process: AWS uses the environment again.
3. The API hides what a function raised, as on AWS: `Internal server error`, and no stack trace.
4. Code and layers are unpacked once, not once for each process: a cold start takes half the time.
5. A function that logs nothing answers at once, not after waiting 50 ms for a log line.
6. Only as many cold starts run at once as there are processors. AWS starts one for each request of
   a burst; on one machine they would slow each other down until all time out. A request that waits
   takes what is free first: a started process, or the next cold start.
7. A batch of a table's stream that is handled in part comes again. MiniStack passes by the part of
   which the function says that it failed.
8. What tables' streams hold survives an orderly stop, like the tables. MiniStack saves how far each
   function has read and forgets what there was to read, so it would hear of nothing any more.
"""

import contextlib
import copy
import hashlib
import importlib
import os
import runpy
import tempfile
import threading
import time
import types
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ParamSpec, TypedDict, cast

Arguments = ParamSpec("Arguments")


Acquire = Callable[..., tuple[object, str]]
# MiniStack's reading of a function's HTTP answer: the answer, or what went wrong.
Interpreted = tuple[object, str | None]


class Raised(TypedDict):
    """What AWS answers for a function that raised."""

    errorType: str
    errorMessage: str
    stackTrace: list[str]


class Result(TypedDict, total=False):
    """MiniStack's record of one invocation."""

    body: object
    log: str
    error: bool
    function_error: str


# For the first line of a log, for a further one, and in all.
LOG_WAITS_SECONDS = (0.002, 0.002, 0.25)
# How long a request waits for a busy process before it starts another, and how often it looks.
PATIENCE_SECONDS = 0.2
POLL_SECONDS = 0.02
REUSED = "reused"
STREAM = "aws:dynamodb"
STREAMS_KEPT = ("_stream_records", "_stream_trimmed")
"""MiniStack's own names of what is in the streams, and of how much has left them."""

ERROR_MEMBER = "leadflow:raised"
RAISED = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
REPORTED = f"""{{"status": "ok", "result": {{"{ERROR_MEMBER}": {{
                "errorType": type(e).__name__,
                "errorMessage": str(e),
                "stackTrace": traceback.format_exc().splitlines(),
            }}}}}}"""


class SharedZipFile(zipfile.ZipFile):
    """An archive that is unpacked once for all who unpack the same bytes."""

    _lock = threading.Lock()
    _unpacked: dict[str, Path] = {}  # noqa: RUF012 - shared by all archives on purpose

    def extractall(
        self,
        path: object = None,
        members: Iterable[str | zipfile.ZipInfo] | None = None,
        pwd: bytes | None = None,
    ) -> None:
        """Make `path`, an empty directory, a link to the unpacked contents."""
        target = Path(str(path))
        with self._lock:
            contents = self._contents()
        target.rmdir()
        target.symlink_to(contents, target_is_directory=True)

    def _contents(self) -> Path:
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        if digest not in self._unpacked:
            directory = Path(tempfile.mkdtemp(prefix="unpacked-"))
            super().extractall(directory)
            self._unpacked[digest] = directory
        return self._unpacked[digest]


def as_failure(result: Result) -> Result:
    """The emulator's form of a failed invocation, if the function raised."""
    body = result.get("body")
    if not isinstance(body, dict) or ERROR_MEMBER not in body:
        return result
    raised = cast("Raised", body[ERROR_MEMBER])
    log = "\n".join((result.get("log", ""), *raised["stackTrace"]))
    return {"body": raised, "error": True, "function_error": "Unhandled", "log": log}


def naming_errors(execute: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """MiniStack's execution of a function, with the names of exceptions kept."""

    def execute_and_name(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return as_failure(execute(*args, **kwargs))

    return execute_and_name


def as_failed_batch(event: object, result: Result) -> Result:
    """A failed invocation, if a part of a stream's batch failed: all of the batch comes again."""
    records = event.get("Records", []) if isinstance(event, dict) else []
    is_of_stream = any(one.get("eventSource") == STREAM for one in records)
    body = result.get("body")
    if is_of_stream and isinstance(body, dict) and body.get("batchItemFailures"):
        return result | {"error": True, "function_error": "Unhandled"}
    return result


def keeping_batches(execute: Callable[..., Result]) -> Callable[..., Result]:
    """MiniStack's execution of a function, with what failed of a stream's batch kept."""

    def execute_and_keep(func: object, event: object, *args: object) -> Result:
        return as_failed_batch(event, execute(func, event, *args))

    return execute_and_keep


def keep_streams(tables: types.ModuleType) -> None:
    """Have MiniStack's tables save and load their streams with everything else."""
    save, load = tables.get_state, tables.load_persisted_state

    def get_state() -> dict[str, object]:
        kept = {name: copy.deepcopy(vars(tables)[name]) for name in STREAMS_KEPT}
        return {**save(), **kept}

    def load_persisted_state(data: dict[str, object] | None) -> None:
        load(data)
        for name in STREAMS_KEPT:
            vars(tables)[name].update((data or {}).get(name, {}))

    vars(tables).update(get_state=get_state, load_persisted_state=load_persisted_state)


def hiding_errors(interpret: Callable[Arguments, Interpreted]) -> Callable[Arguments, Interpreted]:
    """MiniStack's reading of a function's HTTP answer, saying nothing about what was raised."""

    def interpret_and_hide(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Interpreted:
        answer, failure = interpret(*args, **kwargs)
        return answer, "Internal server error" if failure else failure

    return interpret_and_hide


class WorkersInTurn:
    """MiniStack's choice of a process for a request, with a bounded number of cold starts.

    `acquire`, `release` and `start` are MiniStack's own; `turns` is how many may start at once.
    """

    def __init__(
        self,
        acquire: Acquire,
        release: Callable[[object], None],
        start: Callable[[object], None],
        turns: int,
    ) -> None:
        self._acquire, self._release, self._start = acquire, release, start
        self._turns = threading.Semaphore(turns)
        self._freed = threading.Condition()

    def acquire(self, *args: object, **kwargs: object) -> tuple[object, str]:
        """A free process if one gets free soon, else a new one when its turn comes."""
        worker, origin = self._started(*args, **kwargs)
        while worker is None and not self._turns.acquire(timeout=POLL_SECONDS):
            worker, origin = self._started(*args, **kwargs)
        if worker is None:
            try:
                worker, origin = self._acquire(*args, **kwargs)
                self._start_quietly(worker)
            finally:
                self._turns.release()
        elif origin != REUSED:
            with self._turns:
                self._start_quietly(worker)
        return worker, origin

    def release(self, worker: object) -> None:
        """Give a process back, and tell those who wait for one."""
        self._release(worker)
        with self._freed:
            self._freed.notify()

    def _started(self, *args: object, **kwargs: object) -> tuple[object, str]:
        """A free process, or the function's first one; None if all stay busy for a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            worker, origin = self._acquire(*args, **kwargs, max_concurrency=1)
            if worker is not None or time.monotonic() >= deadline:
                return worker, origin
            with self._freed:
                self._freed.wait(POLL_SECONDS)

    def _start_quietly(self, worker: object) -> None:
        with contextlib.suppress(Exception):  # the invocation tries again, and reports it
            self._start(worker)


def correct(
    runtime: types.ModuleType, service: types.ModuleType, gateway: types.ModuleType
) -> None:
    """Apply the corrections to MiniStack's modules. RuntimeError: they do not fit."""
    script = runtime._PYTHON_WORKER_SCRIPT
    if RAISED not in script:
        raise RuntimeError("this version of MiniStack is not the pinned one: run `make setup`")
    runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS_SECONDS
    vars(gateway).update(_lambda_proxy_response=hiding_errors(gateway._lambda_proxy_response))
    workers = WorkersInTurn(
        service.acquire_worker,
        service.release_worker,
        runtime.ensure_spawned,
        os.cpu_count() or 1,
    )
    vars(service).update(acquire_worker=workers.acquire, release_worker=workers.release)
    archives = types.SimpleNamespace(**vars(zipfile) | {"ZipFile": SharedZipFile})
    vars(runtime).update(_PYTHON_WORKER_SCRIPT=script.replace(RAISED, REPORTED, 1))
    vars(runtime).update(zipfile=archives)
    execute = keeping_batches(naming_errors(service._execute_function_warm))
    vars(service).update(_execute_function_warm=execute)


def main() -> None:
    """Run the emulator as its environment variables say, until it is told to stop."""
    emulator = importlib.import_module("ministack.app")
    runtime = importlib.import_module("ministack.core.lambda_runtime")
    service = importlib.import_module("ministack.services.lambda_svc")
    gateway = importlib.import_module("ministack.services.apigateway_v1")
    correct(runtime, service, gateway)
    keep_streams(importlib.import_module("ministack.services.dynamodb"))
    runpy.run_path(str(Path(__file__).with_name("emulator_grants.py")))["note_grants"]()
    emulator.main()


if __name__ == "__main__":
    main()
