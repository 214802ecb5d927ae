"""Bring a local stack up, up to date, down, and away.

One directory is one stack; one command at a time works on it. Whatever fails, or is interrupted,
ends the emulator that it started, and the state on disk stays what it was before.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from tools.local_stack import deployment, emulator, layout, sam, sources
from tools.local_stack.deployment import Tenant
from tools.local_stack.errors import StackError
from tools.local_stack.files import EmulatorRecord, StackInfo, read, write_atomically
from tools.local_stack.layout import Layout
from tools.local_stack.progress import Progress

FIRST_TENANT = "Local"


@contextmanager
def _exclusive(files: Layout) -> Iterator[None]:
    """One command at a time. Raises StackError when another one is at work."""
    files.directory.mkdir(parents=True, exist_ok=True)
    with files.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StackError(
                "Another command is working on this stack.", "Wait until it is done, then repeat."
            ) from error
        yield


@contextmanager
def _explaining_lost_contact(files: Layout) -> Iterator[None]:
    """Say it plainly when the emulator stops answering in the middle of something."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StackError(
            f"The emulator did not do what it was asked: {error}",
            f"Its log tells more: {files.log}. Start again; `make reset` begins anew.",
        ) from error


def start_stack(
    directory: Path, *, port: int | None = None, progress: Progress | None = None
) -> StackInfo:
    """Have a stack running with the present sources, and say how to reach it.

    Starts the emulator if it does not run, deploys if the sources changed, makes the first tenant
    if there is none. Raises StackError when it cannot; then nothing that it started is left.
    """
    files, progress = Layout(directory), progress or Progress(quiet=True)
    with _exclusive(files), _explaining_lost_contact(files):
        record = emulator.running(files)
        if record is None:
            return _start(files, port, progress)
        _require_health(files, record)
        progress.say(f"The stack is already running at {emulator.endpoint(record.port)}.")
        return _renew(files, record.port, progress)


def _renew(files: Layout, port: int, progress: Progress) -> StackInfo:
    try:
        return _bring_up_to_date(files, port, progress)
    except StackError as error:
        kept = "The stack that was running before still runs, without the change."
        raise StackError(error.problem, f"{error.advice}\n{kept}") from error


def _require_health(files: Layout, record: EmulatorRecord) -> None:
    if emulator.answers(record.port):
        return
    emulator.kill(files, record)
    raise StackError(
        f"The emulator (process {record.pid}, port {record.port}) was alive but did not answer. "
        "It has been ended; what happened since it was started is lost.",
        f"Start again. The end of its log, {files.log}:\n{emulator.log_tail(files.log)}",
    )


def _start(files: Layout, port: int | None, progress: Progress) -> StackInfo:
    if emulator.recorded(files) is not None:
        progress.say("The emulator ended without `make stop`: going on from the last saved state.")
    is_new = not files.state.is_dir()
    chosen = emulator.choose_port(port, _last_port(files))
    try:
        with progress.step("Start the emulator"):
            record = emulator.start(files, chosen)
        return _bring_up_to_date(files, record.port, progress)
    except BaseException:
        _abandon(files, is_new=is_new)
        raise


def _abandon(files: Layout, *, is_new: bool) -> None:
    """End an emulator that did not come to work. Its state on disk is from before its start."""
    record = emulator.running(files)
    if record is not None:
        emulator.kill(files, record)
    if is_new:
        _wipe(files)


def _last_port(files: Layout) -> int | None:
    info = read(files.stack_file, StackInfo)
    return None if info is None else urlsplit(info.aws_endpoint_url).port


def _bring_up_to_date(files: Layout, port: int, progress: Progress) -> StackInfo:
    url = emulator.endpoint(port)
    source_digest = sources.digest(layout.ROOT)
    deployed = deployment.deployed_digest(url)
    if deployed != source_digest:
        _deploy(files, url, source_digest, progress)
    tenant = None if deployed is None else _known_tenant(files)
    if tenant is None:
        with progress.step("Create the first tenant"):
            tenant = deployment.provision_tenant(url, FIRST_TENANT)
    return _publish(files, url, tenant)


@contextmanager
def _build_directory() -> Iterator[None]:
    """The build directory, which all stacks share, for one of them at a time."""
    layout.BUILDS.mkdir(parents=True, exist_ok=True)
    with layout.BUILD_LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _deploy(files: Layout, url: str, source_digest: str, progress: Progress) -> None:
    with _build_directory():
        with progress.step("Build functions and layers"):
            sam.build(files, url)
        with progress.step("Deploy the template"):
            deployment.ensure_artifact_bucket(url)
            sam.deploy(files, url, source_digest=source_digest)
            deployment.redeploy_api(url)


def _known_tenant(files: Layout) -> Tenant | None:
    info = read(files.stack_file, StackInfo)
    if info is None:
        return None
    return Tenant(tenant_id=info.tenant_id, admin_token=info.admin_token)


def _publish(files: Layout, url: str, tenant: Tenant) -> StackInfo:
    info = StackInfo(
        api_url=deployment.api_url(url),
        tenant_id=tenant.tenant_id,
        admin_token=tenant.admin_token,
        aws_endpoint_url=url,
        region=layout.REGION,
        stack_name=layout.STACK_NAME,
    )
    write_atomically(files.stack_file, info)
    return info


def stop_stack(directory: Path) -> bool:
    """Stop a stack in order, its state saved; whether it was running.

    Raises StackError when the state could not be saved; it is stopped all the same.
    """
    files = Layout(directory)
    with _exclusive(files):
        record = emulator.running(files)
        if record is None:
            files.emulator_file.unlink(missing_ok=True)
            return False
        emulator.stop(files, record)
        return True


def reset_stack(directory: Path) -> None:
    """End a stack and delete everything that it kept."""
    files = Layout(directory)
    with _exclusive(files):
        record = emulator.running(files)
        if record is not None:
            emulator.kill(files, record)
        _wipe(files)


def _wipe(files: Layout) -> None:
    """Delete the state. The logs stay: they tell why a start failed."""
    for directory in (files.state, files.objects, files.temporary):
        shutil.rmtree(directory, ignore_errors=True)
    for file in (files.stack_file, files.emulator_file, files.grants):
        file.unlink(missing_ok=True)


def create_tenant(directory: Path, name: str) -> Tenant:
    """A further tenant on a running stack. Raises StackError when it does not run."""
    files = Layout(directory)
    record = emulator.running(files)
    if record is None:
        raise StackError("The stack is not running.", "Run `make start` first.")
    with _explaining_lost_contact(files):
        return deployment.provision_tenant(emulator.endpoint(record.port), name)
