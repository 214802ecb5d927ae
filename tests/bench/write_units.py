"""Write units for the table itself, computed from what was sent.

Indexes are left out: what an item writes to them does not depend on who asks. Updates name no
sizes; the items that are updated here are small. `tools/cost` weighs what really changed.
"""

from collections.abc import Callable, Iterable, Mapping

from tools.cost.recorded import Call, Json
from tools.cost.units import TRANSACTION_FACTOR, item_bytes, write_blocks


def write_units(calls: Iterable[Call]) -> int:
    """The write units of some calls; reads cost none of these."""
    return sum(_UNITS[call.operation](call.sent) for call in calls if call.operation in _UNITS)


def _of_transaction(sent: Json) -> int:
    return TRANSACTION_FACTOR * sum(map(_of_write, sent["TransactItems"]))


def _of_write(write: Json) -> int:
    return _of_put(write["Put"]) if "Put" in write else 1


def _of_put(sent: Json) -> int:
    return write_blocks(item_bytes(sent["Item"]))


def _of_small(_sent: Json) -> int:
    return 1


_UNITS: Mapping[str, Callable[[Json], int]] = {
    "TransactWriteItems": _of_transaction,
    "PutItem": _of_put,
    "UpdateItem": _of_small,
    "DeleteItem": _of_small,
}
