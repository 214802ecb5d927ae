"""Rules that every table of the template keeps, and that the items fit the tables."""

import pytest
from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import Index
from pynamodb.models import Model

from leadflow.adapters.dynamodb import tables
from tests.infrastructure.template import resources
from tests.stored_items import items_of_tables

ITEMS = items_of_tables()
TABLES = resources("AWS::DynamoDB::Table")
EVERY_TABLE = pytest.mark.parametrize("name", sorted(TABLES))


@EVERY_TABLE
def test_a_table_outlives_its_stack(name: str) -> None:
    assert TABLES[name]["DeletionPolicy"] == "Retain"
    assert TABLES[name]["UpdateReplacePolicy"] == "Retain"


@EVERY_TABLE
def test_a_table_is_encrypted_restorable_and_paid_by_request(name: str) -> None:
    properties = TABLES[name]["Properties"]
    assert properties["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": ["DataKey", "Arn"]},
    }
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


@EVERY_TABLE
def test_a_table_defines_exactly_the_attributes_of_its_keys(name: str) -> None:
    properties = TABLES[name]["Properties"]
    indexes = (
        *properties.get("GlobalSecondaryIndexes", ()),
        *properties.get("LocalSecondaryIndexes", ()),
    )
    keys = [properties["KeySchema"], *(index["KeySchema"] for index in indexes)]
    used = {key["AttributeName"] for schema in keys for key in schema}
    assert used == {one["AttributeName"] for one in properties["AttributeDefinitions"]}


def test_leads_and_wallets_and_flows_never_expire() -> None:
    expiring = {
        name for name, table in TABLES.items() if "TimeToLiveSpecification" in table["Properties"]
    }
    assert expiring == {
        "ConfigurationTable",
        "DeliveriesTable",
        "IdempotencyTable",
        "MarketplaceTable",
    }


def keys_of(schema: list[dict[str, str]]) -> dict[str, str]:
    """Key attributes with their roles."""
    return {key["AttributeName"]: key["KeyType"] for key in schema}


def drawn(index: Index[Model]) -> tuple[str, dict[str, str]]:
    """Projection and keys of an index as the code knows it."""
    schema = index._get_schema()
    return schema["projection"]["ProjectionType"], keys_of(schema["key_schema"])


@pytest.mark.parametrize("table", sorted(ITEMS))
def test_every_index_that_the_code_reads_is_in_the_template(table: tables.Table) -> None:
    properties = TABLES[f"{table.capitalize()}Table"]["Properties"]
    made = {
        index["IndexName"]: (
            index["Projection"]["ProjectionType"],
            keys_of(index["KeySchema"]),
        )
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        for index in properties.get(kind, ())
    }
    read = {
        str(index.Meta.index_name): drawn(index)
        for item in ITEMS[table]
        for index in item._indexes.values()
    }
    assert read == made


def test_every_kind_of_items_lives_in_one_table() -> None:
    housed = [kind for kinds in ITEMS.values() for kind in kinds]
    stored = [one for one in Model.__subclasses__() if one.__module__.startswith("leadflow.")]
    assert sorted(map(repr, housed)) == sorted(map(repr, stored))


@pytest.fixture
def nothing_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_BOUND", [])
    monkeypatch.setattr(tables, "TABLES", {table: [] for table in tables.Table})


def made_item() -> type[Model]:
    """A kind of items, as a module defines it when it is loaded."""

    @tables.lives_in(tables.Table.FLOWS)
    class MadeItem(Model):
        class Meta:
            table_name = ""

        pk = UnicodeAttribute(hash_key=True)

    return MadeItem


@pytest.mark.usefixtures("nothing_bound")
@pytest.mark.parametrize("is_loaded_late", [False, True])
def test_items_are_bound_whether_loaded_before_or_after_the_names(is_loaded_late: bool) -> None:
    early = None if is_loaded_late else made_item()
    tables.name_tables({table: f"my-{table}" for table in tables.Table}, "eu-west-1")
    kind = early or made_item()
    assert (kind.Meta.table_name, kind.Meta.region) == ("my-flows", "eu-west-1")
    assert tables.table_region() == "eu-west-1"
