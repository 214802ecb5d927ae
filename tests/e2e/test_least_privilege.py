"""Forbidden moves are tried with every role of the stack, with IAM enforced, and refused."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.contract_run import held
from tests.e2e.forbidden_moves import Client, Move, moves
from tests.e2e.operations import items
from tests.e2e.shop import expect
from tests.e2e.trade import Trade, ping_exchange
from tools.grants.used import physical_names
from tools.local_stack import StackInfo
from tools.local_stack.aws import CONFIG, cloudformation, local_session
from tools.local_stack.emulator_grants import TRIAL
from tools.local_stack.layout import REGION
from tools.stub_partner import Behaviour

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

MOVES = {move.name: move for move in moves()}
REFUSED = {"AccessDenied", "AccessDeniedException"}
TAKEN_BY_TESTS = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
    "Action": "sts:AssumeRole",
}
TOKEN = "Zqtoken-0037-partner"


@dataclass
class Roles:
    """The roles of the stack. While they are tried, the tests may take them, too."""

    stack: StackInfo
    session: boto3.Session = field(default_factory=lambda: boto3.Session("x", "x", "x", REGION))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What the stack calls a resource, by what the template calls it."""
        client = cloudformation(self.stack.aws_endpoint_url)
        physical = physical_names(client, self.stack.stack_name)
        return {logical: name for name, logical in physical.items()}

    @cached_property
    def taken(self) -> Mapping[str, Any]:
        """Credentials by the template's name of what has the role."""
        sts = local_session().client("sts", **self._options)
        return {name: self._take(sts, role) for name, role in sorted(self._roles.items())}

    @property
    def _roles(self) -> Mapping[str, str]:
        return {
            logical.removesuffix("Role"): name
            for logical, name in self.names.items()
            if logical.endswith("Role")
        }

    @property
    def _options(self) -> dict[str, Any]:
        return {"endpoint_url": self.stack.aws_endpoint_url, "config": CONFIG}

    def _take(self, sts: Client, role: str) -> Mapping[str, str]:
        arn = f"arn:aws:iam::000000000000:role/{role}"
        taken = sts.assume_role(RoleArn=arn, RoleSessionName=TRIAL)
        credentials: Mapping[str, str] = taken["Credentials"]
        return credentials

    def trust(self, iam: "IAMClient", *, tests: bool) -> None:
        """Let the tests take every role, or take that back."""
        for role in self._roles.values():
            document: Any = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
            others = [one for one in document["Statement"] if one != TAKEN_BY_TESTS]
            stated = [*others, TAKEN_BY_TESTS] if tests else others
            trusted = json.dumps(document | {"Statement": stated})
            iam.update_assume_role_policy(RoleName=role, PolicyDocument=trusted)

    def become(self, name: str) -> None:
        """From now on clients call as this role: making a client for each would take minutes."""
        known: Any = self.session.get_credentials()
        taken = self.taken[name]
        known.access_key, known.secret_key = taken["AccessKeyId"], taken["SecretAccessKey"]
        known.token = taken["SessionToken"]

    def client(self, service: str) -> Client:
        """A client of whichever role it is by then."""
        make: Any = self.session.client
        return make(service, **self._options)


@pytest.fixture(scope="module")
def roles(stack: StackInfo) -> Iterator[Roles]:
    found, iam = Roles(stack), local_session().client("iam", endpoint_url=stack.aws_endpoint_url)
    found.trust(iam, tests=True)
    try:
        yield found
    finally:
        found.trust(iam, tests=False)


def tried(client: Client, move: Move, resource: str) -> str:
    """How a move was answered: the code of its refusal, or `done`."""
    try:
        move.call(client, resource)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


def test_no_role_makes_a_forbidden_move(roles: Roles) -> None:
    clients = {service: roles.client(service) for service in {m.service for m in MOVES.values()}}
    answers: dict[tuple[str, str], str] = {}
    for role in roles.taken:
        roles.become(role)
        for move in MOVES.values():
            if role not in move.allowed:
                named = roles.names[move.resource]
                answers[role, move.name] = tried(clients[move.service], move, named)
    assert {place: code for place, code in answers.items() if code not in REFUSED} == {}
    held("Forbidden moves with every role", ["C11", "C12"], operations=len(answers))


def test_every_allowed_move_names_a_role_that_exists(roles: Roles) -> None:
    allowed = {role for move in MOVES.values() for role in move.allowed}
    assert allowed <= set(roles.taken)


def test_a_move_that_is_allowed_is_not_refused(roles: Roles) -> None:
    client = roles.client("dynamodb")
    roles.become("ManageBidsFunction")
    move = MOVES["delete a ledger entry"]
    assert tried(client, move, roles.names["WalletsTable"]) == "ConditionalCheckFailedException"


def test_the_configuration_table_shows_no_secret(stack: StackInfo, trade: Trade) -> None:
    client, partner = trade.shop.client, trade.partner("20.00")
    ping = ping_exchange(
        partner.behave("ping", Behaviour(price="20.00")), auth={"type": "bearer", "token": TOKEN}
    )
    expect(client.patch(f"/partners/{partner.id}", json={"ping": ping}), 200)
    url = partner.behave("post", Behaviour())
    wanted = {"name": "Hook", "url": url, "event": "lead.assigned"}
    signing = trade.shop.made("/webhooks", wanted)
    stored = str(items(stack, "ConfigurationTableName"))
    assert partner.id in stored
    assert not [secret for secret in (TOKEN, signing["secret"]) if secret in stored]
