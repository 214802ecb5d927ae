"""The state machines, with the retries and catches that their definitions have.

`tests/workflow` runs the definitions themselves.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import boto3

from leadflow.domain.errors import TransientFault
from tests.integration.faults.account import Json, Started
from tests.integration.in_process import TASKS

REPEATS_MAX = 3
"""`MaxAttempts` of every task's `Retry`, which names `TransientFault`."""

BUCKET = "files"
JOB_STEPS_MAX = 20


class Broken(Exception):
    """A task failed for good."""


@dataclass
class Machines:
    """`invoke` is one invocation of a function: it gives what the function returned.

    It raises what left the handler, or `Crashed`. `repeated` tasks are executed twice, and the
    second answer counts.
    """

    invoke: Callable[[str, Json], object]
    is_repeated: bool = False

    def task(self, function: str, data: Json) -> Json:
        """One task. Raises `Broken` when it failed for good."""
        for _ in range(1 + REPEATS_MAX):
            try:
                if self.is_repeated:
                    self.invoke(function, _plain(data))
                return _plain(self.invoke(function, _plain(data)))
            except TransientFault:
                continue
            except Exception as error:  # whatever leaves a handler is what `States.ALL` catches
                raise Broken(function) from error
        raise Broken(function)

    def distribute(self, run: Json) -> Json | None:
        """A run of the distribution; None if it failed."""
        data = {"outcome": "unsold", **run}
        try:
            while data["outcome"] == "unsold":
                try:
                    data = self.task(TASKS[data["method"]], data)
                except Broken:
                    data = self.task("record_distribution_error", data)
        except Broken:
            return None
        return data

    def work(self, started: Started) -> None:
        """An execution that nobody waits for."""
        kind = started.arn.rpartition(":")[2]
        if kind == "distribution":
            self.distribute(started.data)
        else:
            {"reprocess": self._reprocess, "import": self._import}[kind](started.data)

    def _reprocess(self, data: Json) -> None:
        names = {"collect": "collect_reprocess_results", "finish": "finish_reprocess"}
        try:
            data = self.task("select_leads_to_reprocess", data)
            for _ in range(JOB_STEPS_MAX):
                if data.get("next_step") == "reprocess":
                    self._map("reprocess_batch", data)
                    data = self.task("collect_reprocess_results", data)
                elif data.get("next_step") == "select":
                    data = self.task("select_leads_to_reprocess", data)
                elif data.get("next_step"):
                    data = self.task(names[data["next_step"]], data)
                else:
                    return
        except Broken:
            self._last("fail_reprocess", data | {"fault": {"Error": "States.TaskFailed"}})

    def _import(self, data: Json) -> None:
        try:
            data = self.task("split_lead_import", data)
            if data["state"] == "split":
                self._map("import_batch", data)
                self.task("finish_lead_import", data)
        except Broken:
            self._last("record_failed_job", _ids(data) | {"kind": "lead_import"})

    def _map(self, function: str, data: Json) -> None:
        """All batches; more than half of them broken is told to the next task, as `Catch` does."""
        batches = list(_batches(data["batches_key"]))
        broken = 0
        for batch in batches:
            try:
                self.task(function, {**_ids(data), "batch": batch})
            except Broken:
                broken += 1
        if broken * 2 > len(batches):
            data["fault"] = {"Error": "States.ExceedToleratedFailureThreshold"}

    def _last(self, function: str, data: Json) -> None:
        try:
            self.task(function, data)
        except Broken:
            return


def _ids(data: Json) -> Json:
    return {name: data[name] for name in ("tenant_id", "job_id")}


def _batches(key: str) -> Iterator[Json]:
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    yield from json.loads(body)


def _plain(data: object) -> Json:
    """The same as JSON carries it from one state to the next."""
    plain: Json = json.loads(json.dumps(data))
    return plain
