"""`ping_round_overhead`: what a round of pings costs beyond the time of the slowest partner.

The partners are one stub in a process of its own; everything from the mapping to the offer is the
real code. The stub's own work for a hundred calls is part of what is measured.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.request import Request, urlopen

from leadflow.adapters.outbound import HttpOutbound
from leadflow.adapters.system import SystemClock
from leadflow.application.exchange_calls import NoOffer, Offered, ping_outcome
from leadflow.application.exchange_ports import OutboundRequest
from leadflow.domain.decisions import Reason
from leadflow.domain.exchange_requests import rendered
from leadflow.domain.exchanges import Exchange, MappingRow, ResponseRules
from leadflow.domain.merge_fields import MergeValues
from tests.bench.figures import Figure, median_of
from tests.infrastructure.template import ROOT
from tools.stub_partner.behaviours import Act, Behaviour, priced

PARTNERS = 100
HUNG = 20
ANSWER_MS = 50
DEADLINE_SECONDS = 0.5
OVERHEAD_MS_MAX = 25.0
OVERTIME_MS_MAX = 50.0
RUNS = 25
RUNS_OF_HUNG = 7

_SECONDS_MAX = 10.0
_VALUES: MergeValues = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.com",
    "phone": "+12125550100",
    "zip": "78701",
    "loan_amount": 325_000,
    "is_owner": True,
    "source": "Bench",
}


def ping_round_overhead() -> Sequence[Figure]:
    """A round on kept connections, one on fresh ones, and one with partners that hang."""
    with _stub() as url:
        exchanges = [_exchange(f"{url}/partner/{number}") for number in range(PARTNERS)]
        hanging = [_exchange(f"{url}/hang") for _ in range(HUNG)]
        kept = HttpOutbound(SystemClock(), allow_loopback=True)
        overhead = median_of(lambda: _round_ms(kept, exchanges) - ANSWER_MS, RUNS)
        fresh = median_of(lambda: _fresh_round_ms(exchanges) - ANSWER_MS, RUNS)
        overtime = median_of(
            lambda: _hung_round_ms(kept, [*exchanges[HUNG:], *hanging]) - DEADLINE_SECONDS * 1_000,
            RUNS_OF_HUNG,
        )
    details = {"partners": PARTNERS, "answer_ms": ANSWER_MS, "runs": RUNS}
    hung = {"partners": PARTNERS, "hung": HUNG, "deadline_ms": DEADLINE_SECONDS * 1_000}
    name = "ping_round_overhead"
    return [
        Figure(name, overhead, "ms", OVERHEAD_MS_MAX, details=details),
        Figure(f"{name}.fresh_connections", fresh, "ms", OVERHEAD_MS_MAX, details=details),
        Figure(f"{name}.hung", overtime, "ms", OVERTIME_MS_MAX, details=hung),
    ]


def _fresh_round_ms(exchanges: Sequence[Exchange]) -> float:
    outbound = HttpOutbound(SystemClock(), allow_loopback=True)
    outbound.send_all([], deadline_seconds=1)
    return _round_ms(outbound, exchanges)


def _round_ms(outbound: HttpOutbound, exchanges: Sequence[Exchange]) -> float:
    milliseconds, offers = _timed(outbound, exchanges, _SECONDS_MAX)
    assert offers == PARTNERS
    return milliseconds


def _hung_round_ms(outbound: HttpOutbound, exchanges: Sequence[Exchange]) -> float:
    milliseconds, offers = _timed(outbound, exchanges, DEADLINE_SECONDS)
    assert offers == PARTNERS - HUNG
    return milliseconds


def _timed(
    outbound: HttpOutbound, exchanges: Sequence[Exchange], deadline_seconds: float
) -> tuple[float, int]:
    """Milliseconds of a round, and the offers that came of it."""
    started = time.perf_counter()
    requests = [_request(one) for one in exchanges]
    replies = outbound.send_all(requests, deadline_seconds=deadline_seconds)
    outcomes = [ping_outcome(one, reply) for one, reply in zip(exchanges, replies, strict=True)]
    milliseconds = (time.perf_counter() - started) * 1_000
    missing = {one.reason for one in outcomes if isinstance(one, NoOffer)}
    assert missing <= {Reason.PARTNER_PING_TIMEOUT}
    return milliseconds, sum(isinstance(one, Offered) for one in outcomes)


def _request(exchange: Exchange) -> OutboundRequest:
    parts = rendered(exchange, _VALUES, {})
    return OutboundRequest(
        parts.method, parts.url, parts.headers, parts.body, exchange.timeout_seconds
    )


def _exchange(url: str) -> Exchange:
    rows = tuple(MappingRow(key=f"lead.{name}", value=f"{{{{ {name} }}}}") for name in _VALUES)
    rules = ResponseRules(
        success_path="status",
        success_values=("accepted",),
        price_path="price",
        message_path="message",
        duplicate_path="status",
        duplicate_values=("duplicate",),
    )
    return Exchange(
        url=url,
        timeout_seconds=5,
        mapping=rows,
        response=rules,
        active_since=datetime(2026, 3, 11, tzinfo=UTC),
    )


@contextmanager
def _stub() -> Iterator[str]:
    """A stub partner in another process: its URL."""
    command = [sys.executable, "-m", "tools.stub_partner"]
    with subprocess.Popen(  # noqa: S603 # this interpreter on a module of this repository
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        try:
            _script(url, "*", priced("12.50", ANSWER_MS))
            _script(url, "/hang", Behaviour(act=Act.HANG))
            yield url
        finally:
            process.terminate()


def _script(url: str, path: str, behaviour: Behaviour) -> None:
    body = json.dumps({"path": path, "behaviour": behaviour.model_dump(mode="json")})
    asked = Request(f"{url}/_script", body.encode(), method="PUT")  # noqa: S310 # a stub's URL
    with urlopen(asked, timeout=_SECONDS_MAX) as said:  # noqa: S310 # as above
        assert said.status == 204
