"""Faults on purpose: what may become of any call to AWS, done to chosen calls of this process.

Loaded only where a plan of faults is set, which the stages local and sandbox alone may do (ADR
0031). It hangs on botocore's events, so it reaches every client: PynamoDB's and Powertools', too.
"""

import json
import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.handlers import BUILTIN_HANDLERS
from botocore.model import OperationModel
from pydantic import Field, ValidationError, model_validator

from leadflow.domain.model import Frozen

RULES_MAX = 100
DELAY_MS_MAX = 10_000
KILLED_EXIT_CODE = 137

_FAULT = "leadflow_fault"
_TRANSACTION = "TransactWriteItems"
_WRITES = frozenset({_TRANSACTION, "PutItem", "UpdateItem", "DeleteItem"})
_BAD_REQUEST, _SERVER_ERROR = 400, 500
_THROTTLED = {"s3": "SlowDown", "sqs": "RequestThrottled"}
_BROKEN = {"s3": "InternalError", "sqs": "InternalError"}

Context = dict[str, Any]
Answer = dict[str, Any]


class FaultKind(StrEnum):
    """What becomes of a call."""

    UNSENT = "unsent"
    """It fails before anything is sent."""
    LOST = "lost"
    """It is carried out, and nobody hears so."""
    REPEATED = "repeated"
    """It is carried out, the answer is lost, and the client sends it once more by itself."""
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    """A write of DynamoDB meets a transaction; other calls go on as if nothing were planned."""
    BROKEN = "broken"
    """The service answers with an error of its own."""
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"
    """The process ends at once: before the call, or when it was carried out."""
    DELAYED = "delayed"


class FaultRule(Frozen):
    """Which calls are hit, and by what. Exactly one of `call` and `share` says which.

    `service` is botocore's service id in lower case (`dynamodb`, `sfn`, `s3`, `sqs`,
    `eventbridge`); blank members stand for all.
    """

    service: str = ""
    operation: str = ""
    call: int | None = Field(default=None, ge=1)
    """The number of the one call that is hit, among those of this rule in this process."""
    share: float = Field(default=0.0, ge=0.0, le=1.0)
    kinds: tuple[FaultKind, ...] = Field(min_length=1)
    """One of them is drawn for each call that is hit."""
    delay_ms: int = Field(default=100, ge=0, le=DELAY_MS_MAX)

    @model_validator(mode="after")
    def _one_choice(self) -> "FaultRule":
        if (self.call is None) == (self.share == 0):
            raise ValueError("exactly one of call and share says which calls are hit")
        return self


class FaultPlan(Frozen):
    """The faults of a process. The first rule that hits a call counts."""

    seed: int = 0
    rules: tuple[FaultRule, ...] = Field(min_length=1, max_length=RULES_MAX)


@dataclass(frozen=True)
class Hit:
    """A fault that was done to the call with this number in the process."""

    service: str
    operation: str
    number: int
    kind: FaultKind
    delay_ms: int


class Handlers(Protocol):
    """What is called around every call to AWS."""

    def before_call(
        self, model: OperationModel, params: Mapping[str, Any], context: Context, **_: object
    ) -> tuple[object, Answer] | None:
        """An answer that stands in for the call's, or None to send it."""
        ...

    def after_call(self, context: Context, **_: object) -> None:
        """The call was answered."""
        ...

    def needs_retry(
        self, response: object, request_dict: Mapping[str, Any], **_: object
    ) -> float | None:
        """Seconds after which the client sends the call again, or None for its own rule."""
        ...


@dataclass(frozen=True)
class _Http:
    """The little of an HTTP answer that botocore asks for."""

    status_code: int


def planned(text: str) -> FaultPlan:
    """A plan from its JSON text. Raises `ValueError` that names every wrong member."""
    try:
        return FaultPlan.model_validate_json(text)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, one['loc'])) or 'plan'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise ValueError("FAULT_PLAN: " + "; ".join(wrong)) from error


def exit_at_once() -> None:
    """End the process as a crash does: nothing is flushed, closed or told."""
    os._exit(KILLED_EXIT_CODE)


def arm(handlers: Handlers) -> Callable[[], None]:
    """Reach every client that is made from now on; call the result to reach no later ones."""
    specs = [
        ("before-call", handlers.before_call),
        ("after-call", handlers.after_call),
        ("needs-retry", handlers.needs_retry),
    ]
    BUILTIN_HANDLERS.extend(specs)

    def disarm() -> None:
        for spec in specs:
            BUILTIN_HANDLERS.remove(spec)

    return disarm


