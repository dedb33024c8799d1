"""The stand-in for the E-utilities against what was recorded of the live service, and against its usual callers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from Bio import Entrez

from tests.ncbi import Server, World, made_up, serve

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def world() -> World:
    return made_up(300)


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with serve(world, keys=["good"]) as running:
        yield running


@pytest.fixture
def entrez(server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Bio.Entrez as it is, but for the address, its waiting, and its trying again."""
    there = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"

    def here(request: urllib.request.Request) -> Any:
        request.full_url = request.full_url.replace(there, server.url)
        return urllib.request.urlopen(request)

    monkeypatch.setattr(Entrez, "urlopen", here)
    monkeypatch.setattr(Entrez, "time", SimpleNamespace(time=lambda: 0.0, sleep=lambda seconds: None))
    monkeypatch.setattr(Entrez, "max_tries", 1)
    monkeypatch.setattr(Entrez, "email", "tester@example.org")
    return Entrez


@pytest.fixture
def recorded(corpus: Path) -> Callable[[str], bytes]:
    """A recorded reply of the live service."""
    return lambda name: (corpus / "eutils" / "recorded" / name).read_bytes()


def get(server: Server, utility: str, **parameters: Any) -> bytes:
    """The body of a reply; `utility` without its ending."""
    with urllib.request.urlopen(f"{server.url}{utility}.fcgi?{urlencode(parameters)}") as reply:
        return bytes(reply.read())


def shape(element: Element) -> Any:
    """Names and attributes' names of an element and what is in it, equal neighbours once."""
    inside: list[Any] = []
    for child in element:
        made = shape(child)
        if not inside or inside[-1] != made:
            inside.append(made)
    return [element.tag, sorted(element.attrib), inside]


# --- byte for byte, or in shape, as recorded


@pytest.mark.corpus
def test_a_search_is_answered_as_it_was_recorded(recorded: Callable[[str], bytes]) -> None:
    reply = recorded("esearch1.xml")
    ids = [int(each) for each in re.findall(rb"<Id>(\d+)", reply)]
    world = World()
    for pmid in [*ids, *range(1000, 1043)]:
        world.new(pmid, title="A biopython paper.")
    with serve(world) as server:
        assert get(server, "esearch", db="pubmed", term="biopython") == reply


@pytest.mark.corpus
def test_a_word_nobody_knows_is_answered_as_it_was_recorded(server: Server, recorded: Callable[[str], bytes]) -> None:
    assert get(server, "esearch", db="pubmed", term="abcXYZ") == recorded("esearch8.xml")


@pytest.mark.corpus
def test_records_are_fetched_byte_for_byte(recorded: Callable[[str], bytes], corpus: Path) -> None:
    world = World()
    numbers = world.load(corpus / "eutils" / "recorded" / "pubmed1.xml")
    with serve(world) as server:
        body = get(server, "efetch", db="pubmed", id=",".join(map(str, numbers)), retmode="xml")
    assert body == recorded("pubmed1.xml")


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "utility", "parameters"),
    [
        ("epost2.xml", "epost", {"db": "nothing"}),
        ("epost3.xml", "epost", {"db": "pubmed", "id": "-1,x"}),
        ("esummary8.xml", "esummary", {"db": "pubmed"}),
    ],
)
def test_an_error_is_answered_as_it_was_recorded(
    server: Server, recorded: Callable[[str], bytes], name: str, utility: str, parameters: dict[str, str]
) -> None:
    assert get(server, utility, **parameters) == recorded(name)


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "utility", "parameters"),
    [
        ("einfo1.xml", "einfo", {}),
        ("einfo2.xml", "einfo", {"db": "pubmed"}),
        ("esearch2.xml", "esearch", {"db": "pubmed", "term": "ketamine", "usehistory": "y"}),
        ("esearch3.xml", "esearch", {"db": "pubmed", "term": "ketamine"}),
        ("epost1.xml", "epost", {"db": "pubmed", "id": "10000001"}),
        ("elink3.xml", "elink", {"dbfrom": "pubmed", "id": "10000001"}),
    ],
)
def test_a_reply_has_the_shape_that_was_recorded(
    server: Server, recorded: Callable[[str], bytes], name: str, utility: str, parameters: dict[str, str]
) -> None:
    ours, theirs = get(server, utility, **parameters), recorded(name)
    assert ours.split(b">")[:2] == theirs.split(b">")[:2]
    assert shape(ElementTree.fromstring(ours)) == shape(ElementTree.fromstring(theirs))


