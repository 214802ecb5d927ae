"""What the store's errors become at the boundary."""

import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.exceptions import GetError, PutError, TransactWriteError

from leadflow.adapters.dynamodb.store import code_of, faults_translated, is_written
from leadflow.domain.errors import TransientFault

SILENCE = ReadTimeoutError(endpoint_url="https://dynamodb")
"""A connection that broke: the error has a response, and that is None."""


def test_a_connection_that_broke_is_a_transient_fault() -> None:
    with pytest.raises(TransientFault, match="GetError"), faults_translated():
        raise GetError(cause=SILENCE)


def test_a_write_of_which_nothing_was_heard_is_neither_done_nor_refused() -> None:
    def write() -> None:
        raise PutError(cause=SILENCE)

    with pytest.raises(TransientFault):
        is_written(write)


def test_a_transaction_of_which_nothing_was_heard_has_no_code() -> None:
    assert code_of(TransactWriteError("Nothing was heard.", cause=SILENCE)) is None
