"""What a plain caller sees of each fault of the stand-in, over HTTP."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest

from tests import eutils_faults as faults
from tests.ncbi import Server, World, serve


@pytest.fixture
def server() -> Iterator[Server]:
    world = World()
    for number in range(1, 21):
        world.new(number, title=f"Ketamine, report {number}.")
    with serve(world) as running:
        yield running


def fetch(server: Server, utility: str = "efetch", query: str = "", **headers: str) -> Any:
    """An open reply to a request for ten records."""
    query = query or "db=pubmed&retmode=xml&id=" + ",".join(map(str, range(1, 11)))
    return urlopen(Request(f"{server.url}{utility}.fcgi?{query}", headers=headers))


def pmids(body: bytes) -> list[int]:
    return [int(each.text or 0) for each in ElementTree.fromstring(body).iter("PMID")]


def readable(body: bytes) -> list[int]:
    """The same, of a body that may be no XML."""
    try:
        return pmids(body)
    except ElementTree.ParseError:
        return []


@pytest.mark.parametrize("after", ["2", "Wed, 21 Oct 2026 07:28:00 GMT", "9999", "-5", None])
def test_a_429_says_how_long_to_wait_or_does_not(server: Server, after: str | None) -> None:
    server.faults = [faults.too_many(after)]
    with pytest.raises(HTTPError) as refused:
        fetch(server)
    with refused.value as error:
        said = json.loads(error.read())
    assert (error.code, error.headers["Retry-After"]) == (429, after)
    assert said == {"error": "API rate limit exceeded", "api-key": "127.0.0.1", "count": "4", "limit": "3"}


@pytest.mark.parametrize(
    ("fault", "code", "holds"),
    [
        (faults.status(500), 500, b"WWW Error 500 Diagnostic"),
        (faults.status(502), 502, b"Bad Gateway"),
        (faults.status(503, retry_after="1"), 503, b"Service Unavailable"),
        (faults.status(400), 400, b"Bad Request"),
        (faults.status(404), 404, b"Not Found"),
        (faults.status(414), 414, b"Request-URI Too Long"),
        (faults.relayed_502(), 400, b"proxy_stream(): Failed to connect to PubOne service"),
    ],
)
def test_an_error_has_its_status_and_page(server: Server, fault: faults.Fault, code: int, holds: bytes) -> None:
    server.faults = [fault]
    with pytest.raises(HTTPError) as refused:
        fetch(server)
    with refused.value as error:
        assert (error.code, holds in error.read()) == (code, True)


@pytest.mark.parametrize(
    ("fault", "kind", "holds"),
    [
        (faults.too_many_in_200(), "application/json", b'{"error":"API rate limit exceeded"'),
        (faults.error_in_200(), "text/xml", b"<eFetchResult>\n\t<ERROR>Search Backend failed: Database"),
        (faults.html_in_200(), "text/html", b"<html>"),
        (faults.empty(), "text/xml", b""),
        (faults.other_body(b"[1]", "application/json"), "application/json", b"[1]"),
        (faults.broken_off(), "text/xml", b"Error+reading+from+remote+server"),
        (faults.broken_off("Bad gateway", plus=False), "text/xml", b"Bad gateway"),
        (faults.cut_xml(), "text/xml", b"<PubmedArticleSet>"),
    ],
)
def test_a_200_may_hold_something_else(server: Server, fault: faults.Fault, kind: str, holds: bytes) -> None:
    server.faults = [fault]
    with fetch(server) as reply:
        body = reply.read()
    assert (reply.status, reply.headers.get_content_type(), holds in body) == (200, kind, True)
    assert readable(body) == []


@pytest.mark.parametrize("text", faults.OUTAGES.values())
def test_an_error_in_200_is_json_where_json_was_asked_for(server: Server, text: str) -> None:
    server.faults = [faults.error_in_200(text).repeated(2)]
    said = []
    for utility in ("esearch", "esummary"):
        with fetch(server, utility, "db=pubmed&term=ketamine&id=1&retmode=json") as reply:
            said.append(json.loads(reply.read(), strict=False)[f"{utility}result"])
    assert said == [{"ERROR": text}, [text]]


@pytest.mark.parametrize("text", faults.OUTAGES.values())
def test_an_error_in_200_is_well_formed_xml(server: Server, text: str) -> None:
    server.faults = [faults.error_in_200(text)]
    with fetch(server, "esummary", "db=pubmed&id=1") as reply:
        tree = ElementTree.fromstring(reply.read())
    assert (tree.tag, tree.findtext("ERROR")) == ("eSummaryResult", text)


@pytest.mark.parametrize(
    "fault",
    [faults.reset(), faults.closed(), faults.wrong_length(), faults.cut_chunks()],
    ids=lambda fault: fault.name,
)
def test_a_transfer_may_end_early(server: Server, fault: faults.Fault) -> None:
    server.faults = [fault]
    with pytest.raises((IncompleteRead, ConnectionResetError)), fetch(server) as reply:
        reply.read()


def test_a_length_may_be_too_small(server: Server) -> None:
    server.faults = [faults.wrong_length(-10)]
    with fetch(server) as cut, fetch(server) as whole:
        assert cut.read() == whole.read()[:-10]


def test_a_connection_may_be_closed_before_the_first_byte(server: Server) -> None:
    server.faults = [faults.dropped()]
    with pytest.raises(RemoteDisconnected):
        fetch(server)


def test_a_gzip_stream_may_be_cut_and_is_whole_otherwise(server: Server) -> None:
    server.faults = [faults.cut_gzip()]
    bodies = []
    for _ in range(2):
        with fetch(server, **{"Accept-Encoding": "gzip"}) as reply:
            assert reply.headers["Content-Encoding"] == "gzip"
            bodies.append(reply.read())
    with pytest.raises(EOFError):
        gzip.decompress(bodies[0])
    assert pmids(gzip.decompress(bodies[1])) == list(range(1, 11))


@pytest.mark.parametrize("fault", [faults.drip(), faults.chunked()], ids=lambda fault: fault.name)
def test_a_reply_in_pieces_is_whole(server: Server, fault: faults.Fault) -> None:
    server.faults = [fault]
    with fetch(server) as reply:
        assert pmids(reply.read()) == list(range(1, 11))


@pytest.mark.parametrize("fault", [faults.hang(0.5), faults.drip(share=0.5, ending="hang")], ids=lambda each: each.name)
def test_a_reply_hangs_until_it_is_released(server: Server, fault: faults.Fault) -> None:
    server.faults = [fault]
    with fetch(server) as reply:
        length = int(reply.headers["Content-Length"])
        assert reply.read(length // 2)
        assert server.asked()[0].fault == fault.name
        server.release()
        with pytest.raises(IncompleteRead):
            reply.read()


def test_a_silent_server_makes_a_caller_with_patience_wait(server: Server) -> None:
    server.faults = [faults.silence()]
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/entrez/eutils/einfo.fcgi")
    connection.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()


def test_a_redirect_names_another_host(server: Server) -> None:
    server.faults = [faults.redirect("http://127.0.0.1:9/entrez/eutils/einfo.fcgi")]
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/entrez/eutils/einfo.fcgi")
    reply = connection.getresponse()
    assert (reply.status, reply.headers["Location"]) == (302, "http://127.0.0.1:9/entrez/eutils/einfo.fcgi")
    reply.read()
    connection.close()


@pytest.mark.parametrize(
    ("fault", "numbers"),
    [
        (faults.missing(3, 4), [1, 2, 5, 6, 7, 8, 9, 10]),
        (faults.missing(count=9), [1]),
        (faults.extra(99), [*range(1, 11), 99]),
        (faults.doubled(), [*range(1, 11), 1]),
        (faults.doubled(4), [*range(1, 11), 4]),
        (faults.two_versions(), [1, *range(1, 11)]),
    ],
)
def test_other_records_may_come_than_were_asked_for(server: Server, fault: faults.Fault, numbers: list[int]) -> None:
    server.faults = [fault]
    with fetch(server) as reply:
        assert pmids(reply.read()) == numbers


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_versions_the_newer_is_the_right_one(server: Server, newest_first: bool) -> None:
    server.faults = [faults.two_versions(newest_first=newest_first)]
    with fetch(server) as reply:
        records = ElementTree.fromstring(reply.read()).findall("PubmedArticle")
    titles = {each.find(".//PMID").get("Version"): each.findtext(".//ArticleTitle") for each in records[:2]}  # type: ignore[union-attr]
    assert titles == {"1": "As it was in its first version.", "2": "Ketamine, report 1."}


@pytest.mark.parametrize("retmode", ["xml", "json"])
@pytest.mark.parametrize(("by", "count"), [(5, b"25"), (-5, b"15"), (-50, b"0")])
def test_a_count_may_be_off(server: Server, retmode: str, by: int, count: bytes) -> None:
    server.faults = [faults.wrong_count(by)]
    with fetch(server, "esearch", f"db=pubmed&term=ketamine&retmode={retmode}") as reply:
        found = re.search(rb"[Cc]ount\W+(\d+)", reply.read())
    assert found is not None
    assert found[1] == count


def test_the_world_may_change_between_two_pages(server: Server) -> None:
    server.faults = [faults.world_changes(lambda: server.world.new(21, title="Ketamine too."))]
    counts = []
    for _ in range(2):
        with fetch(server, "esearch", "db=pubmed&term=ketamine&retmode=json") as reply:
            counts.append(json.loads(reply.read())["esearchresult"]["count"])
    assert counts == ["20", "21"]


def test_a_dtd_may_be_one_that_nobody_has(server: Server) -> None:
    server.faults = [faults.unknown_dtd()]
    with fetch(server) as reply:
        assert b"pubmed_990101.dtd" in reply.read()


# --- the script


def meets(server: Server, utilities: list[str]) -> list[str]:
    """The fault each of these requests met."""
    for utility in utilities:
        with fetch(server, utility, "db=pubmed&term=ketamine&id=1") as reply:
            reply.read()
    return [each.fault for each in server.log]


@pytest.mark.parametrize(
    ("script", "met"),
    [
        ([], ["", "", ""]),
        ([None, faults.empty()], ["", "empty 200", ""]),
        ([faults.empty().at("efetch")], ["", "empty 200", ""]),
        ([faults.empty().repeated(2)], ["empty 200", "empty 200", ""]),
        ([faults.empty().repeated()], ["empty 200", "empty 200", "empty 200"]),
        ([faults.empty().at("efetch").repeated(), faults.html_in_200()], ["", "empty 200", ""]),
        (lambda asked: faults.empty() if asked.number == 3 else None, ["", "", "empty 200"]),
    ],
)
def test_faults_come_when_the_script_says(server: Server, script: faults.Script, met: list[str]) -> None:
    server.faults = script
    assert meets(server, ["esearch", "efetch", "esearch"]) == met


def test_one_of_every_kind_can_be_gone_through(server: Server) -> None:
    kinds = faults.every()
    server.faults = list(kinds)
    for _ in kinds:
        try:
            with fetch(server) as reply:
                reply.read()
        except HTTPError as error:
            error.close()
        except (HTTPException, ConnectionError):
            continue
    assert [each.fault for each in server.log] == [fault.name for fault in kinds]
    with fetch(server) as reply:
        assert pmids(reply.read()) == list(range(1, 11))


def test_one_request_after_another_is_alone_in_the_log(server: Server) -> None:
    server.faults = lambda asked: faults.empty() if asked.number % 2 else None
    for _ in range(40):
        with fetch(server) as reply:
            reply.read()
    assert server.most_together == 1


def test_the_log_knows_how_many_requests_were_answered_together(server: Server) -> None:
    server.faults = [faults.hang(0.5), faults.hang(0.5), None]
    first, second = fetch(server), fetch(server)
    with fetch(server) as third:
        third.read()
    assert server.most_together == 3
    server.release()
    for reply in (first, second):
        with pytest.raises(IncompleteRead):
            reply.read()
        reply.close()
