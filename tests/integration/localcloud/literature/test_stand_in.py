"""The stand-in as its clients see it: what NCBI's own recorded replies look like, its limits, its faults."""

import json
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    from conftest import StandIn


def eutils(literature: "StandIn", utility: str, **parameters: str) -> bytes:
    # A key of its own for each request: the limit holds for a key.
    said = urllib.parse.urlencode({"db": "pubmed", "api_key": uuid.uuid4().hex, **parameters})
    return literature.get(f"/entrez/eutils/{utility}.fcgi?{said}")


def status_of(literature: "StandIn", path: str) -> tuple[int, Any]:
    try:
        literature.get(path)
    except urllib.error.HTTPError as error:
        return error.code, error
    return 200, None


def paths(element: etree._Element, prefix: str = "") -> set[str]:
    here = f"{prefix}/{element.tag}"
    return {here}.union(*(paths(child, here) for child in element))


def test_a_search_has_the_elements_of_a_recorded_one(literature: "StandIn", shared_data) -> None:
    recorded = etree.fromstring((shared_data / "eutils" / "esearch5.xml").read_bytes())
    ours = etree.fromstring(eutils(literature, "esearch", term="asthma", usehistory="y"))
    stack = {path for path in paths(recorded) if "TranslationStack" in path}  # the only part that is left out
    kept = {"/eSearchResult/QueryKey", "/eSearchResult/WebEnv"}  # the recorded one did not ask for the history
    assert paths(ours) - kept <= paths(recorded)
    assert paths(recorded) - stack - paths(ours) <= {
        "/eSearchResult/TranslationSet/Translation",
        "/eSearchResult/TranslationSet/Translation/From",
        "/eSearchResult/TranslationSet/Translation/To",
    }


def test_the_pages_of_a_kept_list_are_the_list(literature: "StandIn") -> None:
    found = etree.fromstring(eutils(literature, "esearch", term="hasabstract", retmax="90", usehistory="y"))
    ids = [int(one.text or 0) for one in found.iterfind("IdList/Id")]
    fetched = []
    for start in (0, 40, 80):
        page = eutils(
            literature,
            "efetch",
            WebEnv=found.findtext("WebEnv") or "",
            query_key="1",
            retstart=str(start),
            retmax="40" if start < 80 else "10",
        )
        fetched += [int(one.text or 0) for one in etree.fromstring(page).iterfind("PubmedArticle/MedlineCitation/PMID")]
    assert fetched == ids


def test_a_posted_list_is_fetched_and_an_unknown_pmid_left_out(literature: "StandIn") -> None:
    posted = etree.fromstring(eutils(literature, "epost", id="900000001,900000002,77"))
    page = eutils(literature, "efetch", WebEnv=posted.findtext("WebEnv") or "", query_key="1")
    assert len(etree.fromstring(page)) == 2


def test_more_than_an_esearch_hands_out_is_refused_as_ncbi_does(literature: "StandIn") -> None:
    reply = eutils(literature, "esearch", term="asthma", retstart="9999")
    assert b"only retrieve the first 9,999 records" in reply


def test_a_word_is_spelt_by_the_corpus(literature: "StandIn") -> None:
    reply = etree.fromstring(eutils(literature, "espell", term="hypertensoin in patients"))
    assert reply.findtext("CorrectedQuery") == "hypertension in patients"


def test_mesh_answers_in_the_form_of_esummary(literature: "StandIn") -> None:
    found = etree.fromstring(eutils(literature, "esearch", db="mesh", term='D006973[MHUI] OR "Asthma"[mh]'))
    uids = [one.text or "" for one in found.iterfind("IdList/Id")]
    assert sorted(uids) == ["68001249", "68006973"]
    reply = json.loads(eutils(literature, "esummary", db="mesh", id=",".join([*uids, "7"]), retmode="json"))
    assert reply["header"] == {"type": "esummary", "version": "0.3"}
    assert reply["result"]["uids"] == [*uids, "7"]
    asthma = reply["result"]["68001249"]
    assert (asthma["ds_meshui"], asthma["ds_recordtype"], asthma["ds_meshterms"]) == (
        "D001249",
        "descriptor",
        ["Asthma"],
    )
    assert "high blood pressure" in reply["result"]["68006973"]["ds_meshterms"]
    assert reply["result"]["7"] == {"uid": "7", "error": "cannot get document summary"}
    wrong = json.loads(eutils(literature, "esummary", db="mesh", id="D001249", retmode="json"))
    assert wrong["error"] == "Invalid uid D001249 at position= 0"


def test_a_utility_answers_for_its_databases(literature: "StandIn") -> None:
    assert b"Invalid db name" in eutils(literature, "efetch", db="mesh", id="68001249")
    assert b"Invalid db name" in eutils(literature, "esummary", id="31")
    assert status_of(literature, "/entrez/eutils/elink.fcgi?db=pubmed&api_key=elink")[0] == 404


def test_the_fourth_request_in_a_second_is_refused(literature: "StandIn") -> None:
    path = "/entrez/eutils/esearch.fcgi?db=pubmed&term=asthma&retmax=0&api_key="
    statuses = {status_of(literature, path)[0] for _ in range(12)}
    assert statuses == {200, 429}


def test_faults_are_as_they_were_ordered(literature: "StandIn") -> None:
    literature.order({"path": "esearch", "status": 429, "retry_after": "9"}, {"path": "efetch", "cut": True})
    status, error = status_of(literature, "/entrez/eutils/esearch.fcgi?db=pubmed&term=asthma")
    assert (status, error.headers["Retry-After"]) == (429, "9")
    cut = eutils(literature, "efetch", id="900000001")
    assert not cut.rstrip().endswith(b"</PubmedArticleSet>")
    assert eutils(literature, "efetch", id="900000001").rstrip().endswith(b"</PubmedArticleSet>")


def test_a_fault_that_makes_no_sense_is_refused(literature: "StandIn") -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        literature.order({"status": 200})


def test_made_up_articles_have_made_up_citations_and_real_ones_none(literature: "StandIn") -> None:
    reply = json.loads(literature.get("/icite/api/pubs?pmids=900000001,900000002,10097072,12"))
    assert [one["pmid"] for one in reply["data"]] == [900000001, 900000002]
    (work, _) = json.loads(literature.get("/openalex/works?filter=pmid:900000001|900000002&api_key=k"))["results"]
    assert work["ids"]["pmid"] == "https://pubmed.ncbi.nlm.nih.gov/900000001"
    assert work["cited_by_count"] == reply["data"][0]["citation_count"]
    assert status_of(literature, "/openalex/works?filter=pmid:900000001")[0] == 401
