"""Imports on behalf of a customer, over HTTP: uploaded by their links, followed, read back."""

import csv
import io
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import DIRECTORY, client_of
from tests.e2e.shop import PHONE, Json, Shop, expect, job_ended
from tools.local_stack import StackInfo, create_tenant

MARKET = {
    "enabled": True,
    "first_price_cents": 2500,
    "last_price_cents": 500,
    "increment_cents": 250,
    "interval_minutes": 15,
}
FIELDS = [
    {"title": "phone", "required_for_post": True},
    {"title": "roof", "type": "list-of-values", "values": ["flat", "steep"]},
]
MAPPING = {
    "First name": "first_name",
    "Phone": "phone",
    "E-Mail; work": "email",
    "ZIP": "zip",
    "Roof": "roof",
}
COLUMNS = ["ZIP", "Note", "First name", "Phone", "E-Mail; work", "Roof"]
GOOD = [
    ["30303", 'said "no"; then\nyes', "Zoë", PHONE, "zoe@example.com", "flat"],
    ["78701", "", "Ada", "(512) 555-0100", "", "steep"],
]
BAD = [
    ["30303", "=1+1", "Bob", "123", "bob", "thatched"],
    ["00000", "", "Eve", "404-555-0124", "", ""],
]
TRANSFER_SECONDS = 60


@pytest.fixture(scope="module")
def shop(stack: StackInfo) -> Iterator[Shop]:
    """A tenant of the module's own; rows of its category become demands."""
    with client_of(stack, create_tenant(DIRECTORY, "Imports").admin_token) as client:
        made = Shop(client, stack.api_url).open(scopes=[], fields=FIELDS)
        body = {"marketplace": MARKET}
        expect(client.patch(f"/lead-types/{made.lead_type_id}", json=body), 200)
        yield made


@pytest.fixture(scope="module")
def buyer(shop: Shop) -> str:
    return shop.customer()


