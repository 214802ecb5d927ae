"""Reading management requests: every invalid member is told of at once (`api.md`, 1)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.values import is_clean

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
VersionCheck = Callable[[int], None]
"""Raises `PreconditionFailed` when the caller expects another version."""

_UNCLEAN = "The text contains characters that are not allowed."
_ROW_VALUE = "value"


def validated(model: type[Model], value: object, at: Path = ()) -> Model:
    """A parsed JSON value as a request model.

    `at` is where the value stands in the body. Raises `ValidationFailed` with paths such as
    `bidding_scopes.0.step_cents`; texts with control characters or lone surrogates are refused
    wherever they are.
    """
    if errors := dict(_unclean(value, at)):
        raise ValidationFailed(errors)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ValidationFailed(errors_of(error, at)) from error


def errors_of(error: ValidationError, at: Path = ()) -> dict[str, list[str]]:
    """Member paths, each with its messages."""
    errors: dict[str, list[str]] = {}
    for mistake in error.errors(include_url=False, include_input=False, include_context=False):
        path = path_text((*at, *_without_alternatives(mistake["loc"])))
        errors.setdefault(path, []).append(mistake["msg"].removeprefix("Value error, "))
    return errors


def path_text(path: Path) -> str:
    """A path as it is spelled in `errors`."""
    return ".".join(str(part) for part in path) or "body"


def _without_alternatives(loc: Path) -> Path:
    """The value of a condition row may be of several types; which one was tried tells nothing."""
    is_row_value = len(loc) > 1 and loc[0] == "conditions" and _ROW_VALUE in loc
    return loc[: loc.index(_ROW_VALUE) + 1] if is_row_value else loc


def _unclean(value: object, path: Path) -> Iterator[tuple[str, Sequence[str]]]:
    if isinstance(value, str) and not is_clean(value):
        yield path_text(path), [_UNCLEAN]
    if isinstance(value, Mapping):
        for name, member in value.items():
            if is_clean(str(name)):
                yield from _unclean(member, (*path, name))
            else:
                yield path_text(path), [_UNCLEAN]
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from _unclean(member, (*path, index))
