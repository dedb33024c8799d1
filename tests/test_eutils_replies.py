"""What the stand-in's utilities answer, asked without HTTP."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
from Bio import Medline

from tests.eutils_replies import Desk
from tests.eutils_wire import TEXT, Asked, Reply
from tests.eutils_world import World


@pytest.fixture
def desk() -> Desk:
    world = World()
    world.new(1, title="Zinc.", authors=["Berg Ann"], year=2001, pages="5-9", abstract="Zinc helped.", mesh=["Zinc"])
    world.new(2, title="Iron.", authors=["Adams Bo"], year=2003, journal="A Journal")
    world.new(3, title="Copper.", authors=["Cole Cy"], year=2002, journal="B Journal")
    return Desk(world)


def ask(desk: Desk, utility: str, **params: str) -> Reply:
    reply = desk.answer(Asked(1, 0.0, "GET", "/", utility, {"db": "pubmed"} | params, {}))
    assert reply is not None
    return reply


def said(reply: Reply) -> Any:
    return json.loads(reply.body, strict=False)


def test_databases_and_fields_are_told_in_json(desk: Desk) -> None:
    assert "pubmed" in said(ask(desk, "einfo", db="", retmode="json"))["einforesult"]["dblist"]
    (info,) = said(ask(desk, "einfo", retmode="json"))["einforesult"]["dbinfo"]
    assert (info["count"], info["lastupdate"]) == ("3", "2025/11/27 06:33")
    fields = {field["name"]: field["fullname"] for field in info["fieldlist"]}
    assert (fields["CRDT"], fields["MDAT"]) == ("Date - Create", "Date - Modification")


def test_a_count_alone_can_be_asked_for(desk: Desk) -> None:
    assert b"<Count>3</Count>" in ask(desk, "esearch", term="all[sb]", rettype="count").body
    assert said(ask(desk, "esearch", term="all[sb]", rettype="count", retmode="json"))["esearchresult"] == {
        "count": "3"
    }


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["3", "2", "1"]),
        ("relevance", ["3", "2", "1"]),
        ("pub_date", ["2", "3", "1"]),
        ("Author", ["2", "1", "3"]),
        ("JournalName", ["2", "3", "1"]),
        ("title", ["3", "2", "1"]),
    ],
)
def test_hits_come_newest_first_or_as_asked(desk: Desk, sort: str, order: list[str]) -> None:
    reply = ask(desk, "esearch", term="all[sb]", sort=sort, retmode="json")
    assert said(reply)["esearchresult"]["idlist"] == order


@pytest.mark.parametrize("term", ["", "  "])
def test_an_empty_term_is_an_error(desk: Desk, term: str) -> None:
    text = "Empty term and query_key - nothing todo"
    assert f"<ERROR>{text}</ERROR>".encode() in ask(desk, "esearch", term=term).body
    assert said(ask(desk, "esearch", term=term, retmode="json"))["esearchresult"] == {"ERROR": text}


def test_a_search_goes_on_from_the_history(desk: Desk) -> None:
    posted = ask(desk, "epost", id="1,2,x").body.decode()
    assert "<ERROR>Some IDs have invalid value and were omitted." in posted
    found = re.search("<WebEnv>(.*)</WebEnv>", posted)
    assert found is not None
    where = {"WebEnv": found[1], "query_key": "1", "retmode": "json"}
    assert said(ask(desk, "esearch", **where))["esearchresult"]["idlist"] == ["2", "1"]
    assert said(ask(desk, "esearch", term="zinc OR copper", **where))["esearchresult"]["idlist"] == ["1"]
    again = said(ask(desk, "esearch", term="#1 NOT iron", usehistory="y", **where))["esearchresult"]
    assert (again["idlist"], again["querykey"], again["webenv"]) == (["1"], "2", found[1])
    assert said(ask(desk, "esummary", **where))["result"]["uids"] == ["1", "2"]
    assert said(ask(desk, "esearch", **where | {"query_key": "9"}))["esearchresult"] == {
        "ERROR": "Unable to obtain query #9"
    }


def test_out_of_the_history_comes_no_more_than_a_search_gives(desk: Desk) -> None:
    environment, key = desk.keep(range(1, 10_050))
    where = {"WebEnv": environment, "query_key": str(key), "rettype": "uilist"}
    last = desk.chosen(Asked(1, 0.0, "GET", "/", "efetch", where | {"retstart": "9500", "retmax": "1000"}, {}))
    assert (len(last), last[-1]) == (499, 9999)
    beyond = ask(desk, "efetch", retstart="9999", **where)
    assert (beyond.status, b"'retstart' cannot be larger than 9998" in beyond.body) == (400, True)


@pytest.mark.parametrize(
    ("utility", "params", "status", "text"),
    [
        ("efetch", {}, 400, "Supplied id parameter is empty."),
        ("efetch", {"WebEnv": "x", "query_key": "1"}, 400, "Unable to obtain query #1"),
        ("efetch", {"WebEnv": "x"}, 400, "Unable to obtain query #1"),
        ("esummary", {"id": ","}, 200, "Empty id list - nothing todo"),
        ("esummary", {"id": "77"}, 200, "UID=77: cannot get document summary"),
        ("einfo", {"db": "nothing"}, 200, "Invalid db name specified: nothing"),
        ("elink", {"db": "nothing"}, 200, "Invalid db name specified: nothing"),
    ],
)
def test_a_request_that_cannot_be_answered_says_why(
    desk: Desk, utility: str, params: dict[str, str], status: int, text: str
) -> None:
    reply = ask(desk, utility, **params)
    assert (reply.status, f"<ERROR>{text}</ERROR>".encode() in reply.body) == (status, True)


def test_numbers_alone_can_be_fetched(desk: Desk) -> None:
    text = ask(desk, "efetch", id="3,77,1", rettype="uilist", retmode="text")
    assert (text.kind, text.body) == (TEXT, b"3\n1\n")
    assert re.findall(rb"<Id>(\d+)", ask(desk, "efetch", id="3,77,1", rettype="uilist", retmode="xml").body) == [
        b"3",
        b"1",
    ]


def test_records_come_as_medline_and_as_pages_of_text(desk: Desk) -> None:
    reply = ask(desk, "efetch", id="1,2", rettype="medline", retmode="text")
    read: Any = Medline.parse
    first, second = read(StringIO(reply.body.decode()))
    assert (first["PMID"], first["TI"], first["AU"], first["MH"]) == ("1", "Zinc.", ["Berg A"], ["Zinc"])
    assert (second["PMID"], second["TA"], "AB" in second) == ("2", "A Journal", False)
    page = ask(desk, "efetch", id="1", rettype="abstract", retmode="text").body.decode()
    assert page.split("\n\n")[1:5] == ["Zinc.", "Berg A.", "Zinc helped.", "PMID: 1"]


def test_a_number_asked_for_twice_comes_once(desk: Desk) -> None:
    assert ask(desk, "efetch", id="1,1,2").body.count(b"<PubmedArticle>") == 2


def test_a_record_is_linked_to_its_notices(desk: Desk) -> None:
    desk.world.retract(1, notice=2)
    assert re.findall(rb"<Link>\s*<Id>(\d+)", ask(desk, "elink", dbfrom="pubmed", id="1").body) == [b"1", b"2"]
