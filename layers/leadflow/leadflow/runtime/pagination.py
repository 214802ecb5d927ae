"""Lists over HTTP: how many objects, from where, and the signed cursor of what comes next.

A route asks for `page_window`, hands it to the port that lists (it is a `Window`), and answers with
`list_reply`. Cursors carry the port's position, signed with the tenant's key and bound to the
tenant, the list and its filters (`product.md`, 3.5; `api.md`, 1).
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from aws_lambda_powertools.event_handler import Response
from itsdangerous import BadData, URLSafeSerializer

from leadflow.application.ports import Page, Window
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.settings import Tenant
from leadflow.runtime.http import Api, jsonable, reply

LIMIT_MAX = 200
LIMIT_DEFAULT = 50

Listed = TypeVar("Listed")
Filters = Mapping[str, str | None]

_LIMIT = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, kw_only=True)
class ListWindow(Window):
    """A part of one list; `binding` names the tenant, the list and the filters."""

    cursor_key: str
    binding: str

    def cursor(self, position: str | None) -> str | None:
        """The cursor that goes on at a position of this list; None at its end."""
        if position is None:
            return None
        return str(_serializer(self.cursor_key, self.binding).dumps(position))


def page_window(
    api: Api, tenant: Tenant, list_name: str, filters: Filters | None = None
) -> ListWindow:
    """The part of a list that the request asks for with `limit` and `cursor`.

    `list_name` is unique among all lists; `filters` holds whatever decides which objects are in
    the list (path parts such as a customer's id included), blank ones may be left out. Raises
    `ValidationFailed` on `limit` and `Unprocessable` (`invalid_cursor`).
    """
    binding = _binding(tenant, list_name, filters or {})
    cursor = api.query("cursor")
    return ListWindow(
        limit=_limit(api.query("limit")),
        position=None if cursor is None else _position(tenant.cursor_key, binding, cursor),
        cursor_key=tenant.cursor_key,
        binding=binding,
    )


def list_reply(
    page: Page[Listed], window: ListWindow, represent: Callable[[Listed], object]
) -> Response[str]:
    """The answer that holds a page; `represent` makes the body of one object."""
    cursor = window.cursor(page.position)
    data = [jsonable(represent(item)) for item in page.items]
    body = {
        "object": "list",
        "data": data,
        "has_more": cursor is not None,
        "next_cursor": cursor,
    }
    return reply(200, body)


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT_DEFAULT
    limit = int(text) if _LIMIT.fullmatch(text) else 0
    if not 1 <= limit <= LIMIT_MAX:
        raise ValidationFailed({"limit": [f"The limit must be a whole number, 1 to {LIMIT_MAX}."]})
    return limit


def _binding(tenant: Tenant, list_name: str, filters: Filters) -> str:
    given = {name: value for name, value in sorted(filters.items()) if value is not None}
    return json.dumps([tenant.id, list_name, given])


def _position(cursor_key: str, binding: str, cursor: str) -> str:
    try:
        position = _serializer(cursor_key, binding).loads(cursor)
    except (BadData, UnicodeError) as error:
        message = "The cursor is damaged, or was made for another list or for other filters."
        raise Unprocessable(message, code="invalid_cursor") from error
    return str(position)


def _serializer(cursor_key: str, binding: str) -> URLSafeSerializer:
    signing = {"digest_method": hashlib.sha256}
    return URLSafeSerializer(cursor_key, salt=binding, signer_kwargs=signing)