def written(rows: list[list[str]], separator: str = ";", bom: bytes = b"\xef\xbb\xbf") -> bytes:
    """A file as a spreadsheet saves it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([COLUMNS, *rows])
    return bom + text.getvalue().encode()


def order(shop: Shop, **changes: object) -> Json:
    return {
        "lead_category_id": shop.category_id,
        "mapping": MAPPING,
        "filename": "leads.csv",
    } | changes


def uploaded(shop: Shop, buyer: str, data: bytes, **changes: object) -> str:
    """The id of a new import whose file is there."""
    made = shop.made(f"/customers/{buyer}/lead-imports", order(shop, **changes))
    assert made["upload"]["method"] == "PUT"
    assert made["upload"]["expires_at"].endswith("Z")
    put = httpx.put(made["upload"]["url"], content=data, timeout=TRANSFER_SECONDS)
    assert put.status_code == 200, put.text
    return str(made["id"])


def ended(client: httpx.Client, import_id: str) -> Json:
    """The job of an import once it has ended."""
    job = expect(client.post(f"/lead-imports/{import_id}/start"), 202)
    assert (job["object"], job["kind"]) == ("job", "lead_import")
    return job_ended(client, job["id"])


def errors(job: Json) -> list[dict[str, str]]:
    """The errors file, which its link gives to whoever has it."""
    answer = httpx.get(job["result"]["errors_url"], timeout=TRANSFER_SECONDS)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))


def test_rows_become_demands_once_and_the_others_are_told_of(shop: Shop, buyer: str) -> None:
    rows = [*GOOD, *BAD, ["30303", "too short"], *([GOOD[0]] * 500)]
    import_id = uploaded(shop, buyer, written(rows))
    job = ended(shop.client, import_id)

    assert job["status"] == "succeeded", job
    assert job["progress"] == {"total": 505, "done": 505, "failed": 3}
    assert (job["result"]["created"], job["result"]["rejected"]) == (502, 3)
    told = errors(job)
    assert [(line["row"], line["field"]) for line in told] == [
        ("3", "email"),
        ("3", "phone"),
        ("3", "roof"),
        ("4", "zip"),
        ("5", ""),
    ]
    assert told[1]["message"] == "The phone field must be a valid US phone number."
    assert [told[0][column] for column in COLUMNS] == ["30303", "'=1+1", *BAD[0][2:]]

    demands = shop.everything("/demands", customer_id=buyer)
    assert len(demands) == 502
    zoe = next(one for one in demands if one["criteria"]["zip"] == "30303")
    assert zoe["criteria"] == {"zip": "30303", "roof": "flat"}
    assert (zoe["ceiling_cents"], zoe["instant_price_cents"]) == (2500, 500)
    assert zoe["status"] == "open"

    assert expect(shop.client.post(f"/lead-imports/{import_id}/start"), 202)["id"] == job["id"]
    again = ended(shop.client, uploaded(shop, buyer, written(rows), filename="copy.csv"))
    assert again["status"] == "succeeded"
    assert (again["result"]["created"], again["result"]["errors_url"]) == (0, None)
    assert again["result"]["first_import_id"] == import_id
    assert len(shop.everything("/demands", customer_id=buyer)) == 502


def test_another_dialect_and_a_named_type(shop: Shop) -> None:
    data = written(GOOD, "\t", b"")
    import_id = uploaded(shop, shop.customer(), data, lead_type_id=shop.lead_type_id)
    job = ended(shop.client, import_id)
    assert job["result"] == {"created": 2, "rejected": 0, "errors_url": None}


def test_who_may_not_import_is_told_so_and_starts_nothing(
    stack: StackInfo, shop: Shop, buyer: str
) -> None:
    path, body = f"/customers/{buyer}/lead-imports", order(shop)
    import_id = uploaded(shop, buyer, written(GOOD))
    start = f"/lead-imports/{import_id}/start"
    sales = {"email": f"{uuid.uuid4()}@example.com", "role": "sales"}
    own = {"email": f"{uuid.uuid4()}@example.com", "role": "customer_admin"}
    tokens = (
        shop.made("/users", sales)["token"],
        shop.made(f"/customers/{buyer}/users", own)["token"],
    )
    for token in tokens:
        with client_of(stack, token) as client:
            assert "leads.import" in expect(client.post(path, json=body), 403)["detail"]
            expect(client.post(start), 403)
    with client_of(stack, stack.admin_token) as stranger:
        expect(stranger.post(path, json=body), 404)
        expect(stranger.post(start), 404)
    expect(shop.client.post(f"/customers/cus_{'0' * 26}/lead-imports", json=body), 404)


def test_a_wrong_order_names_what_is_wrong(shop: Shop, buyer: str) -> None:
    path = f"/customers/{buyer}/lead-imports"

    def refused(**changes: object) -> set[str]:
        return set(expect(shop.client.post(path, json=order(shop, **changes)), 422)["errors"])

    assert refused(mapping={"ZIP": "postcode"}) == {"mapping.ZIP", "mapping"}
    twice = {**MAPPING, "Note": "roof"}
    assert refused(mapping=twice) == {"mapping.Note"}
    assert refused(lead_category_id=f"category_{'0' * 26}") == {"lead_category_id"}
    other = Shop(shop.client, shop.api_url).open(scopes=[])
    assert refused(lead_type_id=other.lead_type_id) == {"lead_type_id"}
    assert refused(lead_category_id=other.category_id, lead_type_id=other.lead_type_id) > {
        "lead_type_id"
    }


def test_a_file_that_cannot_be_imported_is_refused_at_the_start(shop: Shop, buyer: str) -> None:
    def refused(data: bytes) -> Json:
        import_id = uploaded(shop, buyer, data)
        answer = expect(shop.client.post(f"/lead-imports/{import_id}/start"), 422)
        assert answer["code"] == "validation_failed"
        return dict(answer["errors"])

    def of_file(data: bytes) -> str:
        return str(refused(data)["file"][0])

    assert "10001 columns; 10000" in of_file(",".join(map(str, range(10_001))).encode() + b"\n1\n")
    assert "binary" in of_file(b"ZIP\n\x00\x01\x02")
    assert "Line 3 of the file is not UTF-8." in of_file(b"ZIP\n1\n\xe9\n")
    assert "empty" in of_file(b"")
    assert "no rows" in of_file(written([]))
    assert "are the most" in of_file(b"x" * (100 * 1024 * 1024 + 1))
    assert set(refused(b"ZIP,Roof,First name,Phone\n1,2,3,4\n")) == {"mapping.E-Mail; work"}

    made = shop.made(f"/customers/{buyer}/lead-imports", order(shop))
    missing = expect(shop.client.post(f"/lead-imports/{made['id']}/start"), 409)
    assert "PUT it" in missing["detail"]


def test_a_file_that_breaks_off_makes_nothing_and_says_where(shop: Shop) -> None:
    customer_id = shop.customer()
    data = written(GOOD) + b'30303;"never closed'
    job = ended(shop.client, uploaded(shop, customer_id, data))
    assert job["status"] == "failed"
    assert job["result"]["message"] == "A quote that opens in line 5 is not closed."
    assert job["result"]["created"] == 0
    assert shop.read("/demands", customer_id=customer_id)["data"] == []
