"""What this stack calls its tables, and which kinds of items live in which.

Every kind says where it lives, so a function loads only those that it reads or writes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pynamodb.models import Model

Item = TypeVar("Item", bound=Model)


class Table(StrEnum):
    """The tables of a stack."""

    LEADS = "leads"
    CONFIGURATION = "configuration"
    WALLETS = "wallets"
    FLOWS = "flows"
    MARKETPLACE = "marketplace"
    DELIVERIES = "deliveries"
    IDEMPOTENCY = "idempotency"


TABLES: Mapping[Table, list[type[Model]]] = {table: [] for table in Table}
"""The kinds of items that were loaded so far."""


@dataclass(frozen=True)
class _Stack:
    names: Mapping[str, str]
    region: str

    def bind(self, table: Table, kind: type[Model]) -> None:
        meta = kind.Meta
        meta.table_name, meta.region = self.names[table], self.region


_BOUND: list[_Stack] = []


def lives_in(table: Table) -> Callable[[type[Item]], type[Item]]:
    """Bind a kind of items to its table, whichever of the two is known first."""

    def housed(kind: type[Item]) -> type[Item]:
        TABLES[table].append(kind)
        for stack in _BOUND:
            stack.bind(table, kind)
        return kind

    return housed


def name_tables(names: Mapping[str, str], region: str) -> None:
    """Bind every kind of items to its table, also those that are loaded later."""
    stack = _Stack(names, region)
    _BOUND[:] = [stack]
    for table, kinds in TABLES.items():
        for kind in kinds:
            stack.bind(table, kind)


def table_region() -> str:
    """The region of the tables, once they are named."""
    return _BOUND[0].region
