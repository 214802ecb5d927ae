"""Bases of all models: immutable values that refuse members they do not know."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value. Unknown members are an error, here and when read back from a store."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Request(Frozen):
    """The body of a management request: types are taken literally (`"5"` is no number)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
