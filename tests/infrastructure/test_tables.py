"""Rules that every table of the template keeps, and that the items fit the tables."""

import pytest
from pynamodb.indexes import Index
from pynamodb.models import Model

from leadflow.adapters.dynamodb.tables import TABLES as ITEMS
from tests.infrastructure.template import resources

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
def test_every_index_that_the_code_reads_is_in_the_template(table: str) -> None:
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
