"""The distribution state machine, started synchronously or left to itself."""

import json
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.errors import TransientFault
from leadflow.domain.leads import LeadStatus

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_SUCCEEDED = "SUCCEEDED"
_CONNECT_SECONDS = 2


class ExpressDistribution:
    """Implements `Distribution` with an Express workflow."""

    def __init__(self, state_machine_arn: str, *, endpoint_url: str | None) -> None:
        self._arn = state_machine_arn
        self._endpoint_url = endpoint_url

    def run(self, run: Run, *, patience_seconds: float) -> RunResult | None:
        """Start a run and wait for it as long as the caller has patience.

        The wait is the read timeout of the call: the run itself is not ended by it.
        """
        from botocore.exceptions import (  # noqa: PLC0415 # loaded with the client, when used
            BotoCoreError,
            ClientError,
            ReadTimeoutError,
        )

        try:
            answer = self._client(patience_seconds).start_sync_execution(
                stateMachineArn=self._arn, input=json.dumps(asdict(run))
            )
        except ReadTimeoutError:
            return None
        except (BotoCoreError, ClientError) as error:
            raise TransientFault(f"The run was not started: {type(error).__name__}") from error
        if answer["status"] != _SUCCEEDED:
            return None
        return result_of(json.loads(answer["output"]))

    def resume(self, run: Run) -> None:
        """Start a run and do not wait for it."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # as above

        try:
            self._patient_client.start_execution(
                stateMachineArn=self._arn, input=json.dumps(asdict(run))
            )
        except (BotoCoreError, ClientError) as error:
            raise TransientFault(f"The run was not started: {type(error).__name__}") from error

    @cached_property
    def _patient_client(self) -> "SFNClient":
        return self._made(None)

    def _client(self, patience_seconds: float) -> "SFNClient":
        """A client whose read timeout is the patience; most callers have the same patience."""
        whole = max(1, round(patience_seconds * 10)) / 10
        if whole not in self._clients:
            self._clients[whole] = self._made(whole)
        return self._clients[whole]

    @cached_property
    def _clients(self) -> "dict[float, SFNClient]":
        return {}

    def _made(self, read_timeout: float | None) -> "SFNClient":
        import boto3  # noqa: PLC0415 # a second to import: only for what really starts runs
        from botocore.config import Config  # noqa: PLC0415 # as above

        options: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS}
        if read_timeout is not None:
            # A repeated start would be a second run; the first one may well be going on.
            options |= {"read_timeout": read_timeout, "retries": {"total_max_attempts": 1}}
        # An endpoint of one's own has no `sync-` host beside it.
        config = Config(inject_host_prefix=self._endpoint_url is None, **options)
        return boto3.client("stepfunctions", config=config)


def result_of(output: dict[str, Any]) -> RunResult:
    """What a run's last state said."""
    return RunResult(LeadStatus(output["status"]), int(output["payout_cents"]))
