"""`Idempotency-Key` on the real table."""

import boto3
import pytest

from leadflow.runtime.http import Api, reply
from leadflow.runtime.idempotency import KEPT_SECONDS
from tests.fakes.requests import ask, event
from tests.integration.conftest import REGION
from tests.integration.http import Answer

KEY = {"Idempotency-Key": "order-42"}


class Counter:
    """An API whose one resource counts its requests."""

    def __init__(self) -> None:
        self.count = 0
        self.api = Api()
        self.api.post("/things")(lambda: reply(201, {"count": self.counted()}))

    def counted(self) -> int:
        self.count += 1
        return self.count

    def post(self, body: str = "{}") -> Answer:
        return ask(self.api, event("POST", "/things", body, headers=KEY))


@pytest.mark.usefixtures("tables")
def test_the_first_answer_is_given_again_by_every_process() -> None:
    first, second = Counter(), Counter()
    answers = [first.post(), second.post()]
    assert [answer.body for answer in answers] == [{"count": 1}, {"count": 1}]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert second.count == 0


@pytest.mark.usefixtures("tables")
def test_a_key_of_another_request_is_refused() -> None:
    counter = Counter()
    counter.post()
    refused = counter.post('{"a": 1}')
    assert (refused.status, refused.code) == (422, "idempotency_key_reused")


def test_an_answer_is_kept_for_a_day_under_a_digest_of_its_key(tables: dict[str, str]) -> None:
    Counter().post()
    client = boto3.client("dynamodb", region_name=REGION)
    [item] = client.scan(TableName=tables["idempotency_table"])["Items"]
    assert "order-42" not in item["id"]["S"]
    expires, started = int(item["expiration"]["N"]), int(item["in_progress_expiration"]["N"])
    assert KEPT_SECONDS - 60 < expires - started / 1000 < KEPT_SECONDS + 60


def test_a_secret_in_an_answer_is_not_kept_in_clear(tables: dict[str, str]) -> None:
    api = Api()
    api.post("/secrets")(lambda: reply(201, {"token": "shown once"}))
    request = event("POST", "/secrets", "{}", headers=KEY)
    assert ask(api, request).body == ask(api, request).body == {"token": "shown once"}
    client = boto3.client("dynamodb", region_name=REGION)
    assert "shown once" not in str(client.scan(TableName=tables["idempotency_table"])["Items"])
