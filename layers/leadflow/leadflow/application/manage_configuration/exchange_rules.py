"""What an exchange must keep to be saved (`product.md`, 16.2)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain

from leadflow.application.manage_configuration.condition_rules import kinds_of_leads
from leadflow.application.manage_configuration.desk import Desk
from leadflow.application.manage_configuration.exchange_forms import (
    ExchangeForm,
    MappingRowForm,
    ResponseForm,
)
from leadflow.application.manage_configuration.target_rules import Mistake, target_mistakes
from leadflow.domain.answer_paths import is_path
from leadflow.domain.configuration import Configuration
from leadflow.domain.exchange_requests import mapping_mistakes
from leadflow.domain.exchanges import Exchange, ExchangeKind, MappingRow
from leadflow.domain.merge_fields import mistakes, names
from leadflow.domain.webhooks import Webhook

_NO_PATH = "The values need the path that they are compared at."


def exchange_mistakes(
    kind: ExchangeKind,
    form: ExchangeForm | None,
    before: Exchange | None,
    missing: Iterable[str],
    desk: Desk,
) -> dict[str, list[str]]:
    """What is wrong with an exchange, by paths such as `ping.mapping.2.value`.

    `missing` are secrets that it needs and will not have. What a stored exchange has already may
    stay: its address, and merge fields of what has been archived since.
    """
    if form is None:
        return {}
    errors: dict[str, list[str]] = {}
    found = chain(
        target_mistakes(form, before, missing, desk.url_mistake),
        _mapping_mistakes(kind, form, _known_names(before, desk.configuration)),
        _response_mistakes(kind, form.response),
    )
    for path, message in found:
        errors.setdefault(f"{kind}.{path}", []).append(message)
    return errors


def merge_names(mapped: Exchange | Webhook) -> frozenset[str]:
    """The merge fields that a mapping uses."""
    texts = (row.value for row in mapped.mapping if isinstance(row.value, str))
    return frozenset(chain.from_iterable(map(names, texts)))


def _known_names(before: Exchange | None, configuration: Configuration) -> Collection[str]:
    used = merge_names(before) if before else frozenset[str]()
    return {*kinds_of_leads(configuration, ()), *used}


def _mapping_mistakes(
    kind: ExchangeKind, form: ExchangeForm, known: Collection[str]
) -> Iterator[Mistake]:
    return row_mistakes(
        form.mapping, lambda text: mistakes(text, known, allow_response=kind == "post")
    )


def row_mistakes(
    mapping: Sequence[MappingRowForm], mistakes_of: Callable[[str], Iterable[str]]
) -> Iterator[Mistake]:
    """What is wrong with mapping rows; `mistakes_of` knows the merge fields of their texts."""
    rows = [MappingRow(key=row.key, value=row.value) for row in mapping]
    for index, message in mapping_mistakes(rows).items():
        yield f"mapping.{index}.key", message
    for index, row in enumerate(rows):
        if isinstance(row.value, str):
            for message in mistakes_of(row.value):
                yield f"mapping.{index}.value", message


def _response_mistakes(kind: ExchangeKind, response: ResponseForm) -> Iterator[Mistake]:
    for member in ("success_path", "price_path", "message_path", "duplicate_path"):
        path: str | None = getattr(response, member)
        if path is not None and not is_path(path):
            yield f"response.{member}", "This is no path such as data.price or offers.0.price."
    if kind == "ping" and response.price_path is None:
        yield "response.price_path", "A ping needs the path of the price."
    if response.success_path is None:
        if response.success_values:
            yield "response.success_path", _NO_PATH
        if response.duplicate_values and response.duplicate_path is None:
            yield "response.duplicate_path", _NO_PATH
