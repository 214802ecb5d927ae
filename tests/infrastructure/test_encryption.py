"""Whatever is stored or sent is encrypted, and who may open what is named one by one."""

import json
from typing import Any

import pytest

from tests.infrastructure.template import Resource, resources
from tests.infrastructure.test_functions import FUNCTIONS, granted

KEYS = resources("AWS::KMS::Key")
EVERY_KEY = pytest.mark.parametrize("name", sorted(KEYS))
DATA_KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
QUEUES = resources("AWS::SQS::Queue")
OPENS = "kms:Decrypt"
SEALS = "kms:GenerateDataKeyWithoutPlaintext"
OPEN_EXCHANGE_SECRETS = {
    "CloseFlowFunction": "makes the direct post",
    "EnrichLeadFunction": "calls the Real Estate API",
    "EnrichWithRealEstateApiFunction": "calls the Real Estate API",
    "HonorPingFunction": "posts to partners",
    "ManageConfigurationFunction": "keeps what a change leaves out",
    "ReceivePingFunction": "pings partners",
    "SellAtHighestPriceFunction": "pings partners and posts to them",
    "SellRoundRobinFunction": "posts to partners",
    "TestPartnerExchangeFunction": "calls partners",
}
OPEN_WEBHOOK_SECRETS = {
    "DeliverWebhookFunction": "signs deliveries",
    "ManageConfigurationFunction": "keeps what a change leaves out",
    "ManageCustomerWebhooksFunction": "keeps what a change leaves out",
    "TestWebhookFunction": "signs trial calls",
}


def granted_on(key: str, action: str) -> set[str]:
    """Functions that may do something with a key."""
    arn = json.dumps({"Fn::GetAtt": [key, "Arn"]})
    return {name for name, one in FUNCTIONS.items() if (action, arn) in granted(one)}


def denied_without_tls(kind: str) -> set[str]:
    """The resources whose policies refuse what does not come over TLS."""
    policies = [one["Properties"]["PolicyDocument"] for one in resources(kind).values()]
    stated = [statement for policy in policies for statement in policy["Statement"]]
    # Only the emulator, which has no TLS, goes without: a condition of the template says so.
    plain = [one["Fn::If"][1] if "Fn::If" in one else one for one in stated]
    refusals = [one for one in plain if one["Effect"] == "Deny"]
    assert all(one["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for one in refusals)
    assert all(one["Principal"] == "*" for one in refusals)
    return {json.dumps(resource) for one in refusals for resource in one["Resource"]}


def statements(key: str) -> dict[str, Resource]:
    """What a key's policy says, by what it calls its statements."""
    policy: list[dict[str, Any]] = KEYS[key]["Properties"]["KeyPolicy"]["Statement"]
    return {one["Sid"]: one for one in policy}


@EVERY_KEY
def test_a_key_is_renewed_by_itself_and_outlives_its_stack(name: str) -> None:
    assert KEYS[name]["Properties"]["EnableKeyRotation"] is True
    assert (KEYS[name]["DeletionPolicy"], KEYS[name]["UpdateReplacePolicy"]) == ("Retain", "Retain")


@EVERY_KEY
def test_who_administers_a_key_reads_nothing_with_it(name: str) -> None:
    administered = statements(name)["IsAdministeredByTheAccount"]
    assert not [one for one in administered["Action"] if "crypt" in one or "DataKey" in one]
    assert not [one for one in administered["Action"] if "*" in one or "CreateGrant" in one]


def test_data_are_opened_only_through_the_service_that_keeps_them() -> None:
    used = statements("DataKey")
    assert set(used) == {
        "IsAdministeredByTheAccount",
        "IsUsedThroughTheServices",
        "IsUsedByTheBusForItsQueue",
    }
    condition = used["IsUsedThroughTheServices"]["Condition"]["StringEquals"]
    assert condition["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
    services = [one["Fn::Sub"].split(".")[0] for one in condition["kms:ViaService"]]
    assert sorted(services) == ["dynamodb", "s3", "sqs"]
    assert used["IsUsedByTheBusForItsQueue"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert not granted_on("DataKey", OPENS)


def test_every_queue_and_the_bucket_are_encrypted_with_the_key() -> None:
    assert all(one["Properties"]["KmsMasterKeyId"] == DATA_KEY for one in QUEUES.values())
    [bucket] = resources("AWS::S3::Bucket").values()
    [rule] = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == DATA_KEY
    assert rule["BucketKeyEnabled"] is True


def test_the_bucket_is_closed_to_the_public() -> None:
    [bucket] = resources("AWS::S3::Bucket").values()
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}


def test_queues_and_bucket_refuse_what_does_not_come_over_tls() -> None:
    of_queues = {json.dumps({"Fn::GetAtt": [name, "Arn"]}) for name in QUEUES}
    assert denied_without_tls("AWS::SQS::QueuePolicy") == of_queues
    of_bucket = {json.dumps({"Fn::GetAtt": ["FilesBucket", "Arn"]})}
    of_bucket.add(json.dumps({"Fn::Sub": "${FilesBucket.Arn}/*"}))
    assert denied_without_tls("AWS::S3::BucketPolicy") == of_bucket


def test_every_queue_has_one_policy() -> None:
    named = [
        json.dumps(queue)
        for one in resources("AWS::SQS::QueuePolicy").values()
        for queue in one["Properties"]["Queues"]
    ]
    assert sorted(named) == sorted(json.dumps({"Ref": name}) for name in QUEUES)


def test_only_who_calls_out_or_changes_what_is_sent_opens_secrets() -> None:
    assert granted_on("ExchangeSecretsKey", OPENS) == set(OPEN_EXCHANGE_SECRETS)
    assert granted_on("WebhookSecretsKey", OPENS) == set(OPEN_WEBHOOK_SECRETS)


def test_only_who_changes_secrets_makes_keys_for_them() -> None:
    assert granted_on("ExchangeSecretsKey", SEALS) == {"ManageConfigurationFunction"}
    assert granted_on("WebhookSecretsKey", SEALS) == {
        "ManageConfigurationFunction",
        "ManageCustomerWebhooksFunction",
    }


@pytest.mark.parametrize("key", ["ExchangeSecretsKey", "WebhookSecretsKey"])
def test_a_key_of_secrets_leaves_it_to_the_roles_statements(key: str) -> None:
    account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert statements(key)["IsUsedByRolesThatMay"]["Principal"] == account
    assert set(statements(key)) == {"IsAdministeredByTheAccount", "IsUsedByRolesThatMay"}
