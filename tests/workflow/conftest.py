"""The real state machine in moto's interpreter; its tasks are the real handlers, in this process.

Only the invocation itself is stood in for: a handler is called with the payload as JSON, and an
error that leaves it is reported by its class name, as Lambda does.
"""

import importlib.util
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import boto3
import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor

from leadflow.application.run_ports import Run
from leadflow.domain.bids import Bid
from leadflow.domain.leads import Lead
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Stage
from leadflow.runtime.settings import settings
from tests.builders import configuration, lead, plan, stage
from tests.infrastructure.template import ROOT, resources
from tests.integration.conftest import REGION, _noting, aws, tables
from tests.integration.seeds import store_bid, store_configuration, store_customer, store_lead
from tests.noting import handling
from tests.unit.domain.bidding_examples import customer
from tools.stub_partner import StubPartner, stub_partner

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

__all__ = ["_noting", "aws", "tables"]

Event = dict[str, Any]
Handler = Callable[[Event, object], Event]
ACCOUNT = f"arn:aws:lambda:{REGION}:123456789012:function"
UNKNOWN_TO_THE_INTERPRETER = {
    '"ExecutionType": "EXPRESS"': '"ExecutionType": "STANDARD"',
    '"ToleratedFailurePercentage": 50': '"ToleratedFailurePercentage": 50.0',
}
"""What moto's grammar of a Distributed Map lacks; it tolerates any number of failures."""
_PARSE = AmazonStateLanguageParser.parse
EXECUTIONS_SECONDS = 300
PAUSE_SECONDS = 0.02


@cache
def states() -> "SFNClient":
    """The client of the interpreter."""
    return boto3.client("stepfunctions", region_name=REGION)


def handler_of(function: str) -> Handler:
    """The handler of a function of the template."""
    folder = re.sub(r"(?<!^)(?=[A-Z])", "_", function.removesuffix("Function")).lower()
    path = ROOT / "functions" / folder / "app.py"
    spec = importlib.util.spec_from_file_location(f"app_of_{folder}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def noted(event: Event, context: object) -> Event:
        with handling(folder):
            return cast("Handler", module.handler)(event, context)

    return noted


@dataclass
class Tasks:
    """Stands in for the Lambda client; `faults` are raised by a function, one a call."""

    handlers: dict[str, Handler]
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def invoke(self, FunctionName: str, Payload: bytes) -> Event:  # noqa: N803 # boto3's names
        function = FunctionName.rsplit(":", 1)[-1]
        self.calls.append(function)
        try:
            if waiting := self.faults.get(function):
                raise waiting.pop(0)
            answer = self.handlers[function](json.loads(Payload), None)
        except Exception as error:  # Lambda reports whatever leaves a handler
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": _body(answer)}
        return {"StatusCode": 200, "Payload": _body(answer)}


@dataclass
class Execution:
    """How a run ended, and the states that it entered."""

    status: str
    output: Event
    entered: list[str]

    @property
    def transitions(self) -> int:
        """State transitions: the start, and every state behind the first one."""
        return len(self.entered)


@dataclass
class Machine:
    """The deployed state machine."""

    arn: str
    tasks: Tasks

    def execute(self, of_run: Run) -> Execution:
        """Run it to its end."""
        started = states().start_execution(
            stateMachineArn=self.arn, name=str(uuid4()), input=json.dumps(vars(of_run))
        )
        return self.ended(started["executionArn"])

    def ended(self, arn: str) -> Execution:
        """The end of an execution."""
        client = states()
        until = time.monotonic() + EXECUTIONS_SECONDS
        while (ended := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
            assert time.monotonic() < until
            time.sleep(PAUSE_SECONDS)
        history = client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        details = [event.get("stateEnteredEventDetails") for event in history]
        return Execution(
            ended["status"],
            json.loads(ended.get("output") or "{}"),
            [entered["name"] for entered in details if entered],
        )


@cache
def syntax_of(definition: str) -> object:
    """The syntax tree of a definition, which takes the interpreter a second to find."""
    _, tree = _PARSE(definition)
    return tree


def parsed(definition: str) -> tuple[object, object]:
    """What the interpreter runs; only the syntax tree is shared between executions."""
    tree = syntax_of(definition)
    return Preprocessor().visit(tree), tree


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """The functions of the state machines; waits between retries take no time."""
    machines = resources("AWS::Serverless::StateMachine").values()
    given = [
        arn["Fn::GetAtt"][0]
        for machine in machines
        for arn in machine["Properties"]["DefinitionSubstitutions"].values()
        if "Fn::GetAtt" in arn
    ]
    made = Tasks({function: handler_of(function) for function in given})
    monkeypatch.setattr(lambda_eval_utils, "boto_client_for", lambda **_: made)
    monkeypatch.setattr(retrier_decl, "time", _NoTime)
    monkeypatch.setattr(AmazonStateLanguageParser, "parse", staticmethod(parsed))
    return made


@pytest.fixture
def machine(tables: dict[str, str], tasks: Tasks) -> Machine:
    """The state machine of the distribution as the template deploys it."""
    return deployed("DistributionStateMachine", tasks)


def deployed(name: str, tasks: Tasks) -> Machine:
    """A state machine of the template; a bucket is called as its resource is."""
    properties = resources("AWS::Serverless::StateMachine")[name]["Properties"]
    definition = (ROOT / properties["DefinitionUri"]).read_text()
    for variable, value in properties["DefinitionSubstitutions"].items():
        given = f"{ACCOUNT}:{value['Fn::GetAtt'][0]}" if "Fn::GetAtt" in value else value["Ref"]
        definition = definition.replace(f"${{{variable}}}", given)
    for ours, known in UNKNOWN_TO_THE_INTERPRETER.items():
        definition = definition.replace(ours, known)
    made = states().create_state_machine(
        name=name, definition=definition, roleArn=f"arn:aws:iam::123456789012:role/{name}"
    )
    return Machine(made["stateMachineArn"], tasks)


@pytest.fixture(scope="session")
def running() -> Iterator[StubPartner]:
    """A partner that answers over real HTTP."""
    with stub_partner() as stub:
        yield stub


@pytest.fixture
def stub(running: StubPartner, monkeypatch: pytest.MonkeyPatch) -> StubPartner:
    """The same with nothing scripted, and functions that may call it."""
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
    settings.cache_clear()
    running.clear()
    return running


@pytest.fixture
def given(machine: Machine) -> Callable[..., Lead]:
    """Stores a tenant with stages, bids and partners, and a lead that is being distributed."""

    def store(
        *bids: Bid,
        stages: tuple[Stage, ...] = (stage(0), stage(1)),
        partners: tuple[Partner, ...] = (),
    ) -> Lead:
        store_configuration(configuration(by_plan=plan(*stages), partners=partners))
        for bid in bids:
            store_customer(customer(bid.customer_number))
            store_bid(bid)
        waiting = lead()
        store_lead(waiting)
        return waiting

    return store


class _NoTime:
    """Time that does not pass."""

    @staticmethod
    def sleep(_seconds: float) -> None:
        """Go on at once."""


def _body(answer: Event) -> io.BytesIO:
    return io.BytesIO(json.dumps(answer).encode())
