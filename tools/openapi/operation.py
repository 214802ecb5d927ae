"""What is said of a route that its models do not say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

Method = Literal["get", "post", "put", "patch", "delete"]


class Caller(StrEnum):
    """Kinds of principals (`api.md`, 2)."""

    SOURCE = "source"
    TENANT = "tenant"
    CUSTOMER = "customer"
    PARTNER = "partner"


class Family(StrEnum):
    """How a schema is drawn from a model.

    `request`: as it is read. `patch`: a request of which every member may be left out, and null
    takes it back to its default. `settings`: a request of which members may be left out at any
    depth. `answer`: as it is dumped. `lean`: dumped without members that are null.
    """

    REQUEST = "request"
    PATCH = "patch"
    SETTINGS = "settings"
    ANSWER = "answer"
    LEAN = "lean"


@dataclass(frozen=True)
class Shape:
    """A body: a type, how its schema is drawn, and whether an answer is a page of such."""

    type: object
    family: Family = Family.ANSWER
    is_listed: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One route of one function.

    `permission` is what tenant users need. `example` is one of its body, where members exclude
    others. `codes` are refusals beyond those that follow from the shape of the route. `makes` is
    the prefix of the id that the answer's `id` is of. `kinds` gives the prefixes of path
    parameters. `has_version` says that `If-Match` is honoured, `has_tag` that an `ETag` is
    answered.
    """

    id: str
    method: Method
    path: str
    function: str
    summary: str
    tag: str
    callers: tuple[Caller, ...] = (Caller.TENANT,)
    permission: str | None = None
    filters: type[BaseModel] | None = None
    body: Shape | None = None
    needs_body: bool = True
    example: Mapping[str, object] | None = None
    answers: Mapping[int, Shape | None] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    makes: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    has_version: bool = False
    has_tag: bool = False

    @property
    def is_listing(self) -> bool:
        """Whether pages of a list are answered."""
        return any(shape is not None and shape.is_listed for shape in self.answers.values())

    @property
    def is_mutating(self) -> bool:
        """Whether it may change something, and so accepts an `Idempotency-Key`."""
        return self.method != "get"

    @property
    def path_parameters(self) -> list[str]:
        """The names in the path, in their order."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


def request(model: type[BaseModel]) -> Shape:
    """A body as it is read."""
    return Shape(model, Family.REQUEST)


def page(model: object, family: Family = Family.ANSWER) -> Shape:
    """A page of objects."""
    return Shape(model, family, is_listed=True)
