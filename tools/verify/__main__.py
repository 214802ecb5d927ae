"""`make verify`: read a stack's tables and say of each promise whether it is kept.

Without arguments the local stack; `--stack NAME` with the credentials and region of the environment
a stack on AWS. Exit code 0: all promises are kept. 1: one is not, and the evidence is printed.
2: the stack could not be read.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from tools.local_stack import default_directory
from tools.local_stack.aws import CONFIG, local_session
from tools.local_stack.files import StackInfo, read
from tools.local_stack.layout import Layout
from tools.verify import tables
from tools.verify.observed import Observed
from tools.verify.promises import Promise, judged

BROKEN, UNREADABLE = 1, 2
EVIDENCE_MAX = 10
"""Violations of one promise that are printed; the others are counted."""

PROGRESS_EVERY = 5_000


def observe(session: boto3.Session, stack_name: str, endpoint_url: str | None) -> Observed:
    """Read a stack; `endpoint_url` is the emulator's."""
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url, config=CONFIG)
    dynamodb = session.client("dynamodb", endpoint_url=endpoint_url, config=CONFIG)
    return tables.read(dynamodb, tables.table_names(cloudformation, stack_name), _progress)


def observe_local(info: StackInfo) -> Observed:
    """Read a stack of this machine."""
    return observe(local_session(), info.stack_name, info.aws_endpoint_url)


def report(seen: Observed, found: Mapping[Promise, Sequence[str]]) -> str:
    """What was looked at, and a line for each promise with its evidence."""
    counts = (
        f"{len(seen.leads)} leads, {len(seen.wallets)} wallets, {len(seen.entries)} ledger rows, "
        f"{len(seen.auctions)} auctions, {len(seen.orders)} buy orders"
    )
    lines = [f"Read {counts}."]
    for promise, violations in found.items():
        word = "BROKEN" if violations else "kept"
        lines.append(f"  {promise.number:<4} {promise.name:<26} {word}")
        lines += [f"         {one}" for one in violations[:EVIDENCE_MAX]]
        if len(violations) > EVIDENCE_MAX:
            lines.append(f"         and {len(violations) - EVIDENCE_MAX} more")
    return "\n".join(lines)


def main() -> int:
    """Judge the stack that the arguments name; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.verify", description=__doc__)
    parser.add_argument("--stack", help="a stack on AWS; without it the local one")
    name = parser.parse_args().stack
    try:
        seen = _aws(name) if name else _local()
    except (BotoCoreError, ClientError, KeyError, FileNotFoundError) as error:
        print(f"The stack cannot be read: {error}", file=sys.stderr)
        return UNREADABLE
    found = judged(seen)
    print(report(seen, found))
    return BROKEN if any(found.values()) else 0


def _aws(stack_name: str) -> Observed:
    return observe(boto3.Session(), stack_name, None)


def _local() -> Observed:
    info = read(Layout(default_directory()).stack_file, StackInfo)
    if info is None:
        raise FileNotFoundError("there is none on this machine; `make start` starts one")
    return observe_local(info)


def _progress(number: int) -> None:
    if number % PROGRESS_EVERY == 0:
        print(f"  {number:,} items", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