class FaultInjector:
    """Implements `Handlers` for one process.

    `process` is mixed into the seed, so that no two processes are hit at the same calls; `tell`
    hears of each fault before it is done.
    """

    def __init__(
        self,
        plan: FaultPlan,
        process: str,
        *,
        tell: Callable[[Hit], None],
        kill: Callable[[], None] = exit_at_once,
    ) -> None:
        self._plan = plan
        self._random = random.Random(f"{plan.seed}/{process}")  # noqa: S311 # repeatable, not secret
        self._tell, self._kill = tell, kill
        self._calls = 0
        self._matched = [0] * len(plan.rules)
        self._lock = threading.Lock()

    def before_call(
        self, model: OperationModel, params: Mapping[str, Any], context: Context, **_: object
    ) -> tuple[object, Answer] | None:
        """Draw the fault of this call, if any, and do the part that comes before it."""
        hit = self._drawn(str(model.service_model.service_id.hyphenize()), model.name)
        if hit is None:
            return None
        self._tell(hit)
        context[_FAULT] = _possible(hit.kind, context)
        if hit.kind is FaultKind.KILLED_BEFORE:
            self._kill()
        if hit.kind is FaultKind.UNSENT:
            raise ConnectTimeoutError(endpoint_url=hit.service)
        if hit.kind is FaultKind.DELAYED:
            time.sleep(hit.delay_ms / 1_000)
        return _answer_of(hit, params)

    def after_call(self, context: Context, **_: object) -> None:
        """Lose what was answered."""
        fault = context.get(_FAULT)
        if fault is FaultKind.KILLED_AFTER:
            self._kill()
        if fault is FaultKind.LOST:
            raise ReadTimeoutError(endpoint_url="AWS")

    def needs_retry(
        self, response: object, request_dict: Mapping[str, Any], **_: object
    ) -> float | None:
        """Let the client send a call again, once, that was answered."""
        context = request_dict["context"]
        if response is None or context.get(_FAULT) is not FaultKind.REPEATED:
            return None
        del context[_FAULT]
        return 0.0

    def _drawn(self, service: str, operation: str) -> Hit | None:
        with self._lock:
            self._calls += 1
            for place, rule in enumerate(self._plan.rules):
                if self._is_hit(place, rule, service, operation):
                    kind = self._random.choice(rule.kinds)
                    if kind is FaultKind.CONFLICT and operation not in _WRITES:
                        return None
                    return Hit(service, operation, self._calls, kind, rule.delay_ms)
        return None

    def _is_hit(self, place: int, rule: FaultRule, service: str, operation: str) -> bool:
        if rule.service not in {"", service} or rule.operation not in {"", operation}:
            return False
        self._matched[place] += 1
        return self._matched[place] == rule.call or self._random.random() < rule.share


def _possible(kind: FaultKind, context: Context) -> FaultKind:
    """A client that never repeats a call has lost the answer."""
    retries = getattr(context.get("client_config"), "retries", None) or {}
    tries = retries.get("total_max_attempts", retries.get("max_attempts", 1) + 1)
    return FaultKind.LOST if kind is FaultKind.REPEATED and tries == 1 else kind


def _answer_of(hit: Hit, params: Mapping[str, Any]) -> tuple[object, Answer] | None:
    """What the service answers instead of doing anything, or None if it does its work."""
    if hit.kind is FaultKind.THROTTLED:
        return _error(_BAD_REQUEST, _THROTTLED.get(hit.service, "ThrottlingException"))
    if hit.kind is FaultKind.BROKEN:
        return _error(_SERVER_ERROR, _BROKEN.get(hit.service, "InternalServerError"))
    if hit.kind is not FaultKind.CONFLICT:
        return None
    if hit.operation != _TRANSACTION:
        return _error(_BAD_REQUEST, "TransactionConflictException")
    writes = json.loads(params["body"])["TransactItems"]
    reasons = [{"Code": "TransactionConflict"}, *[{"Code": "None"}] * (len(writes) - 1)]
    return _error(_BAD_REQUEST, "TransactionCanceledException", CancellationReasons=reasons)


def _error(status: int, code: str, **more: Sequence[object]) -> tuple[object, Answer]:
    answer: Answer = {
        "Error": {"Code": code, "Message": "A fault that was planned."},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        **more,
    }
    return _Http(status), answer
