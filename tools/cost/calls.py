"""What single calls to AWS use."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from tools.cost.prices import Item
from tools.cost.recorded import Call, Json
from tools.cost.tables import DrawnTable
from tools.cost.units import (
    TRANSACTION_FACTOR,
    Consistency,
    chunks,
    item_bytes,
    read_units,
    write_units,
)
from tools.cost.usage import Usage

Tables = Mapping[str, DrawnTable]

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


class Unpriced(Exception):
    """Nobody has said what such a call costs, or looked at what it wrote: it would be free."""


def call_usage(call: Call, tables: Tables, index_factor: int = TRANSACTION_FACTOR) -> Usage:
    """What a call uses. `index_factor` is of writes to indexes in a transaction."""
    usage = Usage()
    if call.operation in WRITES:
        _add_writes(usage, call, tables, index_factor)
    elif call.operation in READS:
        for where, units in READS[call.operation](call):
            usage.add(Item.READ_UNIT, where, units)
    elif call.service == "kms":
        usage.add(Item.KMS_REQUEST, call.operation, 1)
    elif call.operation in _OTHERS:
        _OTHERS[call.operation](usage, call.sent)
    else:
        raise Unpriced(call.operation)
    return usage


def reads_of(call: Call) -> Fraction:
    """The read units of a call; any other call costs none."""
    found = READS[call.operation](call) if call.operation in READS else ()
    return sum((units for _, units in found), Fraction())


def _add_writes(usage: Usage, call: Call, tables: Tables, index_factor: int) -> None:
    """A refused condition leaves the item as it was and is billed for it; so is a check."""
    if not call.changes:
        raise Unpriced(call.operation)
    is_transaction = call.operation == "TransactWriteItems"
    for change in call.changes:
        factor = TRANSACTION_FACTOR if is_transaction else 1
        units = factor * write_units(change.before, change.after)
        usage.add(Item.WRITE_UNIT, change.table, units)
        for index in tables[change.table].indexes:
            written = index.write_units(change.before, change.after)
            if written:
                factor = index_factor if is_transaction else 1
                usage.add(Item.WRITE_UNIT, f"{change.table}/{index.name}", factor * written)


def _of_get(call: Call) -> Iterator[tuple[str, Fraction]]:
    size = item_bytes(call.answered.get("Item", {}))
    yield call.sent["TableName"], read_units(size, _consistency(call.sent))


def _of_batch(call: Call) -> Iterator[tuple[str, Fraction]]:
    """Every item is rounded up by itself; one that is missing costs as much as a small one."""
    for table, request in call.sent["RequestItems"].items():
        found = [item_bytes(item) for item in call.answered["Responses"].get(table, ())]
        sizes = [*found, *[0] * (len(request["Keys"]) - len(found))]
        consistency = _consistency(request)
        yield table, sum((read_units(size, consistency) for size in sizes), Fraction())


def _of_query(call: Call) -> Iterator[tuple[str, Fraction]]:
    """The items of a page are added up before they are rounded."""
    index = call.sent.get("IndexName")
    where = f"{call.sent['TableName']}/{index}" if index else call.sent["TableName"]
    size = sum(map(item_bytes, call.answered.get("Items", ())))
    yield where, read_units(size, _consistency(call.sent))


READS: Mapping[str, Callable[[Call], Iterator[tuple[str, Fraction]]]] = {
    "GetItem": _of_get,
    "BatchGetItem": _of_batch,
    "Query": _of_query,
}


def _consistency(request: Json) -> Consistency:
    return Consistency.STRONG if request.get("ConsistentRead") else Consistency.EVENTUAL


def queue_item(queue: str) -> Item:
    """What a request of this queue is billed as."""
    return Item.SQS_FIFO if queue.endswith(".fifo") else Item.SQS_STANDARD


def _send(usage: Usage, sent: Json) -> None:
    queue = sent["QueueUrl"].rpartition("/")[2]
    usage.add(queue_item(queue), queue, chunks(len(sent["MessageBody"].encode())))


def _put_events(usage: Usage, sent: Json) -> None:
    for entry in sent["Entries"]:
        size = sum(len(entry[part].encode()) for part in ("Source", "DetailType", "Detail"))
        usage.add(Item.EVENT, "bus", chunks(size))


def _start_run(usage: Usage, _sent: Json) -> None:
    usage.add(Item.EXPRESS_REQUEST, "distribution", 1)


def _put_object(usage: Usage, _sent: Json) -> None:
    usage.add(Item.S3_PUT, "files", 1)


def _get_object(usage: Usage, _sent: Json) -> None:
    usage.add(Item.S3_GET, "files", 1)


_OTHERS: Mapping[str, Callable[[Usage, Json], None]] = {
    "SendMessage": _send,
    "PutEvents": _put_events,
    "StartSyncExecution": _start_run,
    "PutObject": _put_object,
    "GetObject": _get_object,
}
