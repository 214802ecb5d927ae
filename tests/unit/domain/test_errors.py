"""The tree of errors."""

import inspect

import pytest

from leadflow.domain import errors
from leadflow.domain.errors import (
    Conflict,
    Fault,
    Forbidden,
    LeadflowError,
    PreconditionFailed,
    Refusal,
    Unprocessable,
    ValidationFailed,
)

CLASSES = [
    made for _, made in inspect.getmembers(errors, inspect.isclass) if issubclass(made, Exception)
]


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_is_either_a_refusal_or_a_fault(error: type[Exception]) -> None:
    sides = [issubclass(error, side) for side in (Refusal, Fault)]
    assert error is LeadflowError or sides.count(True) == 1


def test_a_refusal_has_its_status_and_its_own_code_unless_told_otherwise() -> None:
    assert (Conflict("Busy.").status, Conflict("Busy.").code) == (409, "conflict")
    assert Conflict("Busy.", code="in_use").code == "in_use"
    assert Unprocessable("No.").status == 422


def test_a_refusal_says_why() -> None:
    assert str(Forbidden("leads.view")) == "This needs the permission leads.view."
    assert "read it again" in PreconditionFailed().detail
    assert ValidationFailed({"zip": ["Wrong."]}).errors == {"zip": ["Wrong."]}
