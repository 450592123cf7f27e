"""ESummary replies of the database mesh, made up after the form that NCBI's have; none is recorded."""

import json

import pytest

from primetime.sources.mesh import read_descriptors
from primetime.sources.transport import BadReplyError


def reply(*records: dict[str, object]) -> bytes:
    uids = [str(record["uid"]) for record in records]
    result = {"uids": uids} | {str(record["uid"]): record for record in records}
    return json.dumps({"header": {"type": "esummary", "version": "0.3"}, "result": result}).encode()


INFARCTION = {
    "uid": "68009203",
    "ds_meshui": "D009203",
    "ds_recordtype": "descriptor",
    "ds_meshterms": ["Myocardial Infarction", "Infarction, Myocardial", " Heart  Attack ", "Heart Attack"],
}


def test_a_heading_has_its_terms_each_once() -> None:
    (read,) = read_descriptors(reply(INFARCTION))
    assert (read.identifier, read.name) == ("D009203", "Myocardial Infarction")
    assert read.terms == ("Myocardial Infarction", "Infarction, Myocardial", "Heart Attack")


def test_what_is_no_heading_is_passed_over() -> None:
    qualifier = {**INFARCTION, "uid": "81000175", "ds_meshui": "Q000175", "ds_recordtype": "qualifier"}
    concept = {**INFARCTION, "uid": "67538118", "ds_meshui": "C538118", "ds_recordtype": "supplementary concept"}
    unknown = {"uid": "1", "error": "cannot get document summary"}
    nameless = {**INFARCTION, "uid": "68000001", "ds_meshterms": []}
    odd = {**INFARCTION, "uid": "68000002", "ds_meshterms": "Asthma"}
    numbers = {**INFARCTION, "uid": "68000003", "ds_meshterms": [None, 3, " "]}
    read = read_descriptors(reply(qualifier, concept, unknown, nameless, odd, numbers, INFARCTION))
    assert [one.identifier for one in read] == ["D009203"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html/>", b'{"error":"API rate limit exceeded"}', b'{"result":[]}', b'{"result":{"uids":"1"}}'],
)
def test_what_is_no_reply_is_refused(body: bytes) -> None:
    with pytest.raises(BadReplyError):
        read_descriptors(body)


def test_a_record_that_is_missing_costs_only_itself() -> None:
    body = json.loads(reply(INFARCTION))
    body["result"]["uids"] += ["68000009", None, 3]
    assert len(read_descriptors(json.dumps(body).encode())) == 1
