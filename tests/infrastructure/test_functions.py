"""Rules that every function of the template keeps."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from leadflow.application.partner_posts import OPEN_MARGIN, POSTED_WITHIN
from leadflow.application.reconcile import GIVEN_UP_AFTER, SETTLED_WITHIN, STUCK_AFTER
from leadflow.application.reconcile_all import CALL_LASTS
from leadflow.runtime.observability import METRICS_NAMESPACE
from tests.infrastructure.template import ROOT, Resource, resources, template

FUNCTIONS = resources("AWS::Serverless::Function")
LOG_GROUPS = resources("AWS::Logs::LogGroup")
EVERY_FUNCTION = pytest.mark.parametrize("name", sorted(FUNCTIONS))
FILES = '{"Fn::Sub": "${FilesBucket.Arn}/*"}'
"""The objects of the bucket: they are named when they are made."""
POST_SECONDS_MAX = 30
PUBLIC = {"/openapi.json", "/public/{tenant_id}/marketplace"}
SCHEDULED = {"Schedule", "ScheduleV2"}
NEEDS_NOTHING = {"ShowApiDocumentFunction"}
"""Functions that answer from what was shipped with them."""
MAY_DELETE_FROM_WALLETS = {
    "ManageBidsFunction": "a bid that is archived gives its guard up",
    "ManageConfigurationFunction": "a lead type that is archived takes its bids' guards along",
}
MAY_DELETE_FROM_LEADS = {
    "EraseLeadDataFunction": "digests of a person's data are keys: of its claims and its ping",
}


def folder(name: str) -> str:
    """The snake case of a function's name."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Function")).lower()


def variables(function: Resource) -> set[str]:
    """What the environment of a function has."""
    own = function["Properties"].get("Environment", {}).get("Variables", {})
    common = template()["Globals"]["Function"]["Environment"]["Variables"]
    return set(own) | set(common)


def statements(function: Resource) -> list[Resource]:
    """What a function may do."""
    policies = function["Properties"]["Policies"]
    return [statement for policy in policies for statement in policy["Statement"]]


def granted(function: Resource) -> list[tuple[str, str]]:
    """Pairs of action and resource; a resource is spelled as JSON."""
    return [
        (action, json.dumps(resource))
        for statement in statements(function)
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]


@EVERY_FUNCTION
def test_a_function_has_a_log_group_of_its_own_with_a_retention(name: str) -> None:
    wanted = name.removesuffix("Function") + "LogGroup"
    assert FUNCTIONS[name]["Properties"]["LoggingConfig"]["LogGroup"] == {"Ref": wanted}
    assert LOG_GROUPS[wanted]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@EVERY_FUNCTION
def test_a_function_logs_json_and_lambda_itself_only_what_goes_wrong(
    name: str, transformed: dict[str, Any]
) -> None:
    drawn = transformed[name]["Properties"]["LoggingConfig"]
    assert drawn["LogGroup"] == {"Ref": name.removesuffix("Function") + "LogGroup"}
    assert (drawn["LogFormat"], drawn["SystemLogLevel"]) == ("JSON", "WARN")
    # The logger's own level decides: Lambda must not drop what it lets through.
    assert drawn["ApplicationLogLevel"] == "INFO"


@EVERY_FUNCTION
def test_a_function_says_what_it_is_for(name: str) -> None:
    assert FUNCTIONS[name]["Properties"]["Description"].strip()


@EVERY_FUNCTION
def test_a_function_lives_in_the_folder_of_its_name(name: str) -> None:
    assert FUNCTIONS[name]["Properties"]["CodeUri"] == f"functions/{folder(name)}"
    assert (ROOT / "functions" / folder(name) / "app.py").is_file()


def test_every_folder_with_a_handler_is_deployed() -> None:
    found = {path.parent.name for path in ROOT.glob("functions/*/app.py")}
    assert found == {folder(name) for name in FUNCTIONS}


@EVERY_FUNCTION
def test_a_function_can_be_tried_with_an_event(name: str) -> None:
    events = sorted((ROOT / "events" / folder(name)).glob("*.json"))
    assert events
    assert all(isinstance(json.loads(path.read_text()), dict) for path in events)


@EVERY_FUNCTION
def test_an_http_event_asks_for_a_route_of_its_function(name: str) -> None:
    for path in sorted((ROOT / "events" / folder(name)).glob("*.json")):
        event = json.loads(path.read_text())
        if "httpMethod" in event and name != "AuthorizeRequestFunction":
            assert (event["httpMethod"], event["resource"]) in routes_of(FUNCTIONS[name])


def test_the_environments_of_the_events_are_those_of_the_template() -> None:
    environments = json.loads((ROOT / "events/env.json").read_text())
    assert {name: set(known) for name, known in environments.items()} == {
        name: variables(function) for name, function in FUNCTIONS.items()
    }


