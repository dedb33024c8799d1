"""What a reply is: an answer, or to wait for, to ask again for, to give up on; and how it is told."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.sources.replies import (
    Kind,
    Match,
    Wrong,
    article_set,
    check,
    citation_matches,
    database_info,
    retry_after,
    said,
    search_result,
    wait_before,
)
from tests import eutils_faults as faults
from tests.eutils_article import article
from tests.ncbi import World
from tests.pubmed_xml import HEAD, TAIL

NOW = "Thu, 27 Nov 2025 06:33:00 GMT"


def headers(**fields: str) -> Message:
    made = Message()
    for name, value in ({"Date": NOW} | fields).items():
        made[name.replace("_", "-")] = value
    return made


def kind_of(status: int, body: bytes, **fields: str) -> str:
    """ "ok", or the kind of what is wrong."""
    try:
        check(status, headers(**fields), body)
    except Wrong as wrong:
        return wrong.kind.value
    return "ok"


LIMIT = faults.rate_body("10.1.2.3", 4, 3)
WRONG_KEY = b'{"error":"API key invalid","api-key":"abc","type":"invalid","status":"unknown"}\n'
BACKEND = b"<eSearchResult>\n\t<ERROR>Search Backend failed: %s</ERROR>\n</eSearchResult>"
BEYOND = b"Exception:\n'retstart' cannot be larger than 9998. For PubMed, ESearch can only ..."


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, LIMIT, "wait"),
        (429, b"", "wait"),
        (400, LIMIT, "wait"),
        (200, LIMIT, "wait"),
        (400, WRONG_KEY, "permanent"),
        (200, WRONG_KEY, "permanent"),
        (400, faults.fetch_error("ID list is empty! Possibly it has no correct IDs."), "permanent"),
        (400, faults.fetch_error("Cannot retrieve history data: OUT OF RANGE. Parameter retstart=1"), "permanent"),
        (400, faults.fetch_error("Error: proxy_stream(): Failed to connect to PubOne service"), "retry"),
        (400, faults.fetch_error("Error+reading+from+remote+server"), "retry"),
        (400, faults.page(502), "retry"),
        (400, b"no words of ours", "permanent"),
        *((code, faults.page(code), "permanent") for code in (401, 403, 404, 410, 414, 431)),
        *((code, faults.page(code), "retry") for code in (408, 500, 502, 503, 504, 520)),
        (204, b"", "permanent"),
        (302, b"", "permanent"),
        (200, b"", "retry"),
        (200, b" \r\n", "retry"),
        (200, faults.page(500), "retry"),
        (200, b"\n<!DOCTYPE HTML><title>Log in</title>", "retry"),
        (200, b"<!-- served by 7 --><html>", "retry"),
        (200, BACKEND % b"Database is not supported: pubmed", "retry"),
        (200, BACKEND % b"Unable to open connection to #PMQuerySrv?dbaf=taxonomy", "retry"),
        (200, BACKEND % BEYOND, "permanent"),
        (200, BACKEND % b"Exception:\nPosition 15000 is out of acceptable range [9999,9998]", "permanent"),
        (200, b"<eLinkResult><ERROR>Couldn't resolve #exLinkSrv2, the address table is empty.</ERROR>", "retry"),
        (200, b"<ERROR>NCBI C++ Exception:\n    Error: EUTILSAPP(CException::eInvalid)", "retry"),
        (200, b"<ERROR>Empty id list - nothing todo</ERROR>", "permanent"),
        (200, b"<ERROR>Invalid db name specified: nothing</ERROR>", "permanent"),
        (200, b"<ERROR></ERROR>", "retry"),
        (200, b'{"header":{},"esearchresult":{"ERROR":"Search Backend failed: ' + BEYOND + b'"}}', "permanent"),
        (200, b'{"header":{},"esearchresult":{"ERROR":"Search Backend failed: something new"}}', "retry"),
        (200, b'{"header":{},"esearchresult":{"count":"0","errorlist":{"phrasesnotfound":["x"]}}}', "ok"),
        (200, b'{"esearchresult":{"count":"1","querytranslation":"\\"error\\"[All Fields]"}}', "ok"),
        (200, b"journal|1990|1||x|1|7\n", "ok"),
    ],
)
def test_each_reply_is_of_its_kind(status: int, body: bytes, kind: str) -> None:
    assert kind_of(status, body) == kind


def test_a_5xx_that_names_a_time_is_waited_for() -> None:
    assert kind_of(503, faults.page(503), Retry_After="7") == "wait"
    assert kind_of(404, faults.page(404), Retry_After="7") == "permanent"


@pytest.mark.parametrize("text", faults.OUTAGES.values())
def test_every_outage_seen_is_asked_again(text: str) -> None:
    assert kind_of(200, BACKEND.replace(b"Search Backend failed: %s", text.encode())) == "retry"


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("2", 2.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("9999", 120.0),
        ("99999999999999999999", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Thu, 27 Nov 2025 06:33:30 GMT", 30.0),
        ("Thu, 27 Nov 2025 06:32:00 GMT", 0.0),
        ("Fri, 28 Nov 2025 06:33:00 GMT", 120.0),
        ("Thu, 99 Foo 2025", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(given: str, seconds: float | None) -> None:
    assert retry_after(headers(Retry_After=given)) == seconds


def test_a_date_to_wait_for_means_nothing_without_the_servers_own() -> None:
    assert retry_after(headers(Retry_After="Thu, 27 Nov 2025 06:33:30 GMT", Date="?")) is None


def test_waits_grow_and_jitter_and_end_at_two_minutes() -> None:
    wrong = Wrong(Kind.RETRY, "no")
    assert [wait_before(wrong, each, 0.5) for each in range(1, 6)] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert (wait_before(wrong, 1, 0.0), wait_before(wrong, 1, 0.999)) == (0.5, pytest.approx(1.499))
    assert wait_before(wrong, 99, 0.5) == 120.0


def test_no_wait_is_shorter_than_the_server_asked_for() -> None:
    assert wait_before(Wrong(Kind.WAIT, "no", 30.0), 1, 0.0) == 30.0
    assert wait_before(Wrong(Kind.WAIT, "no", 0.0), 3, 0.5) == 4.0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (LIMIT, "API rate limit exceeded"),
        (faults.page(500), "NCBI/eutils202 - WWW Error 500 Diagnostic"),
        (b"<ERROR>a &amp; b</ERROR>", "a & b"),
        (b"<ERROR>\n  Search Backend\tfailed\r\n</ERROR>", "Search Backend failed"),
        (b"<html><style>h1 {color: red}</style><p>Gone <b>fishing</b></html>", "Gone fishing"),
        (b"Error+reading+from+remote+server", "Error reading from remote server"),
        (b"C++ is fine", "C++ is fine"),
        (b"\x1b]8;;http://x\x07 \xff", "\ufffd]8;;http://x\ufffd \ufffd"),
        (b"\xe2\x80\xae", "\ufffd"),
        (b"", ""),
    ],
)
def test_what_was_said_is_told_in_plain_words(body: bytes, words: str) -> None:
    assert said(body) == words


@given(st.binary(max_size=400))
def test_what_was_said_is_one_short_printable_line(body: bytes) -> None:
    for each in (body, b"<ERROR>" + body, b'{"error":"' + body, b"<title>" + body):
        text = said(each)
        assert len(text) <= 160
        assert text.isprintable()


@given(st.binary(max_size=300), st.integers(100, 599))
def test_any_reply_is_read_or_wrong_and_nothing_else(body: bytes, status: int) -> None:
    for each in (body, b"{" + body, b'{"esearchresult":' + body + b"}", HEAD + body, HEAD + body + TAIL):
        for read in (search_result, database_info, article_set):
            with suppress(Wrong):
                check(status, headers(), each)
                read(headers(), each)


def test_a_search_result_is_read_with_its_date() -> None:
    body = b'{"esearchresult":{"count":"12","idlist":["7","5"],"querytranslation":"a\nb"}}'
    found = search_result(headers(), body)
    assert (found.count, found.ids, found.translation, found.warnings) == (12, [7, 5], "a\nb", [])
    assert found.date == datetime(2025, 11, 27, 6, 33, tzinfo=UTC)


@pytest.mark.parametrize("scalar", [False, True])
def test_errors_and_warnings_of_a_search_are_told_lists_or_not(scalar: bool) -> None:
    lists = {
        "errorlist": {"phrasesnotfound": ["abcxyz"], "fieldsnotfound": ["nosuch"]},
        "warninglist": {"phrasesignored": ["the"], "quotedphrasesnotfound": ['"a b"[ti]'], "outputmessages": ["Note."]},
    }
    given = {
        name: {key: texts[0] if scalar else texts for key, texts in entries.items()} for name, entries in lists.items()
    }
    found = search_result(headers(), json.dumps({"esearchresult": {"count": "3"} | given}).encode())
    assert found.warnings == [
        "not found: abcxyz",
        "no such field: nosuch",
        "left out: the",
        'not found as a phrase: "a b"[ti]',
        "Note.",
    ]


def test_a_list_that_is_a_text_alone_is_told_as_it_is() -> None:
    body = b'{"esearchresult":{"count":"1","idlist":"9","errorlist":"odd","warninglist":["so","so"]}}'
    found = search_result(headers(), body)
    assert (found.ids, found.warnings) == ([9], ["odd", "so"])


def test_that_nothing_was_found_is_no_warning() -> None:
    body = b'{"esearchresult":{"count":"0","idlist":[],"warninglist":{"outputmessages":["No items found."]}}}'
    assert search_result(headers(), body).warnings == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"esearchresult":{"idlist":[]}}',
        b'{"esearchresult":{"count":"many"}}',
        b'{"esearchresult":{"count":"-1"}}',
        b'{"esearchresult":{"count":"1","idlist":["7x"]}}',
        b'{"esearchresult":[]}',
        b'{"header":{}}',
        b"[1]",
        b"3",
        b'{"esearchresult":{"count":"1","idlist":["7',
        b"[" * 100_000,
    ],
)
def test_what_is_no_search_result_is_asked_again(body: bytes) -> None:
    with pytest.raises(Wrong) as wrong:
        search_result(headers(), body)
    assert wrong.value.kind is Kind.RETRY


@pytest.mark.parametrize("one", [True, False])
def test_the_last_update_is_read_as_utc(one: bool) -> None:
    described = {"dbname": "pubmed", "count": "39730388", "lastupdate": "2025/11/27 06:33"}
    info = database_info(headers(), json.dumps({"einforesult": {"dbinfo": described if one else [described]}}).encode())
    assert (info.last_update, info.count) == (datetime(2025, 11, 27, 6, 33, tzinfo=UTC), 39730388)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"einforesult":{}}',
        b'{"einforesult":{"dbinfo":["pubmed"]}}',
        b'{"einforesult":{"dbinfo":{"lastupdate":"soon","count":"1"}}}',
    ],
)
def test_what_describes_no_database_is_asked_again(body: bytes) -> None:
    with pytest.raises(Wrong) as wrong:
        database_info(headers(), body)
    assert wrong.value.kind is Kind.RETRY


RECORDS = b"".join(article(number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    "body",
    [
        HEAD + RECORDS + TAIL,
        HEAD + TAIL,
        b"<PubmedArticleSet></PubmedArticleSet>\n",
        b"<?xml version='1.0'?><PubmedArticleSet/>",
        b"<PubmedArticleSet x='1'>" + RECORDS + b"</PubmedArticleSet > \n",
        HEAD + RECORDS + b"<DeleteCitation><PMID>4</PMID></DeleteCitation>" + TAIL,
        HEAD.replace(b"2019", b"2999") + RECORDS + TAIL,
    ],
)  # fmt: skip
def test_a_whole_set_is_given_back_as_it_is(body: bytes) -> None:
    assert article_set(headers(), body) is body


@pytest.mark.parametrize(
    "body",
    [
        HEAD + RECORDS,
        RECORDS,
        TAIL,
        HEAD + RECORDS + b"Error+reading+from+remote+server" + TAIL,
        HEAD + RECORDS + TAIL + b"Bad Gateway",
        HEAD + b"ID list is empty" + TAIL,
        HEAD + RECORDS[:-20] + TAIL,
        b"<eFetchResult></eFetchResult>",
        b"Supplied+id+parameter+is+empty.",
    ],
)
def test_a_set_that_is_not_whole_is_asked_again(body: bytes) -> None:
    with pytest.raises(Wrong) as wrong:
        article_set(headers(), body)
    assert wrong.value.kind is Kind.RETRY


@pytest.mark.parametrize("share", [each / 40 for each in range(40)])
def test_no_beginning_of_a_set_passes_for_one(share: float) -> None:
    body = HEAD + RECORDS + TAIL.rstrip()
    with pytest.raises(Wrong):
        article_set(headers(), body[: int(len(body) * share)])


def test_citations_are_answered_in_the_order_asked() -> None:
    body = b"j|1990|1|5|doe|2|AMBIGUOUS 5,6\r\nj||||x|1|12\nj||||x|3|NOT_FOUND;INVALID_JOURNAL\n"
    assert citation_matches(["1", "2", "3"], headers(), body) == [
        Match("1", 12, ""),
        Match("2", None, "AMBIGUOUS 5,6"),
        Match("3", None, "NOT_FOUND;INVALID_JOURNAL"),
    ]


@pytest.mark.parametrize(
    "body", [b"", b"j|1990|1|5|doe|1\n", b"j|1990|1|5|doe|2|7\n", b"j|1990|1|5|doe|1|7", b"Server+Error\n"]
)
def test_a_citation_without_an_answer_is_asked_again(body: bytes) -> None:
    with pytest.raises(Wrong) as wrong:
        citation_matches(["1"], headers(), body)
    assert wrong.value.kind is Kind.RETRY


def test_what_the_live_service_sent_is_read(corpus: Path) -> None:
    recorded = corpus / "eutils" / "recorded"
    for name in ("pubmed4", "pubmed5", "pubmed6", "pubmed7"):
        body = (recorded / f"{name}.xml").read_bytes()
        assert kind_of(200, body) == "ok", name
        assert article_set(headers(), body) == body
    assert kind_of(200, (recorded / "pubmed3.html").read_bytes()) == "retry"
    assert kind_of(200, (recorded / "epost2.xml").read_bytes()) == "permanent"
    assert kind_of(200, (recorded / "esummary8.xml").read_bytes()) == "permanent"


def test_every_message_seen_in_broken_bodies_is_found_in_a_set(corpus: Path) -> None:
    messages = (corpus / "eutils" / "errors_kblin" / "error_messages.txt").read_text().splitlines()
    assert len(messages) > 10
    for message in messages:
        for text in (message, message.replace(" ", "+")):
            with pytest.raises(Wrong):
                article_set(headers(), HEAD + RECORDS + text.encode() + TAIL)


def test_the_worlds_own_set_is_whole() -> None:
    world = World()
    pmid = world.new()
    body = HEAD + world[pmid].xml + TAIL
    assert article_set(headers(), body) == body
