"""The world on a running stack, over real HTTP: queues and workflows run by themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import httpx

from tests.e2e.conftest import DIRECTORY
from tests.e2e.operations import until
from tests.e2e.shop import TIMEOUT_SECONDS
from tests.walls.world import Json, Side
from tools.local_stack import create_tenant

REQUEST_ID = re.compile(r'"request_id": ?"[^"]*"')
OF_THE_TRANSPORT = frozenset({"date", "content-length", "connection", "server"})
"""Headers that say nothing of what was asked for."""


@dataclass(frozen=True)
class Received:
    """An answer without what differs between two answers to the same request."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def body(self) -> Json:
        """The answer as an object; nothing is an empty one."""
        made: Json = httpx.Response(200, text=self.text).json() if self.text else {}
        return made


@dataclass
class Stack:
    """Implements `Api` with real requests."""

    client: httpx.Client
    calls: int = field(default=0)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Received:
        """One request."""
        self.calls += 1
        sent = dict(headers or {}) | ({"Authorization": authorization} if authorization else {})
        answer = self.client.request(method, path, headers=sent, params=query, json=body)
        shown = {
            name: value
            for name, value in answer.headers.items()
            if name not in OF_THE_TRANSPORT and not name.startswith("x-amz")
        }
        return Received(answer.status_code, REQUEST_ID.sub('"request_id": ""', answer.text), shown)


class ByItself:
    """Implements `Surroundings`: it has only to be waited for."""

    def provision(self, name: str) -> tuple[str, str]:
        """Invoke the function as an operator does."""
        made = create_tenant(DIRECTORY, name)
        return made.tenant_id, made.admin_token

    def upload(self, url: str, data: bytes) -> None:
        """Use the link."""
        assert httpx.put(url, content=data, timeout=TIMEOUT_SECONDS).is_success

    def settled(self, side: Side, lead_id: str) -> str:
        """Wait for the end of its run, which may outlive the answer to its post."""

        def status() -> str:
            return str(side.ask("GET", f"/leads/{lead_id}")["status"])

        until(lambda: status() not in {"pending", "processing"}, f"{lead_id} settles")
        return status()

    def carry_out(self, side: Side, job: Json, by: str) -> None:
        """Wait for the end of the workflow."""
        path = f"/jobs/{job['id']}"
        until(lambda: side.ask("GET", path, by=by)["status"] == "succeeded", "a job ends")

    def tell(self, side: Side, lead: Json) -> None:
        """Wait until the webhooks of the tenant and of the buyer have heard of the lead."""
        owner = f"/customers/{lead['assignment']['customer_id']}"
        for path in ("/webhooks", f"{owner}/webhooks"):
            [webhook] = side.ask("GET", path)["data"]
            history = f"{path}/{webhook['id']}/deliveries"
            until(partial(_holds_something, side, history), "a webhook is told")


def _holds_something(side: Side, path: str) -> bool:
    return bool(side.ask("GET", path)["data"])
