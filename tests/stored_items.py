"""All kinds of items that the product stores; a function loads only its own."""

from importlib import import_module
from pkgutil import iter_modules

from pynamodb.models import Model

from leadflow.adapters import dynamodb
from leadflow.adapters.dynamodb.tables import TABLES, Table


def items_of_tables() -> dict[Table, tuple[type[Model], ...]]:
    """Every kind, by the table that it lives in."""
    for module in iter_modules(dynamodb.__path__, "leadflow.adapters.dynamodb."):
        import_module(module.name)
    return {table: tuple(kinds) for table, kinds in TABLES.items()}
