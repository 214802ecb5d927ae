"""Reads, with the store's errors translated at the boundary."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist, PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import Index
from pynamodb.models import Model

from leadflow.domain.errors import TransientFault

Item = TypeVar("Item", bound=Model)

_CONDITION_FAILED = "ConditionalCheckFailedException"


@contextmanager
def faults_translated() -> Iterator[None]:
    """Turn the store's errors into `TransientFault`; the message names the operation only."""
    try:
        yield
    except PynamoDBException as error:
        raise TransientFault(f"{type(error).__name__}: {code_of(error)}") from error


def code_of(error: PynamoDBException) -> str | None:
    """The code of DynamoDB's answer; None where none came.

    The library's own property fails on a connection that broke: its error has a response of None.
    """
    response = getattr(error.cause, "response", None) or {}
    code: str | None = response.get("Error", {}).get("Code")
    return code


def is_written(write: Callable[[], object]) -> bool:
    """Make one conditional write; False if its condition does not hold."""
    try:
        with faults_translated():
            write()
    except TransientFault as fault:
        cause = fault.__cause__
        if isinstance(cause, PynamoDBException) and code_of(cause) == _CONDITION_FAILED:
            return False
        raise
    return True


def read(kind: type[Item], pk: str, sk: str, *, consistent: bool = True) -> Item | None:
    """One item, or None."""
    try:
        with faults_translated():
            return kind.get(pk, sk, consistent_read=consistent)
    except TransientFault as fault:
        if isinstance(fault.__cause__, DoesNotExist):
            return None
        raise


def read_many(
    kind: type[Item], keys: Iterable[tuple[str, str]], *, consistent: bool = True
) -> list[Item]:
    """Items by key, in no order, missing ones left out; one call for every hundred keys."""
    with faults_translated():
        return list(kind.batch_get(list(dict.fromkeys(keys)), consistent_read=consistent))


def query(
    kind: type[Item],
    pk: str,
    *,
    condition: Condition | None = None,
    index: Index[Item] | None = None,
    ascending: bool = True,
    limit: int | None = None,
    page_size: int | None = None,
    consistent: bool = False,
) -> Iterator[Item]:
    """Items of a partition in key order, read page by page as they are asked for."""
    searched = kind if index is None else index
    with faults_translated():
        yield from searched.query(
            pk,
            range_key_condition=condition,
            scan_index_forward=ascending,
            limit=limit,
            page_size=page_size,
            consistent_read=consistent,
        )
