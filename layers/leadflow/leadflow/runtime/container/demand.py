"""Where demands are, and what sources offer for them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime.container.foundation import tables_named

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.demand_lists import DynamoDemandLists
    from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
    from leadflow.adapters.dynamodb.demands import DynamoDemands


@cache
def demand_writer() -> DynamoDemandWriter:
    """New demands."""
    from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter

    tables_named()
    return DynamoDemandWriter()


@cache
def demands() -> DynamoDemands:
    """Demands with their offers."""
    from leadflow.adapters.dynamodb.demands import DynamoDemands

    tables_named()
    return DynamoDemands()


@cache
def demand_lists() -> DynamoDemandLists:
    """Demands and offers in their orders."""
    from leadflow.adapters.dynamodb.demand_lists import DynamoDemandLists

    tables_named()
    return DynamoDemandLists()
