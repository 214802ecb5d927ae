"""Runs of stages whose ports are recorded as plain data, or replay what was recorded."""

import datetime
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast, get_origin, get_type_hints

from pydantic import TypeAdapter

from leadflow import application, domain
from leadflow.adapters.formats import LibraryFormats
from leadflow.adapters.webhook_signatures import StandardSignatures
from leadflow.application.alter_lead_data import AlterLeadData
from leadflow.application.auction_ports import BidBook, Bidders, KnownBidders, Place
from leadflow.application.close_flow import CloseFlow
from leadflow.application.direct_post import DirectPost
from leadflow.application.exchange_ports import CallCounts, Outbound, SecretReader
from leadflow.application.partner_posts import PartnerPosts
from leadflow.application.ping_rounds import PingRounds
from leadflow.application.ports import Clock, ConfigurationReader, Flows, Leads, Sale, Sales
from leadflow.application.rotation_ports import CustomerList, Rotations
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.sell_at_highest_price import SellAtHighestPrice
from leadflow.application.sell_round_robin import SellRoundRobin
from leadflow.application.signed_messages import Messenger
from leadflow.application.stage_tasks import StageDesk
from leadflow.application.switch_off_direct_post import SwitchOffDirectPost
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Decision
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import CustomerId
from leadflow.runtime.tasks import Task
from tests.fakes.ids import CountingIds

PORTS: Mapping[str, type] = {
    "configuration": ConfigurationReader,
    "leads": Leads,
    "flows": Flows,
    "book": BidBook,
    "bidders": Bidders,
    "customers": CustomerList,
    "rotations": Rotations,
    "sales": Sales,
    "outbound": Outbound,
    "secrets": SecretReader,
    "calls": CallCounts,
    "clock": Clock,
}
WRITES = frozenset(
    {"flows.add_step", "leads.advance", "leads.reserve", "leads.settle", "sales.sell"}
)
STAGES_MAX = 10

Call = Callable[..., object]
PlainBidders = tuple[dict[CustomerId, Customer], list[tuple[Place, int]]]


@dataclass
class Recording:
    """A run: the answers of its ports in their order, as JSON text, and what it wrote."""

    answers: list[tuple[str, str]] = field(default_factory=list)
    written: list[tuple[str, object]] = field(default_factory=list)
    result: RunResult | None = None

    @property
    def steps(self) -> list[FlowStep]:
        """Steps that it wrote, or tried to."""
        return [step for _, arguments in self.written for step in _steps_in(arguments)]

    @property
    def decisions(self) -> list[Decision]:
        """All decisions, in their order."""
        return [decision for step in self.steps for decision in step.decisions]


class RecordedPort:
    """A port whose answers are noted."""

    def __init__(self, name: str, port: object, into: Recording) -> None:
        self._name, self._port, self._into = name, port, into

    def __getattr__(self, method: str) -> Call:
        name = f"{self._name}.{method}"

        def called(*arguments: object, **options: object) -> object:
            answer = getattr(self._port, method)(*arguments, **options)
            kept = list(answer) if isinstance(answer, Iterator) else answer
            self._into.answers.append((name, _text(name, kept)))
            _note(self._into, name, arguments, options)
            return iter(cast("list[object]", kept)) if isinstance(answer, Iterator) else kept

        return called


class ReplayedPort:
    """A port that knows nothing but a recording: it must be asked the same in the same order."""

    def __init__(self, name: str, left: list[tuple[str, str]], into: Recording) -> None:
        self._name, self._left, self._into = name, left, into

    def __getattr__(self, method: str) -> Call:
        name = f"{self._name}.{method}"

        def called(*arguments: object, **options: object) -> object:
            expected, text = self._left.pop(0)
            assert name == expected
            _note(self._into, name, arguments, options)
            return _answer(name, text)

        return called


def record(of_run: Run, ports: Mapping[str, object]) -> Recording:
    """Run the stages on real ports."""
    into = Recording()
    named = {name: RecordedPort(name, port, into) for name, port in ports.items()}
    into.result = _ran(of_run, named)
    return into


