"""What the template grants, what was used, and how the two are compared."""

import json
from pathlib import Path

import pytest

from tests.noting import Asked, of_files, of_keys, of_machines, of_queues, of_tables
from tools.grants.__main__ import idle, lacking
from tools.grants.granted import Grant, granted, template_resources
from tools.grants.used import as_grants
from tools.grants.without_proof import WITHOUT_PROOF
from tools.local_stack.emulator_grants import TRIAL, Notes, noting

READS = Grant("ViewLeadFunction", "dynamodb:GetItem", "LeadsTable")
WRITES = Grant("ViewLeadFunction", "dynamodb:PutItem", "LeadsTable")
ROLE = "arn:aws:sts::000000000000:assumed-role/stack-ViewLeadFunctionRole-1"
TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/stack-LeadsTable-2"
NAMES = {
    "stack-ViewLeadFunctionRole-1": "ViewLeadFunctionRole",
    "stack-LeadsTable-2": "LeadsTable",
    "http://127.0.0.1/000000000000/stack-WithheldQueue-3": "WithheldQueue",
    "stack-filesbucket-4": "FilesBucket",
}


def function(*statements: object) -> dict[str, object]:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Policies": [{"Statement": list(statements)}]},
    }


def test_resources_are_called_as_the_template_calls_them() -> None:
    statement = {
        "Effect": "Allow",
        "Action": ["a:Do"],
        "Resource": [
            {"Fn::GetAtt": ["LeadsTable", "Arn"]},
            {"Fn::Sub": "${LeadsTable.Arn}/index/ByRun"},
            {"Ref": "Machine"},
        ],
    }
    found = granted({"F": function(statement), "T": {"Type": "AWS::DynamoDB::Table"}})
    assert {one.resource for one in found} == {"LeadsTable", "LeadsTable/index/ByRun", "Machine"}


def test_a_resource_that_is_spelled_otherwise_is_told_of() -> None:
    statement = {"Effect": "Allow", "Action": ["a:Do"], "Resource": [{"Fn::Join": []}]}
    with pytest.raises(ValueError, match="unknown way"):
        granted({"F": function(statement)})


def test_what_the_emulator_noted_is_said_in_the_templates_words() -> None:
    role = "stack-ViewLeadFunctionRole-1"
    resources = {
        TABLE: "LeadsTable",
        f"{TABLE}/index/ByRun": "LeadsTable/index/ByRun",
        "arn:aws:sqs:us-east-1:000000000000:stack-WithheldQueue-3": "WithheldQueue",
        "arn:aws:s3:::stack-filesbucket-4/a/b.csv": "FilesBucket/*",
        "arn:aws:s3:::stack-filesbucket-4": "FilesBucket",
    }
    lines = [json.dumps([role, "a:Do", arn]) for arn in resources]
    strangers = [json.dumps(["other", "a:Do", TABLE]), json.dumps([role, "a:Do", "*"])]
    found = as_grants([*lines, *strangers], NAMES)
    assert found == {Grant("ViewLeadFunction", "a:Do", name) for name in resources.values()}


def test_a_grant_without_use_needs_a_reason_and_a_reason_such_a_grant() -> None:
    pattern = ("*", "dynamodb:PutItem", "*")
    assert idle([READS, WRITES], [READS], {}) == ([WRITES], [])
    assert idle([READS, WRITES], [READS], {pattern: "why"}) == ([], [])
    assert idle([READS, WRITES], [READS, WRITES], {pattern: "why"}) == ([], [pattern])
    assert idle([READS], [], {pattern: "why"}) == ([READS], [pattern])


def test_what_is_done_without_a_grant_is_told_if_the_template_has_such_things() -> None:
    template = {"ViewLeadFunction", "LeadsTable"}
    index = Grant("ViewLeadFunction", "dynamodb:Query", "LeadsTable/index/ByRun")
    strangers = [
        Grant("OldFunction", "dynamodb:PutItem", "LeadsTable"),
        Grant("ViewLeadFunction", "states:StartExecution", "a-machine-of-a-test"),
    ]
    assert lacking([READS], [READS, WRITES, index, *strangers], template) == [WRITES, index]
    assert lacking([READS, WRITES], [READS], template) == []


def test_every_reason_is_about_a_grant_of_the_template() -> None:
    may = granted(template_resources())
    assert idle(may, [], WITHOUT_PROOF)[1] == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (of_tables("GetItem", {"TableName": "T"}), [("dynamodb:GetItem", "T")]),
        (
            of_tables("Query", {"TableName": "T", "IndexName": "I"}),
            [("dynamodb:Query", "T/index/I")],
        ),
        (
            of_tables("BatchGetItem", {"RequestItems": {"T": {}}}),
            [("dynamodb:BatchGetItem", "T")],
        ),
        (
            of_tables(
                "TransactWriteItems",
                {
                    "TransactItems": [
                        {"Put": {"TableName": "T"}},
                        {"ConditionCheck": {"TableName": "U"}},
                    ]
                },
            ),
            [("dynamodb:PutItem", "T"), ("dynamodb:ConditionCheckItem", "U")],
        ),
        (of_files("HeadObject", {}), [("s3:GetObject", "FilesBucket/*")]),
        (of_files("UploadPart", {}), [("s3:PutObject", "FilesBucket/*")]),
        (of_files("ListObjectsV2", {}), [("s3:ListBucket", "FilesBucket")]),
        (
            of_machines("StartExecution", {"stateMachineArn": "arn:aws:states:r:1:stateMachine:M"}),
            [("states:StartExecution", "M")],
        ),
        (
            of_queues("SendMessage", {"QueueUrl": "http://127.0.0.1/1/Q.fifo"}),
            [("sqs:SendMessage", "Q")],
        ),
    ],
    ids=["read", "index", "batch", "transaction", "look", "part", "list", "start", "send"],
)
def test_a_call_is_noted_as_the_actions_that_iam_is_asked_for(
    asked: Asked, expected: list[tuple[str, str]]
) -> None:
    assert list(asked) == expected


def test_a_key_is_called_as_the_template_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRETS_KEY", "arn:1")
    assert list(of_keys("Decrypt", {"KeyId": "arn:1"})) == [("kms:Decrypt", "WebhookSecretsKey")]
    assert list(of_keys("Decrypt", {"KeyId": "arn:2"})) == []


@pytest.mark.parametrize(
    ("denied", "caller", "noted"),
    [
        (None, f"{ROLE}/session", True),
        ("denied", f"{ROLE}/session", False),
        (None, f"{ROLE}/{TRIAL}", False),
        (None, "arn:aws:iam::000000000000:root", False),
    ],
)
def test_what_a_role_was_let_do_is_noted_once_and_the_answer_is_passed_on(
    tmp_path: Path, denied: str | None, caller: str, noted: bool
) -> None:
    file = tmp_path / "grants.jsonl"
    enforce = noting(lambda *_: denied, lambda: caller, Notes(file))
    for _ in range(2):
        assert enforce("key", "dynamodb:GetItem", "dynamodb", "us-east-1", TABLE, None) == denied
    lines = file.read_text().splitlines() if file.exists() else []
    line = ["stack-ViewLeadFunctionRole-1", "dynamodb:GetItem", TABLE]
    assert [json.loads(one) for one in lines] == ([line] if noted else [])
