"""`Idempotency-Key`: the same request twice has one effect and one answer (`product.md`, 3.4).

The library is imported where it is used: most requests carry no key, and every cold start would
pay for it.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.domain.errors import Conflict, TransientFault, Unprocessable, ValidationFailed
from leadflow.runtime.container.foundation import known_settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
    from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

KEPT_SECONDS = 24 * 60 * 60
KEY_CHARACTERS_MAX = 255
RETRY_AFTER_SECONDS = 1

KEPT_CHARACTERS_MAX = 200_000
"""An item has room for no more, sealed and spelled as text. Only previews are longer, and to make
one again changes nothing."""

Answer = dict[str, Any]
Event = dict[str, Any]
Resolve = Callable[[Event, LambdaContext], Answer]

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_NEVER_KEPT = frozenset({401, 403, 429})
_SERVER_ERROR = 500


class InFlight(Conflict):
    """The first request with the key is still running."""

    code = "idempotency_in_flight"

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still running.")


class _NotKept(Exception):
    """Carries an answer past the store of answers."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def once(event: Event, context: LambdaContext, resolve: Resolve) -> Answer:
    """Answer a request, or give the first answer again when it repeats an earlier one.

    Raises `Unprocessable` (`idempotency_key_reused`) for a key of another request and `InFlight`
    while its twin is running. Answers of 401, 403, 429 and 5xx, and those longer than
    `KEPT_CHARACTERS_MAX`, are not kept.
    """
    key = _key_of(event)
    if key is None or event["httpMethod"] in _SAFE_METHODS:
        return resolve(event, context)
    from aws_lambda_powertools.utilities.idempotency.exceptions import (  # noqa: PLC0415 # heavy
        IdempotencyAlreadyInProgressError,
        IdempotencyInconsistentStateError,
        IdempotencyPersistenceLayerError,
        IdempotencyValidationError,
    )

    def keepable(*, call: dict[str, str]) -> Answer:  # the name is what the library hashes
        answer = resolve(event, context)
        status = int(answer["statusCode"])
        is_kept = status < _SERVER_ERROR and status not in _NEVER_KEPT
        if not is_kept or len(answer["body"] or "") > KEPT_CHARACTERS_MAX:
            raise _NotKept(answer)
        return answer

    try:
        answer = _kept(keepable, key, context)(call={"key": key, "request": _request_of(event)})
    except _NotKept as passed:
        return passed.answer
    except IdempotencyValidationError as error:
        raise Unprocessable(
            "The Idempotency-Key was used for another request.", code="idempotency_key_reused"
        ) from error
    except IdempotencyAlreadyInProgressError as error:
        raise InFlight from error
    except (IdempotencyPersistenceLayerError, IdempotencyInconsistentStateError) as error:
        raise TransientFault(str(error)) from error
    return answer


def _kept(
    keepable: Callable[..., Answer], key: str, context: LambdaContext
) -> Callable[..., Answer]:
    """The call, which the store of answers stands before."""
    from aws_lambda_powertools.utilities.idempotency import (  # noqa: PLC0415 # heavy
        IdempotencyConfig,
        idempotent_function,
    )

    from leadflow.runtime.sealing import Sealed  # noqa: PLC0415 # loads the ciphers

    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="request",
        expires_after_seconds=KEPT_SECONDS,
        hash_function="sha256",
        response_hook=_replayed,
        lambda_context=context,
    )
    kept: Callable[..., Answer] = idempotent_function(
        keepable,
        data_keyword_argument="call",
        persistence_store=_store(),
        config=config,
        output_serializer=Sealed(key),
        key_prefix="request",
    )
    return kept


def _key_of(event: Event) -> str | None:
    """The key in the scope of its caller."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not (0 < len(key) <= KEY_CHARACTERS_MAX and key.isascii() and key.isprintable()):
        message = f"The key has 1 to {KEY_CHARACTERS_MAX} printable ASCII characters."
        raise ValidationFailed({"Idempotency-Key": [message]})
    caller = (event["requestContext"].get("authorizer") or {}).get("caller")
    return f"{caller}#{key}"


def _request_of(event: Event) -> str:
    parts = (event["httpMethod"], event["path"], event.get("body") or "")
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()


def _replayed(response: Answer, idempotent_data: "DataRecord") -> Answer:
    repeated = {"Idempotent-Replayed": ["true"]}
    return {**response, "multiValueHeaders": {**response.get("multiValueHeaders", {}), **repeated}}


@cache
def _store() -> "DynamoDBPersistenceLayer":
    from aws_lambda_powertools.utilities.idempotency import (  # noqa: PLC0415 # heavy
        DynamoDBPersistenceLayer,
    )

    return DynamoDBPersistenceLayer(table_name=known_settings().idempotency_table)