@EVERY_FUNCTION
def test_a_function_may_do_only_what_is_named(name: str) -> None:
    grants = granted(FUNCTIONS[name])
    assert bool(grants) is (name not in NEEDS_NOTHING)
    named = [(action, resource.replace(FILES, "")) for action, resource in grants]
    assert not [grant for grant in named if "*" in "".join(grant)]
    assert all(statement["Effect"] == "Allow" for statement in statements(FUNCTIONS[name]))


@EVERY_FUNCTION
def test_a_function_gets_the_name_of_every_table_that_it_may_use_and_of_no_other(name: str) -> None:
    own = FUNCTIONS[name]["Properties"]["Environment"]["Variables"]
    named = {value["Ref"] for value in own.values() if value.get("Ref", "").endswith("Table")}
    grants = " ".join(resource for _, resource in granted(FUNCTIONS[name]))
    assert named == set(re.findall(r"\w+Table", grants))


@EVERY_FUNCTION
def test_no_function_may_scan_a_table(name: str) -> None:
    assert "dynamodb:Scan" not in [action for action, _ in granted(FUNCTIONS[name])]


def test_only_bid_guards_may_be_deleted_from_the_wallets() -> None:
    deleting = {
        name
        for name, function in FUNCTIONS.items()
        for action, resource in granted(function)
        if action == "dynamodb:DeleteItem" and "WalletsTable" in resource
    }
    assert deleting <= set(MAY_DELETE_FROM_WALLETS)


def test_no_function_may_delete_leads_or_flows() -> None:
    deleting = {
        name
        for name, function in FUNCTIONS.items()
        for action, resource in granted(function)
        if action == "dynamodb:DeleteItem"
        and ("LeadsTable" in resource or "FlowsTable" in resource)
    }
    assert deleting <= set(MAY_DELETE_FROM_LEADS)


@EVERY_FUNCTION
def test_a_function_that_nobody_waits_for_keeps_its_failures(name: str) -> None:
    properties = FUNCTIONS[name]["Properties"]
    if not SCHEDULED & {event["Type"] for event in properties.get("Events", {}).values()}:
        return
    target = properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    assert target["Type"] == "SQS"
    queue = target["Destination"]["Fn::GetAtt"][0]
    assert queue in resources("AWS::SQS::Queue")
    assert any(
        action == "sqs:SendMessage" and queue in resource
        for action, resource in granted(FUNCTIONS[name])
    )


def test_stray_leads_are_given_up_within_fifteen_minutes() -> None:
    [event] = FUNCTIONS["ReconcileFunction"]["Properties"]["Events"].values()
    rate = re.fullmatch(r"rate\((\d+) minutes\)", event["Properties"]["ScheduleExpression"])
    assert rate
    between_calls = timedelta(minutes=int(rate[1]))
    assert STUCK_AFTER + between_calls <= GIVEN_UP_AFTER
    # A post that was begun at the last moment is unknown by then, and settled by the next call.
    last_post = timedelta(seconds=POST_SECONDS_MAX) + OPEN_MARGIN
    assert POSTED_WITHIN <= GIVEN_UP_AFTER
    assert GIVEN_UP_AFTER + last_post + between_calls + CALL_LASTS <= SETTLED_WITHIN


def test_a_call_that_reconciles_ends_before_it_is_cut_off() -> None:
    limit = FUNCTIONS["ReconcileFunction"]["Properties"]["Timeout"]
    assert timedelta(seconds=limit) >= CALL_LASTS + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("alarm", "function"),
    [("LedgerMismatchAlarm", "verify_ledger"), ("StraysAlarm", "reconcile")],
)
def test_an_alarm_watches_what_its_function_counts(alarm: str, function: str) -> None:
    watched = resources("AWS::CloudWatch::Alarm")[alarm]["Properties"]
    told = (ROOT / f"functions/{function}/app.py").read_text()
    assert f'count("{watched["MetricName"]}", ' in told
    assert "stage=settings().stage" in told
    assert watched["Namespace"] == METRICS_NAMESPACE
    assert watched["Dimensions"] == [{"Name": "stage", "Value": {"Ref": "Stage"}}]
    assert (watched["Statistic"], watched["Threshold"]) == ("Sum", 0)


def routes_of(function: Resource) -> list[tuple[str, str]]:
    """Method and path of every route."""
    return [
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    ]


def test_every_route_is_served_once() -> None:
    routes = [route for function in FUNCTIONS.values() for route in routes_of(function)]
    assert ("POST", "/leads") in routes
    assert len(routes) == len(set(routes))


def test_every_route_but_the_public_ones_belongs_to_the_api_with_the_authorizer() -> None:
    events = [
        event["Properties"]
        for function in FUNCTIONS.values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    ]
    assert all(event["RestApiId"] == {"Ref": "Api"} for event in events)
    unguarded = {event["Path"]: event["Auth"] for event in events if "Auth" in event}
    assert unguarded == {path: {"Authorizer": "NONE"} for path in PUBLIC}
    api = template()["Resources"]["Api"]["Properties"]
    assert api["Auth"]["DefaultAuthorizer"] == "RequestAuthorizer"
