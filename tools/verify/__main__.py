"""`make verify`: read a stack's tables and say of each promise whether it is kept.

Without arguments the local stack, and what its API tells its first tenant. `--stack NAME`, with the
credentials and region of the environment, is a stack on AWS; `--api URL --token-file FILE` compares
it with what its API tells the tenant of that admin's token. Nothing is changed; reading everything
costs a read of everything.

Exit code 0: all promises are kept. 1: one is not, and the evidence is printed: what contradicts
what, by id; docs/runbook.md says what to do. 2: the stack could not be read.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError

from tools.local_stack import default_directory
from tools.local_stack.aws import CONFIG, local_session
from tools.local_stack.files import StackInfo, read
from tools.local_stack.layout import Layout
from tools.verify import tables
from tools.verify.api import told
from tools.verify.observed import Observed, Told
from tools.verify.promises import Promise, judged

BROKEN, UNREADABLE = 1, 2
EVIDENCE_MAX = 10
"""Violations of one promise that are printed; the others are counted."""

PROGRESS_EVERY = 5_000
API_SECONDS = 60.0


def observe(session: boto3.Session, stack_name: str, endpoint_url: str | None) -> Observed:
    """Read a stack; `endpoint_url` is the emulator's."""
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url, config=CONFIG)
    dynamodb = session.client("dynamodb", endpoint_url=endpoint_url, config=CONFIG)
    return tables.read(dynamodb, tables.table_names(cloudformation, stack_name), _progress)


def observe_tables(info: StackInfo) -> Observed:
    """Read the tables of a stack of this machine."""
    return observe(local_session(), info.stack_name, info.aws_endpoint_url)


def observe_local(info: StackInfo) -> Observed:
    """Read a stack of this machine, and what its API tells its first tenant."""
    return replace(observe_tables(info), told=asked(info.api_url, info.admin_token))


def asked(api_url: str, token: str) -> Told:
    """What an API tells a tenant; the token is of one of its admins."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=api_url, headers=headers, timeout=API_SECONDS) as client:

        def read(path: str, query: dict[str, str]) -> dict[str, Any]:
            answer = client.get(path, params=query)
            answer.raise_for_status()
            body: dict[str, Any] = answer.json()
            return body

        return told(read)


def report(seen: Observed, found: Mapping[Promise, Sequence[str]]) -> str:
    """What was looked at, and a line for each promise with its evidence."""
    counts = (
        f"{len(seen.leads)} leads, {len(seen.wallets)} wallets, {len(seen.entries)} ledger rows, "
        f"{len(seen.auctions)} auctions, {len(seen.orders)} buy orders"
    )
    lines = [f"Read {counts}."]
    if seen.told is not None:
        lines.append(
            f"The API told of {len(seen.told.leads)} leads, {len(seen.told.wallets)} wallets."
        )
    for promise, violations in found.items():
        word = "BROKEN" if violations else "kept"
        lines.append(f"  {promise.number:<4} {promise.name:<26} {word}")
        lines += [f"         {one}" for one in violations[:EVIDENCE_MAX]]
        if len(violations) > EVIDENCE_MAX:
            lines.append(f"         and {len(violations) - EVIDENCE_MAX} more")
    return "\n".join(lines)


def main() -> int:
    """Judge the stack that the arguments name; the exit code."""
    given = _arguments().parse_args()
    try:
        seen = _aws(given) if given.stack else _local()
    except (BotoCoreError, ClientError, KeyError, OSError, httpx.HTTPError) as error:
        print(f"The stack cannot be read: {error}", file=sys.stderr)
        return UNREADABLE
    found = judged(seen)
    print(report(seen, found))
    return BROKEN if any(found.values()) else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", metavar="NAME", help="a stack on AWS; without it the local one")
    parser.add_argument("--api", metavar="URL", help="with --stack: its output ApiUrl")
    parser.add_argument("--token-file", metavar="FILE", help="with --api: holds an admin's token")
    return parser


def _aws(given: argparse.Namespace) -> Observed:
    seen = observe(boto3.Session(), given.stack, None)
    if not (given.api and given.token_file):
        return seen
    return replace(seen, told=asked(given.api, Path(given.token_file).read_text().strip()))


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
