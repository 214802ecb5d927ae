"""The command line of the local stack: `python -m tools.stack start|stop|reset|tenant`.

Results go to stdout, everything else to stderr. Exit code 1: it could not be done, and the message
says what to do; 130: interrupted, with nothing left running that this command started.
"""

import argparse
import json
import signal
import sys
from typing import TYPE_CHECKING

from tools.local_stack import (
    StackError,
    create_tenant,
    default_directory,
    reset_stack,
    start_stack,
    stop_stack,
)
from tools.local_stack.layout import Layout
from tools.local_stack.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PORT_MAX = 65_535
FAILED = 1
INTERRUPTED = 130


def start(arguments: argparse.Namespace) -> None:
    progress = Progress()
    directory = default_directory()
    progress.say("Starting Leadflow on this machine.")
    info = start_stack(directory, port=arguments.port, progress=progress)
    progress.say(
        f"\nReady after {progress.elapsed_seconds:.0f} s.\n"
        f"  API          {info.api_url}\n"
        f"  Tenant       {info.tenant_id}\n"
        f"  Admin token  {info.admin_token}\n"
        f"  All of it    {Layout(directory).stack_file}\n\n"
        "Next: `make demo` sells some leads, `make stop` ends it and keeps everything.\n"
        "State is saved by `make stop` only: a killed emulator loses what happened since its start."
    )


def stop(_arguments: argparse.Namespace) -> None:
    progress = Progress()
    with progress.step("Stop the stack and save its state"):
        was_running = stop_stack(default_directory())
    progress.say("Stopped." if was_running else "It was not running.")


def reset(_arguments: argparse.Namespace) -> None:
    reset_stack(default_directory())
    Progress().say("Everything that the stack kept is deleted. `make start` begins anew.")


def tenant(arguments: argparse.Namespace) -> None:
    created = create_tenant(default_directory(), arguments.name)
    print(json.dumps(created.model_dump()))


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= PORT_MAX:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {PORT_MAX}")
    return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stack", description="Run Leadflow on this machine.")
    commands = parser.add_subparsers(required=True)
    for name, action in (("start", start), ("stop", stop), ("reset", reset), ("tenant", tenant)):
        command = commands.add_parser(name)
        command.set_defaults(action=action)
        if action is start:
            command.add_argument("--port", type=_port)
        if action is tenant:
            command.add_argument("name")
    return parser


def _interrupt(_signal: int, _frame: "FrameType | None") -> None:
    raise KeyboardInterrupt


def main() -> int:
    arguments = _parser().parse_args()
    for terminating in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(terminating, _interrupt)
    action: Callable[[argparse.Namespace], None] = arguments.action
    try:
        action(arguments)
    except StackError as error:
        print(f"\n{error.problem}\n\n{error.advice}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("\nInterrupted: what this command had started is ended.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
