"""What hardly any role may do, as calls that would do no harm if one were let through.

Keys and messages are those of nobody; a write has a condition that nothing meets.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.infrastructure.template import resources

NOBODY = {"pk": {"S": "tenant_nobody#nobody"}, "sk": {"S": "NOTHING"}}
IS_THERE = "attribute_exists(pk)"
TABLES = sorted(resources("AWS::DynamoDB::Table"))
QUEUES = sorted(resources("AWS::SQS::Queue"))
MACHINES = sorted(resources("AWS::Serverless::StateMachine"))
INVOKED = ("ManageConfigurationFunction", "ProvisionTenantFunction", "SellRoundRobinFunction")
"""Functions that are tried to be invoked: of the API, of the operator, of a machine."""

KEYS = sorted(resources("AWS::KMS::Key"))
FILE = "tenant_nobody/jobs/nothing.csv"

Client = Any
"""A client of boto3: which service it speaks to is known when the move is made."""


@dataclass(frozen=True)
class Move:
    """A call of one service on one resource of the stack.

    `call` gets the client and what the stack calls the resource. `allowed` are the roles that may
    make the move, each with its reason; nobody tries it with them.
    """

    name: str
    service: str
    resource: str
    call: Callable[[Client, str], object]
    allowed: Mapping[str, str] = field(default_factory=dict)


def _because(reason: str, *functions: str) -> dict[str, str]:
    return {f"{name}Function": reason for name in functions}


GUARDS = _because("gives guards of bids up, which lie there", "ManageBids", "ManageConfiguration")
CONFIGURES = {
    **_because("changes what it is for", "ManageConfiguration", "ManageDistributionPlan"),
    **_because("changes users and webhooks", "ManageCustomers", "ManageCustomerWebhooks"),
    **_because("writes its line of the audit log", "ManageBids", "ManageSubscription"),
    **_because("writes its line of the audit log", "MoveCustomersToTiers"),
    **_because("pauses who fails too often", "DeliverWebhook", "WatchPartners"),
    **_because("founds tenants", "ProvisionTenant"),
    **_because("switches the direct post off at a 410", "CloseFlow"),
}
READ_LEADS = {
    **_because("sells, settles or releases leads", "AdvanceAuctions", "AlterLeadData", "BuyLead"),
    **_because("sells, settles or releases leads", "CloseFlow", "HonorPing", "PlaceBuyOrder"),
    **_because("sells, settles or releases leads", "EnrichWithRealEstateApi", "ReprocessBatch"),
    **_because("sells, settles or releases leads", "ListOnMarketplace", "SellAtHighestPrice"),
    **_because("sells, settles or releases leads", "SellRoundRobin", "Reconcile", "SubmitLead"),
    **_because("sells, settles or releases leads", "RecordDistributionError", "ReceivePing"),
    **_because("sells, settles or releases leads", "ReleaseWithheldLeads", "ReleaseAuditedLead"),
    **_because("shows or changes a lead", "DeleteLead", "EditLead", "EnrichLead"),
    **_because("shows or changes a lead", "ReclassifyLead", "ReprocessLead", "ReturnLead"),
    **_because("shows or changes a lead", "ViewFlows", "ViewLead", "ViewSubmissions"),
    **_because("sends a lead", "DeliverWebhook", "TestPartnerExchange", "TestWebhook"),
    **_because("erases a lead", "EraseLead", "EraseLeadData"),
}
SEND: Mapping[str, Mapping[str, str]] = {
    "DeliveriesQueue": {},
    "DeliveriesDeadLetters": {},
    "OutboxDeadLetters": {},
    "FailedFacts": _because("keeps what it cannot read", "PublishFacts"),
    "OutboxQueue": _because("calls", "PlanDeliveries", "DeliverWebhook", "TrackDeliveries"),
    "SlowOutboxQueue": _because("calls", "PlanDeliveries", "DeliverWebhook", "TrackDeliveries"),
    "WithheldDeadLetters": _because("sets messages aside", "ReleaseWithheldLeads"),
    "WithheldQueue": {
        **_because("withholds", "SubmitLead", "EditLead", "ReprocessLead", "ReprocessBatch"),
        **_because("withholds", "ReleaseAuditedLead"),
        **_because("replaces tokens", "ReleaseWithheldLeads", "WatchSubscriptions"),
    },
    "FailedInvocations": {
        **_because("is scheduled", "AdvanceAuctions", "Reconcile", "TellStatistics", "WatchJobs"),
        **_because("is scheduled", "VerifyLedger", "WatchPartners", "WatchSubscriptions"),
    },
}
START: Mapping[str, Mapping[str, str]] = {
    "DistributionStateMachine": {
        **_because("distributes again", "EditLead", "ReprocessBatch", "ReprocessLead"),
        **_because("goes on with runs", "AdvanceAuctions", "Reconcile", "ReleaseAuditedLead"),
    },
    "EraseLeadStateMachine": _because("starts jobs", "EraseLead", "WatchJobs"),
    "ExportLeadsStateMachine": _because("starts jobs", "ExportLeads", "WatchJobs"),
    "ImportLeadsStateMachine": {
        **_because("starts jobs", "ImportLeads", "WatchJobs"),
        "ImportLeadsStateMachine": "its map over batches is an execution of its own",
    },
    "RecalculateReturnTiersStateMachine": _because(
        "starts jobs", "RecalculateReturnTiers", "WatchJobs"
    ),
    "ReprocessLeadsStateMachine": {
        **_because("starts jobs", "ReprocessLeads", "WatchJobs"),
        "ReprocessLeadsStateMachine": "its map over batches is an execution of its own",
    },
}
OPEN: Mapping[str, Mapping[str, str]] = {
    "DataKey": {},
    "ExchangeSecretsKey": {
        **_because("calls out", "CloseFlow", "EnrichLead", "EnrichWithRealEstateApi", "HonorPing"),
        **_because("calls out", "ReceivePing", "SellAtHighestPrice", "SellRoundRobin"),
        **_because("calls out", "TestPartnerExchange"),
        **_because("keeps what a change leaves out", "ManageConfiguration"),
    },
    "WebhookSecretsKey": {
        **_because("signs", "DeliverWebhook", "TestWebhook"),
        **_because("keeps what a change leaves out", "ManageConfiguration"),
        **_because("keeps what a change leaves out", "ManageCustomerWebhooks"),
    },
}
SEAL: Mapping[str, Mapping[str, str]] = {
    "DataKey": {},
    "ExchangeSecretsKey": _because("stores secrets", "ManageConfiguration"),
    "WebhookSecretsKey": _because(
        "stores secrets", "ManageConfiguration", "ManageCustomerWebhooks"
    ),
}
READ_FILES = {
    **_because("works on jobs", "ReprocessBatch", "CollectReprocessResults", "FinishReprocess"),
    **_because("works on jobs", "SelectLeadsToReprocess", "FailReprocess", "WriteExportedLeads"),
    **_because("works on jobs", "FinishLeadExport", "SplitLeadImport", "ImportBatch"),
    **_because("works on jobs", "FinishLeadImport", "ImportLeads"),
    **_because("signs the links to results", "TrackJobs"),
    "ImportLeadsStateMachine": "its map reads the list of batches",
    "ReprocessLeadsStateMachine": "its map reads the list of batches",
}
ERASES = _because("erases what is kept of a person, by its keys", "EraseLeadData")
TELL = _because("tells facts", "PublishFacts", "TellStatistics", "WatchSubscriptions")


def moves() -> Iterator[Move]:
    """All of them."""
    yield from _on_tables()
    yield from _on_queues_and_the_bus()
    yield from _on_machines_and_functions()
    yield from _on_keys()
    yield from _on_files()
    yield from _on_iam()


def _on_tables() -> Iterator[Move]:
    def delete(client: Client, table: str) -> object:
        return client.delete_item(TableName=table, Key=NOBODY, ConditionExpression=IS_THERE)

    def update(client: Client, table: str) -> object:
        change = {"Key": NOBODY, "UpdateExpression": "SET a = pk", "ConditionExpression": IS_THERE}
        return client.update_item(TableName=table, **change)

    def put(client: Client, table: str) -> object:
        return client.put_item(TableName=table, Item=NOBODY, ConditionExpression=IS_THERE)

    def get(client: Client, table: str) -> object:
        return client.get_item(TableName=table, Key=NOBODY)

    yield Move("delete a ledger entry", "dynamodb", "WalletsTable", delete, GUARDS)
    yield Move("change a ledger entry", "dynamodb", "WalletsTable", update)
    yield Move("delete a lead", "dynamodb", "LeadsTable", delete, ERASES)
    yield Move("change a lead without its version", "dynamodb", "LeadsTable", update)
    yield Move("delete a flow", "dynamodb", "FlowsTable", delete)
    yield Move("write configuration", "dynamodb", "ConfigurationTable", put, CONFIGURES)
    yield Move("read a lead", "dynamodb", "LeadsTable", get, READ_LEADS)
    for table in TABLES:
        yield Move(f"scan {table}", "dynamodb", table, _scan)
        yield Move(f"delete {table}", "dynamodb", table, _delete_table)
    yield Move("copy a table", "dynamodb", "LeadsTable", _back_up)
    yield Move("create a table", "dynamodb", "LeadsTable", _create_table)


def _scan(client: Client, table: str) -> object:
    return client.scan(TableName=table, Limit=1)


def _delete_table(client: Client, table: str) -> object:
    return client.delete_table(TableName=table)


def _back_up(client: Client, table: str) -> object:
    return client.create_backup(TableName=table, BackupName="forbidden")


def _create_table(client: Client, _table: str) -> object:
    drawn = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    }
    return client.create_table(TableName="forbidden", BillingMode="PAY_PER_REQUEST", **drawn)


def _on_queues_and_the_bus() -> Iterator[Move]:
    for queue in QUEUES:
        yield Move(f"send to {queue}", "sqs", queue, _send, SEND.get(queue, {}))
        yield Move(f"empty {queue}", "sqs", queue, lambda sqs, url: sqs.purge_queue(QueueUrl=url))
    yield Move("tell a fact", "events", "Bus", _tell, TELL)
    yield Move("listen to the bus", "events", "Bus", _listen)


def _send(client: Client, url: str) -> object:
    return client.send_message(QueueUrl=url, MessageBody="{}", MessageGroupId="nobody")


def _tell(client: Client, bus: str) -> object:
    entry = {"EventBusName": bus, "Source": "nobody", "DetailType": "nothing", "Detail": "{}"}
    return client.put_events(Entries=[entry])


def _listen(client: Client, bus: str) -> object:
    return client.put_rule(Name="forbidden", EventBusName=bus, EventPattern='{"source": ["x"]}')


def _on_machines_and_functions() -> Iterator[Move]:
    for machine in MACHINES:
        yield Move(f"start {machine}", "stepfunctions", machine, _start, START.get(machine, {}))
    for function in INVOKED:
        runs = {"DistributionStateMachine": "it is a task of it"} if "Sell" in function else {}
        yield Move(f"invoke {function}", "lambda", function, _invoke, runs)
    yield Move("change code", "lambda", "SubmitLeadFunction", _change_code)


def _start(client: Client, arn: str) -> object:
    return client.start_execution(stateMachineArn=arn, input="{}")


def _invoke(client: Client, name: str) -> object:
    return client.invoke(FunctionName=name, InvocationType="DryRun")


def _change_code(client: Client, name: str) -> object:
    return client.update_function_code(FunctionName=name, ZipFile=b"nothing", DryRun=True)


def _on_keys() -> Iterator[Move]:
    for key in KEYS:
        yield Move(f"open with {key}", "kms", key, _open, OPEN.get(key, {}))
        yield Move(f"make a key under {key}", "kms", key, _seal, SEAL.get(key, {}))
        yield Move(f"delete {key}", "kms", key, _schedule_deletion)


def _open(client: Client, key: str) -> object:
    return client.decrypt(KeyId=key, CiphertextBlob=key.encode() + bytes(100))


def _seal(client: Client, key: str) -> object:
    return client.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")


def _schedule_deletion(client: Client, key: str) -> object:
    return client.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)


def _on_files() -> Iterator[Move]:
    bucket = "FilesBucket"
    yield Move("read a file", "s3", bucket, _get_file, READ_FILES)
    yield Move("open files to the public", "s3", bucket, _open_bucket)
    yield Move("delete a file", "s3", bucket, _delete_file, ERASES)


def _get_file(client: Client, bucket: str) -> object:
    return client.get_object(Bucket=bucket, Key=FILE)


def _delete_file(client: Client, bucket: str) -> object:
    return client.delete_object(Bucket=bucket, Key=FILE)


def _open_bucket(client: Client, bucket: str) -> object:
    return client.delete_public_access_block(Bucket=bucket)


def _on_iam() -> Iterator[Move]:
    role = "SubmitLeadFunctionRole"
    yield Move("widen a role", "iam", role, _widen)
    yield Move("become another role", "sts", role, _become)
    yield Move("read logs", "logs", "SubmitLeadLogGroup", _read_logs)


def _widen(client: Client, role: str) -> object:
    document = '{"Version": "2012-10-17", "Statement": []}'
    return client.put_role_policy(RoleName=role, PolicyName="forbidden", PolicyDocument=document)


def _become(client: Client, role: str) -> object:
    return client.assume_role(
        RoleArn=f"arn:aws:iam::000000000000:role/{role}", RoleSessionName="forbidden"
    )


def _read_logs(client: Client, group: str) -> object:
    return client.filter_log_events(logGroupName=group)