@pytest.mark.corpus
def test_a_summary_has_the_items_that_were_recorded(server: Server, recorded: Callable[[str], bytes]) -> None:
    server.world.new(5, title="No doi.", mesh=["Ketamine"])
    ours = ElementTree.fromstring(get(server, "esummary", db="pubmed", id="5"))
    theirs = ElementTree.fromstring(recorded("esummary1.xml"))
    assert shape(ours) == shape(theirs)
    items = [[item.attrib for item in tree.iterfind("DocSum[1]/Item")] for tree in (ours, theirs)]
    assert items[0] == items[1]


@pytest.mark.corpus
def test_fields_are_named_as_recorded(recorded: Callable[[str], bytes], server: Server) -> None:
    def fields(body: bytes) -> list[list[str | None]]:
        flags = ("Name", "FullName", "IsDate", "IsNumerical", "SingleToken", "Hierarchy", "IsHidden")
        return [[each.findtext(flag) for flag in flags] for each in ElementTree.fromstring(body).iter("Field")]

    ours = fields(get(server, "einfo", db="pubmed"))
    assert [field for field in fields(recorded("einfo2.xml")) if field[0] in {name for name, *_ in ours}] == ours


# --- as Bio.Entrez asks


def test_entrez_reads_the_databases_and_the_last_update(entrez: Any, world: World) -> None:
    assert "pubmed" in entrez.read(entrez.einfo())["DbList"]
    world.move(days=2)
    (info,) = entrez.read(entrez.einfo(db="pubmed"))["DbInfo"]
    assert info["LastUpdate"] == "2025/11/29 06:33"
    assert info["Count"] == "300"


def test_entrez_pages_through_a_search(entrez: Any) -> None:
    pages = [entrez.read(entrez.esearch("pubmed", "placebo", retstart=start, retmax=20)) for start in (0, 20, 40)]
    numbers = [int(each) for page in pages for each in page["IdList"]]
    assert {page["Count"] for page in pages} == {"43"}
    assert [page["RetMax"] for page in pages] == ["20", "20", "3"]
    assert numbers == sorted(
        (number for number in range(10000001, 10000301) if number % 7 == 10000003 % 7), reverse=True
    )


def test_entrez_hears_what_of_a_query_was_not_followed(entrez: Any) -> None:
    found = entrez.read(entrez.esearch("pubmed", '"the blue ketamine"[tiab] OR ketamine[NoSuchField]'))
    assert found["ErrorList"]["FieldNotFound"] == ["NoSuchField"]
    assert found["ErrorList"]["PhraseNotFound"] == ["blue"]
    assert found["WarningList"]["QuotedPhraseNotFound"] == ['"the blue ketamine"']
    assert found["WarningList"]["PhraseIgnored"] == ["the"]
    assert found["QueryTranslation"] == '"ketamine"[Title/Abstract] OR "ketamine"[MeSH Terms] OR "ketamine"[All Fields]'


def test_entrez_fetches_out_of_the_history(entrez: Any) -> None:
    posted = entrez.read(entrez.epost("pubmed", id="10000001,10000002,10000003"))
    where = {"webenv": posted["WebEnv"], "query_key": posted["QueryKey"], "retmode": "xml"}
    records = entrez.read(entrez.efetch("pubmed", retstart=1, retmax=5, **where))["PubmedArticle"]
    assert [str(each["MedlineCitation"]["PMID"]) for each in records] == ["10000002", "10000003"]
    with pytest.raises(HTTPError) as refused:
        entrez.efetch("pubmed", retstart=3, **where)
    with refused.value as error:
        assert error.code == 400
        assert b"OUT OF RANGE. Parameter retstart=3 + 1 is greater" in error.read()


def test_entrez_sends_many_ids_in_a_body(entrez: Any, server: Server) -> None:
    wanted = [str(number) for number in range(10000001, 10000251)]
    records = entrez.read(entrez.efetch("pubmed", id=[*wanted, "99999999"], retmode="xml"))["PubmedArticle"]
    assert [str(each["MedlineCitation"]["PMID"]) for each in records] == wanted
    (asked,) = server.asked("efetch")
    assert (asked.method, len(asked.ids), asked.params["email"]) == ("POST", 251, "tester@example.org")
    assert asked.params["tool"] == "biopython"
    assert b"id=10000001" in asked.body


def test_entrez_reads_summaries(entrez: Any) -> None:
    (summary,) = entrez.read(entrez.esummary(db="pubmed", id="10000001"))
    assert summary["Title"] == "Ketamine for depression: report 0."
    assert summary["AuthorList"] == ["Doe0 JA", "Roe0 R"]
    assert summary["DOI"] == "10.1000/test.0"


