"""Exchanges as requests name them, and as they are shown (`product.md`, 16.2; `api.md`, 6)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import Field as Bound
from pydantic import PlainValidator

from leadflow.application.manage_configuration.target_forms import (
    TargetForm,
    shown_target,
    target_of,
)
from leadflow.domain.answer_paths import PATH_CHARACTERS_MAX
from leadflow.domain.exchange_requests import KEY_CHARACTERS_MAX
from leadflow.domain.exchanges import (
    MAPPING_ROWS_MAX,
    PING_TIMEOUT_SECONDS,
    POST_TIMEOUT_SECONDS,
    TIMEOUT_SECONDS_MAX,
    BodyFormat,
    Exchange,
    PostExchange,
    ResponseRules,
    TreatUnknownAs,
)
from leadflow.domain.model import Request
from leadflow.domain.values import NUMBER_MAX, plain_text

VALUE_CHARACTERS_MAX = 4_000
ANSWER_VALUES_MAX = 100
ANSWER_CHARACTERS_MAX = 255

Kept = TypeVar("Kept", bound=Exchange)


def _scalar(value: object) -> str | int | float | bool:
    if isinstance(value, str) and len(value) <= VALUE_CHARACTERS_MAX:
        return value
    if isinstance(value, int | float | Decimal) and -NUMBER_MAX <= value <= NUMBER_MAX:
        return float(value) if isinstance(value, Decimal) else value
    message = (
        f"The value must be text of at most {VALUE_CHARACTERS_MAX} characters, a number, "
        "true or false."
    )
    raise ValueError(message)


def _answer_value(value: object) -> str:
    text = plain_text(value) if isinstance(value, str | int | Decimal) else None
    if text is None or not 1 <= len(text) <= ANSWER_CHARACTERS_MAX:
        message = f"The value must be a scalar of 1 to {ANSWER_CHARACTERS_MAX} characters."
        raise ValueError(message)
    return text


_ScalarInput = Annotated[str, Bound(max_length=VALUE_CHARACTERS_MAX)] | int | float | bool
_AnswerInput = (
    Annotated[str, Bound(min_length=1, max_length=ANSWER_CHARACTERS_MAX)] | int | float | bool
)
Scalar = Annotated[
    str | int | float | bool,
    PlainValidator(_scalar, json_schema_input_type=_ScalarInput),
]
_AnswerValues = Annotated[
    tuple[
        Annotated[str, PlainValidator(_answer_value, json_schema_input_type=_AnswerInput)],
        ...,
    ],
    Bound(strict=False, max_length=ANSWER_VALUES_MAX),
]
_AnswerPath = Annotated[str | None, Bound(max_length=PATH_CHARACTERS_MAX)]


class MappingRowForm(Request):
    """One member of a request."""

    key: Annotated[str, Bound(max_length=KEY_CHARACTERS_MAX)]
    value: Scalar


MappingRows = Annotated[
    tuple[MappingRowForm, ...], Bound(strict=False, max_length=MAPPING_ROWS_MAX)
]


class ResponseForm(Request):
    """How an answer is read; values may be texts, numbers, true or false."""

    success_path: _AnswerPath = None
    success_values: _AnswerValues = ()
    price_path: _AnswerPath = None
    message_path: _AnswerPath = None
    duplicate_path: _AnswerPath = None
    duplicate_values: _AnswerValues = ()


class ExchangeForm(TargetForm):
    """An exchange. `paused_reason` and `paused_at` are shown only; what is written is ignored."""

    timeout_seconds: Annotated[int, Bound(ge=1, le=TIMEOUT_SECONDS_MAX)] = PING_TIMEOUT_SECONDS
    format: Annotated[BodyFormat, Bound(strict=False)] = BodyFormat.JSON
    mapping: MappingRows = ()
    response: ResponseForm = Bound(default_factory=ResponseForm)
    active: bool = True
    paused_reason: str | None = None
    paused_at: Annotated[datetime | None, Bound(strict=False)] = None


class PingForm(ExchangeForm):
    """How a partner is asked for its price."""


class PostForm(ExchangeForm):
    """How a lead is delivered to a partner."""

    timeout_seconds: Annotated[int, Bound(ge=1, le=TIMEOUT_SECONDS_MAX)] = POST_TIMEOUT_SECONDS
    treat_unknown_as: Annotated[TreatUnknownAs, Bound(strict=False)] = TreatUnknownAs.SOLD


def ping_form(exchange: Exchange | None) -> PingForm | None:
    """A ping exchange as it is shown: secret headers masked, no password, no token."""
    return None if exchange is None else PingForm.model_validate(_shown(exchange))


def post_form(exchange: PostExchange | None) -> PostForm | None:
    """A post exchange, likewise."""
    if exchange is None:
        return None
    treated = {"treat_unknown_as": exchange.treat_unknown_as}
    return PostForm.model_validate(_shown(exchange) | treated)


def exchange_of(
    model: type[Kept], form: ExchangeForm | None, before: Exchange | None, now: datetime
) -> Kept | None:
    """The exchange that a form stands for, without its secrets.

    Switching it on ends a pause that nobody asked for, and its count of timeouts begins anew.
    """
    if form is None:
        return None
    own = {"auth", "headers", "response", "paused_reason", "paused_at"}
    was_active = before is not None and before.active
    stays_paused = before is not None and not form.active
    return model.model_validate(
        {
            **form.model_dump(exclude=own),
            **target_of(form),
            "response": ResponseRules.model_validate(form.response.model_dump()),
            "active_since": before.active_since if before and (was_active or stays_paused) else now,
            "paused_reason": before.paused_reason if before and stays_paused else None,
            "paused_at": before.paused_at if before and stays_paused else None,
        }
    )


def _shown(exchange: Exchange) -> dict[str, object]:
    members = exchange.model_dump(include=set(ExchangeForm.model_fields))
    return {**members, **shown_target(exchange)}