def replay(of_run: Run, recording: Recording) -> Recording:
    """Run the stages on what was recorded."""
    into, left = Recording(), list(recording.answers)
    into.result = _ran(of_run, {name: ReplayedPort(name, left, into) for name in PORTS})
    assert not left, "everything recorded was asked for"
    return into


def _ran(of_run: Run, ports: Mapping[str, object]) -> RunResult:
    """What the state machine does: one task after the other."""
    tasks, going = _tasks(ports), of_run
    for _ in range(STAGES_MAX):
        ended = tasks[going.method](going)
        if isinstance(ended, RunResult):
            return ended
        going = ended
    raise AssertionError("The run does not end.")


def _tasks(ports: Mapping[str, Any]) -> Mapping[str, Task]:
    shared = {name: ports[name] for name in ("configuration", "leads", "clock")}
    calling = {name: ports[name] for name in ("outbound", "secrets", "calls")}
    desk = StageDesk(flows=ports["flows"], formats=LibraryFormats(), **shared)
    posts = PartnerPosts(**shared, **calling)
    return {
        "highest_price": SellAtHighestPrice(
            desk=desk,
            book=ports["book"],
            bidders=ports["bidders"],
            sales=ports["sales"],
            rounds=PingRounds(clock=ports["clock"], **calling),
            posts=posts,
        ),
        "round_robin": SellRoundRobin(
            desk=desk,
            customers=ports["customers"],
            rotations=ports["rotations"],
            sales=ports["sales"],
            posts=posts,
        ),
        "alter_data": AlterLeadData(desk=desk),
        "none": CloseFlow(
            leads=ports["leads"],
            flows=ports["flows"],
            clock=ports["clock"],
            direct_post=DirectPost(
                messenger=Messenger(
                    signatures=StandardSignatures(),
                    outbound=ports["outbound"],
                    clock=ports["clock"],
                ),
                switch_off=SwitchOffDirectPost(
                    store=ports["configuration"], clock=ports["clock"], ids=CountingIds()
                ),
                **{name: ports[name] for name in ("configuration", "secrets", "clock")},
            ),
        ),
    }


def _note(
    into: Recording, name: str, arguments: tuple[object, ...], options: Mapping[str, object]
) -> None:
    if name in WRITES:
        into.written.append((name, (*arguments, *options.values())))


def _steps_in(arguments: object) -> Iterator[FlowStep]:
    for one in cast("tuple[object, ...]", arguments):
        if isinstance(one, FlowStep):
            yield one
        if isinstance(one, Sale):
            yield one.step


@cache
def _mentioned() -> dict[str, Any]:
    """What ports mention: they import it for the type checker alone."""
    found = [
        import_module(one.name)
        for package in (application, domain)
        for one in iter_modules(package.__path__, f"{package.__name__}.")
    ]
    return {
        name: value for module in (datetime, abc, *found) for name, value in vars(module).items()
    }


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    port, _, method = name.partition(".")
    hints = get_type_hints(getattr(PORTS[port], method), _mentioned())
    adapter = TypeAdapter[Any](_plain(hints["return"]))
    adapter.rebuild(_types_namespace=_mentioned())
    return adapter


def _plain(kind: Any) -> Any:  # noqa: ANN401 # any type
    """The type of an answer as it is recorded."""
    if kind is KnownBidders:
        return PlainBidders
    if get_origin(kind) is Iterator:
        return list[kind.__args__[0]]
    return kind


def _text(name: str, answer: object) -> str:
    plain = answer
    if isinstance(answer, KnownBidders):
        plain = (answer.customers, list(answer.live.items()))
    return _adapter(name).dump_json(plain).decode()


def _answer(name: str, text: str) -> object:
    answer = _adapter(name).validate_json(text)
    if name == "bidders.bidders":
        customers, live = answer
        return KnownBidders(customers, dict(live))
    return iter(answer) if name == "book.ranked" else answer