def test_entrez_matches_citations(entrez: Any, world: World) -> None:
    world.new(7, journal="Proc Test", year=1991, volume="88", pages="3248-50", authors=["Mann B J"])
    world.new(8, journal="Proc Test", year=1992, volume="9")
    world.new(9, journal="Proc Test", year=1992, volume="9")
    cited = {"journal": "Proc Test", "year": "1991", "volume": "88", "first_page": "3248", "author_name": "mann bj"}
    twice = {"journal": "Proc Test", "year": "1992", "volume": "9", "key": "b"}
    lines = entrez.ecitmatch(
        db="pubmed", bdata=[cited | {"key": "a"}, twice, cited | {"first_page": "1", "key": "c"}]
    ).read()
    assert [line.rpartition("|")[2] for line in lines.splitlines()] == ["7", "AMBIGUOUS", "NOT_FOUND"]


# --- JSON


def test_a_search_in_json_has_the_keys_of_the_live_service(server: Server) -> None:
    said = json.loads(get(server, "esearch", db="pubmed", term="ketamine zzz the", retmode="json", usehistory="y"))
    assert said["header"] == {"type": "esearch", "version": "0.3"}
    result = said["esearchresult"]
    counts = ["count", "retmax", "retstart", "querykey", "webenv"]
    assert list(result) == [*counts, "idlist", "translationset", "querytranslation", "errorlist", "warninglist"]
    assert result["errorlist"] == {"phrasesnotfound": ["zzz"], "fieldsnotfound": []}
    assert result["warninglist"] == {"phrasesignored": ["the"], "quotedphrasesnotfound": [], "outputmessages": []}


def test_a_lone_warning_may_come_as_a_text_instead_of_a_list(world: World) -> None:
    with serve(world, scalars=True) as server:
        said = json.loads(get(server, "esearch", db="pubmed", term="ketamine zzz", retmode="json"))
    assert said["esearchresult"]["errorlist"] == {"phrasesnotfound": "zzz", "fieldsnotfound": []}


def test_summaries_in_json_lie_under_their_numbers(server: Server) -> None:
    result = json.loads(get(server, "esummary", db="pubmed", id="10000001,5", retmode="json"))["result"]
    assert result["uids"] == ["10000001", "5"]
    assert result["10000001"]["lastauthor"] == "Roe0 R"
    assert result["5"] == {"uid": "5", "error": "cannot get document summary"}


# --- limits and refusals


def test_a_search_gives_its_first_9999_hits_and_no_more() -> None:
    with serve(made_up(10_050)) as server:
        everything = {"db": "pubmed", "term": "1:99999999[UID]"}
        whole = ElementTree.fromstring(get(server, "esearch", retmax=20_000, **everything))
        last = ElementTree.fromstring(get(server, "esearch", retstart=9998, retmax=1000, **everything))
        beyond = get(server, "esearch", retstart=9999, **everything)
        beyond_json = get(server, "esearch", retstart=9999, retmode="json", **everything)
        few = ElementTree.fromstring(get(server, "esearch", retstart=9999, db="pubmed", term="1:10000009[UID]"))
    assert (whole.findtext("Count"), whole.findtext("RetMax"), len(whole.findall("IdList/Id"))) == (
        "10050",
        "9999",
        9999,
    )
    message = "Restrictions achieved. start and count adjusted to 0, 9999"
    assert whole.findtext("WarningList/OutputMessage") == message
    assert last.findtext("RetMax") == "1"
    assert b"<ERROR>Search Backend failed: Exception:\n'retstart' cannot be larger than 9998." in beyond
    assert b"<Count>" not in beyond
    assert list(json.loads(beyond_json, strict=False)["esearchresult"]) == ["ERROR"]
    assert (few.findtext("Count"), few.findall("IdList/Id"), few.find("ERROR")) == ("9", [], None)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("00000000", b"ID list is empty! Possibly it has no correct IDs."),
        ("abc", b"ID list is empty! Possibly it has no correct IDs."),
    ],
)
def test_ids_that_cannot_be_are_refused(server: Server, ids: str, message: bytes) -> None:
    with pytest.raises(HTTPError) as refused:
        get(server, "efetch", db="pubmed", id=ids)
    with refused.value as error:
        assert error.code == 400
        assert message in error.read()


def test_unknown_ids_give_an_empty_set(server: Server) -> None:
    assert get(server, "efetch", db="pubmed", id="99999999").endswith(b"<PubmedArticleSet></PubmedArticleSet>")


