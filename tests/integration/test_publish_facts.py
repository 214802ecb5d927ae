"""Records of the tables' streams become facts on the bus."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from leadflow.adapters.dynamodb.leads import DynamoLeads, lead_item
from leadflow.adapters.dynamodb.stream_records import DynamoChanges
from leadflow.adapters.event_bridge import EventBridgeBus
from leadflow.adapters.sqs import SqsUnreadRecords
from leadflow.application.fact_ports import StreamRecord
from leadflow.application.lead_ports import Deletion
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.leads import LeadStatus
from leadflow.domain.stored_changes import CustomerChange, EntryChange, LeadChange, UserChange
from leadflow.domain.told_facts import FactName, Told
from leadflow.runtime import container
from tests.bench.recorder import Recorder, recording
from tests.builders import TENANT_ID, VALUES, configuration, lead
from tests.fakes.streams import MemoryUnread
from tests.fakes.withheld import MemoryBus
from tests.infrastructure.patterns import filters_of, matches
from tests.integration.conftest import REGION
from tests.integration.http import invoked
from tests.integration.seeds import store_bid, store_configuration, store_customer, store_lead
from tests.integration.stream_events import EVENTS, event
from tests.integration.trade_calls import call
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.fact_examples import charge, user
from tests.unit.domain.return_examples import sold

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_sqs import SQSClient

FILES = Path(__file__).resolve().parents[2] / "events/publish_facts"
STREAMED = {
    "LeadsTable": "LeadsStreamMapping",
    "WalletsTable": "WalletsStreamMapping",
    "ConfigurationTable": "ConfigurationStreamMapping",
}
TOLD = {
    "leads": [FactName.LEAD_CREATED, FactName.LEAD_ASSIGNED, FactName.LEAD_DUPLICATED],
    "wallets": [FactName.CUSTOMER_CREATED, FactName.TRANSACTION_UPDATED],
    "configuration": [FactName.CUSTOMER_USER_ATTACHED],
    "unreadable": [FactName.LEAD_CREATED],
}
Json = dict[str, Any]


@pytest.fixture
def bus(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> MemoryBus:
    """A bus that remembers."""
    told = MemoryBus()
    monkeypatch.setattr(container, "bus", lambda: told)
    return told


@pytest.fixture(autouse=True)
def unread(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> MemoryUnread:
    """Where unreadable records go."""
    kept = MemoryUnread()
    monkeypatch.setattr(container, "unread_records", lambda: kept)
    return kept


def from_file(case: str) -> Json:
    """An event as it lies beside the function, for the tables of the test."""
    text = (FILES / f"{case}.json").read_text()
    return json.loads(in_test(text))  # type: ignore[no-any-return] # an event


def from_adapters(case: str) -> Json:
    """The same event, made of what the adapters write today."""
    return json.loads(in_test(json.dumps(EVENTS[case])))  # type: ignore[no-any-return] # an event


def in_test(text: str) -> str:
    for table in STREAMED:
        text = text.replace(f"leadflow-{table.removesuffix('Table').lower()}/", f"{table}/")
    return text


def published(batch: Mapping[str, Any]) -> list[str]:
    """Handle a batch; the records from which it has to come again."""
    answer = invoked("publish_facts", batch)
    assert isinstance(answer, dict)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def names(told: list[Told]) -> list[str]:
    return [one.name for one in told]


@pytest.mark.parametrize("case", TOLD)
@pytest.mark.parametrize("make", [from_file, from_adapters])
def test_every_event_tells_its_facts_and_passes_other_items_by(
    bus: MemoryBus, make: Callable[[str], Json], case: str
) -> None:
    assert published(make(case)) == []
    assert names(bus.told) == TOLD[case]


def test_items_are_read_as_they_were_written(tables: dict[str, str]) -> None:
    records = [
        StreamRecord("1", record)
        for case in ("leads", "wallets", "configuration")
        for record in from_adapters(case)["Records"]
    ]
    read = [change for change in map(DynamoChanges().read, records) if change]
    assert read == [
        LeadChange(TENANT_ID, None, lead(version=1)),
        LeadChange(TENANT_ID, lead(version=1), sold(version=2)),
        LeadChange(TENANT_ID, None, lead(1, status=LeadStatus.DUPLICATE)),
        CustomerChange(TENANT_ID, None, customer()),
        EntryChange(TENANT_ID, None, charge()),
        CustomerChange(TENANT_ID, customer(), customer(paused=True)),
        UserChange(TENANT_ID, None, user()),
    ]


@pytest.mark.parametrize("missing", ["Keys", "eventSourceARN", "dynamodb", "document"])
def test_what_cannot_be_read_is_corrupt(tables: dict[str, str], missing: str) -> None:
    [_, record, *_] = from_file("leads")["Records"]
    for part in (record, record["dynamodb"], record["dynamodb"]["NewImage"]):
        part.pop(missing, None)
    with pytest.raises(CorruptState):
        DynamoChanges().read(StreamRecord("1", record))


def test_what_is_corrupt_is_not_repeated(tables: dict[str, str]) -> None:
    [_, record, *_] = from_file("leads")["Records"]
    record["dynamodb"]["NewImage"]["document"]["S"] = json.dumps(VALUES)
    with pytest.raises(CorruptState) as fault:
        DynamoChanges().read(StreamRecord("1", record))
    assert not [value for value in VALUES.values() if value in str(fault.value)]
    assert fault.value.__cause__ is None


def test_an_unreadable_record_is_set_aside_and_told_without_its_content(
    bus: MemoryBus,
    unread: MemoryUnread,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    batch = from_file("unreadable")
    assert published(batch) == []
    [_, broken] = batch["Records"]
    assert [one.content for one in unread.aside] == [broken]
    [line] = [one for one in caplog.records if one.message == "record cannot be read"]
    assert vars(line)["position"] == broken["dynamodb"]["SequenceNumber"]
    assert not [value for value in VALUES.values() if value in capsys.readouterr().out]


def test_a_batch_that_the_bus_does_not_take_comes_again_from_its_first_fact(
    bus: MemoryBus,
) -> None:
    batch = from_file("leads")
    bus.fault = TransientFault("down")
    assert published(batch) == [batch["Records"][1]["dynamodb"]["SequenceNumber"]]
    bus.fault = None
    assert published(batch) == []
    assert names(bus.told) == TOLD["leads"]


def test_a_note_of_an_unreadable_record_says_where_it_lies(aws: None) -> None:
    sqs: SQSClient = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="failed-facts")["QueueUrl"]
    [record, *_] = from_file("unreadable")["Records"]
    SqsUnreadRecords(url).set_aside(StreamRecord("7", record))
    SqsUnreadRecords(url).set_aside(StreamRecord("8", {}))
    [first, second] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert json.loads(first["Body"]) == {
        "position": "7",
        "stream": record["eventSourceARN"],
        "keys": record["dynamodb"]["Keys"],
    }
    assert json.loads(second["Body"]) == {"position": "8", "stream": None, "keys": None}


@pytest.fixture
def streams(tables: dict[str, str]) -> "DynamoDBStreamsClient":
    """The tables' streams, as the template draws them."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for table in STREAMED:
        dynamodb.update_table(
            TableName=table,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
    # An endpoint of an account's own is none that moto knows.
    config = Config(account_id_endpoint_mode="disabled")
    return boto3.client("dynamodbstreams", region_name=REGION, config=config)


def delivered(streams: "DynamoDBStreamsClient", table: str) -> list[Json]:
    """All records of a table's stream, in the form in which a function gets them."""
    [stream] = streams.list_streams(TableName=table)["Streams"]
    arn = stream["StreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
    return [dict(record) | {"eventSourceARN": arn} for record in records]


def live() -> None:
    """A tenant with a buyer and a bid; it deposits, buys a lead, gives it back; the lead goes."""
    store_configuration(configuration())
    store_customer(customer(1))
    store_bid(bid(100, owner=1))
    store_lead(lead(version=1))
    deposit = {"amount_cents": 10_000, "description": "Thanks"}
    assert call("POST", f"/customers/{customer(1).id}/deposits", deposit).status == 201
    leads = DynamoLeads()
    bought = sold(version=2)
    assert leads.change(TENANT_ID, bought)
    assert leads.change(TENANT_ID, bought.moved(LeadStatus.RETURNED, NOW))
    returned = leads.get(TENANT_ID, bought.id)
    assert returned
    assert leads.delete(TENANT_ID, Deletion(returned, NOW, user().id))
    store_lead(lead(1, is_test=True, version=1), 1)
    store_lead(lead(2, status=LeadStatus.WITHHELD, version=1), 2)


def test_a_life_in_the_tables_is_told_as_it_happened(
    bus: MemoryBus, unread: MemoryUnread, streams: "DynamoDBStreamsClient"
) -> None:
    live()
    for table in STREAMED:
        assert published({"Records": delivered(streams, table)}) == []
    assert names(bus.told) == [
        FactName.LEAD_CREATED,
        FactName.LEAD_ASSIGNED,
        FactName.LEAD_CREATED,
        FactName.CUSTOMER_CREATED,
        FactName.TRANSACTION_UPDATED,
    ]
    assert not unread.aside
    assert len({one.fact.id for one in bus.told}) == len(bus.told)


def test_the_filters_let_pass_all_that_tells_something_and_little_else(
    bus: MemoryBus, streams: "DynamoDBStreamsClient"
) -> None:
    live()
    passed = seen = 0
    for table, mapping in STREAMED.items():
        records = delivered(streams, table)
        kept = [one for one in records if any(matches(p, one) for p in filters_of(mapping))]
        seen, passed = seen + len(records), passed + len(kept)
        published({"Records": records})
        everything, bus.told = bus.told, []
        published({"Records": kept})
        assert bus.told == everything
        bus.told = []
    assert passed < seen / 2


def test_a_batch_costs_a_call_for_every_ten_facts_and_for_every_twenty_five_lines(
    tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("events", region_name=REGION).create_event_bus(Name="leadflow")
    monkeypatch.setattr(container, "bus", lambda: EventBridgeBus("leadflow"))
    images = [(None, lead_item(TENANT_ID, lead(number))) for number in range(11)]
    recorder = Recorder({})
    with recording(recorder):
        assert published(json.loads(in_test(json.dumps(event("leads", images))))) == []
    assert recorder.counts == {"BatchWriteItem": 1, "PutEvents": 2}