def test_an_expired_history_is_refused(server: Server) -> None:
    said = json.loads(get(server, "esearch", db="pubmed", term="ketamine", usehistory="y", retmode="json"))
    server.forget_history()
    with pytest.raises(HTTPError) as refused:
        get(server, "efetch", db="pubmed", WebEnv=said["esearchresult"]["webenv"], query_key="1")
    with refused.value as error:
        assert (error.code, b"Unable to obtain query #1" in error.read()) == (400, True)


def test_a_wrong_key_is_refused_and_given_back(server: Server) -> None:
    get(server, "einfo", api_key="good")
    with pytest.raises(HTTPError) as refused:
        get(server, "einfo", api_key="bad")
    with refused.value as error:
        said = json.loads(error.read())
    assert (error.code, said["error"], said["api-key"]) == (400, "API key invalid", "bad")


@pytest.mark.parametrize(("key", "limit"), [({}, 3), ({"api_key": "good"}, 10)])
def test_too_many_requests_in_a_second_are_refused(world: World, key: dict[str, str], limit: int) -> None:
    now = [0.0]
    with serve(world, keys=["good"], enforce_rate=True, stopwatch=lambda: now[0]) as server:
        for _ in range(limit):
            get(server, "einfo", **key)
        with pytest.raises(HTTPError) as refused:
            get(server, "einfo", **key)
        with refused.value as error:
            said = json.loads(error.read())
        now[0] = 1.01
        get(server, "einfo", **key)
        assert server.busiest() == limit + 1
    assert (error.code, error.headers["Retry-After"]) == (429, "2")
    assert said == {
        "error": "API rate limit exceeded",
        "api-key": key.get("api_key", "127.0.0.1"),
        "count": str(limit + 1),
        "limit": str(limit),
    }


def test_an_address_that_is_too_long_is_refused(server: Server) -> None:
    with pytest.raises(HTTPError) as refused:
        get(server, "efetch", db="pubmed", id=",".join(["10000001"] * 1000))
    with refused.value as error:
        assert error.code == 414


def test_an_address_that_is_no_utility_is_not_found(server: Server) -> None:
    with pytest.raises(HTTPError) as refused:
        get(server, "nothing")
    with refused.value as error:
        assert error.code == 404


def test_the_date_of_a_reply_is_the_worlds(server: Server) -> None:
    server.world.move(days=-400)
    with urllib.request.urlopen(server.url + "einfo.fcgi") as reply:
        assert reply.headers["Date"] == "Wed, 23 Oct 2024 06:33:00 GMT"


def test_dates_may_stand_beside_the_term(server: Server) -> None:
    server.world.new(5, title="Ketamine now.", created=date(2025, 11, 20))
    asked = {"db": "pubmed", "term": "now", "datetype": "crdt"}
    for dates in ({"mindate": "2025/11/01", "maxdate": "2025/11/21"}, {"reldate": "10"}):
        assert b"<Id>5</Id>" in get(server, "esearch", **asked, **dates)
    later = get(server, "esearch", mindate="2025/11/21", maxdate="2026", **asked)
    assert b"<Count>0</Count>" in later
    assert b"2025/11/21:2026/12/31[Date - Create]" in later


# --- as a program, and for another's program


def test_it_runs_as_a_program_on_the_standard_library_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-S", str(ROOT / "tests" / "ncbi.py"), "--records", "30"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}esearch.fcgi?db=pubmed&term=placebo") as reply:
            body = reply.read()
        running.terminate()
    assert b"<Count>4</Count>" in body


def edirect(name: str, *arguments: str, given: str = "") -> str:
    """Run a program of NCBI's own E-utilities client, which can reach nothing but this machine."""
    path = shutil.which(name)
    if path is None:
        pytest.skip("NCBI's own client is not installed (Debian: ncbi-entrez-direct)")
    nowhere = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "ftp")}
    environment = {**os.environ, **nowhere, "no_proxy": "127.0.0.1", "EMAIL": "tester@example.org"}
    done = subprocess.run([path, *arguments], input=given, env=environment, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout


def test_ncbis_own_client_searches_and_fetches_here(server: Server) -> None:
    base = ("-base", server.url)
    listed = edirect("esearch", *base, "-db", "pubmed", "-uids", "placebo AND 10000001:10000020[UID]")
    assert listed.split() == ["10000003", "10000010", "10000017"]
    kept = edirect("esearch", *base, "-quick", "-db", "pubmed", "-query", "placebo")
    numbers = edirect("efetch", *base, "-format", "uid", given=kept).split()
    assert len(numbers) == 43
    records = edirect("efetch", *base, "-db", "pubmed", "-id", "10000003,10000010", "-format", "xml")
    assert [each.text for each in ElementTree.fromstring(records).iter("PMID")] == ["10000003", "10000010"]
    assert {each.params["tool"] for each in server.log} == {"edirect"}
