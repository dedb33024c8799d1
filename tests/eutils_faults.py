"""What goes wrong between PubMed and its callers, each as it was seen, to be put before requests by name.

`server.faults` is a list, worked off in order: each request takes the first fault if it is meant for its utility
(`on`), `None` lets one request pass, `times` repeats. Or a function of the request that gives a fault or None.

| kinds seen with the live service | here |
|---|---|
| 429, JSON | `too_many` |
| the same JSON in a 200 | `too_many_in_200` |
| ERROR inside a 200 (five wordings) | `error_in_200`, `OUTAGES` |
| a 502 relayed inside a 400 | `relayed_502` |
| HTML 500 | `status(500)` |
| 400, 404, 414, 502, 503 | `status` |
| error strings in the middle of a body | `broken_off`, `MID_STREAM` |
| reset connections | `reset` |
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from xml.sax.saxutils import escape

from tests import eutils_article as xml
from tests.eutils_wire import HTML, JSON, TEXT, XML, Asked, Change, Reply

# ERROR texts inside HTTP 200, as quoted in public threads; a fresh line stands where the service sent one
OUTAGES: Final = {
    "database": "Search Backend failed: Database is not supported: pubmed",
    "connection": "Search Backend failed: Unable to open connection to #PMQuerySrv?dbaf=taxonomy",
    "links": "Couldn't resolve #exLinkSrv2, the address table is empty.",
    "exception": 'NCBI C++ Exception:\n    Error: EUTILSAPP(CException::eInvalid) "eutilsapp.cpp", line 77: esummary',
    "history": "Unable to obtain query #1",
}
# strings that proxies put in where a body broke off; often with + for blanks
MID_STREAM: Final = (
    "Error reading from remote server",
    "Bad gateway",
    "Bad Gateway",
    "Cannot process ID list",
    "server is temporarily unable to service your request",
    "Service unavailable",
    "Server Error",
    "ID list is empty",
    "Supplied id parameter is empty",
    "Resource temporarily unavailable",
    "Failed to retrieve sequence",
    "Failed to understand id",
)
_ROOTS: Final = {
    "esearch": "eSearchResult",
    "efetch": "eFetchResult",
    "esummary": "eSummaryResult",
    "epost": "ePostResult",
}
_REASONS: Final = {400: "Bad Request", 404: "Not Found", 414: "Request-URI Too Long", 500: "Server Error"}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: `change` makes of the right reply what is sent. `on`: utilities it is meant for."""

    name: str
    change: Change
    on: frozenset[str] = field(default_factory=frozenset)
    times: float = 1

    def at(self, *utilities: str) -> Fault:
        """The same, only for these utilities; others pass by it."""
        return replace(self, on=frozenset(utilities))

    def repeated(self, times: float = float("inf")) -> Fault:
        """The same, so many times in a row (for ever)."""
        return replace(self, times=times)


Script = list[Fault | None] | Callable[[Asked], Fault | None]


def next_fault(script: Script, asked: Asked) -> Fault | None:
    """The fault this request meets, taken off the script."""
    if callable(script):
        return script(asked)
    if not script:
        return None
    first = script[0]
    if first is not None and first.on and asked.utility not in first.on:
        return None
    if first is not None and first.times > 1:
        script[0] = replace(first, times=first.times - 1)
    else:
        del script[0]
    return first


def fixed(name: str, reply: Reply) -> Fault:
    """A reply that does not depend on the request."""
    return Fault(name, lambda asked, right: replace(reply, headers=dict(reply.headers)))


# --- instead of a reply


def too_many(retry_after: str | None = "2", limit: int = 3) -> Fault:
    """429 and its JSON; `retry_after`: seconds, an HTTP-date, "9999", "-1", None for no header."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return fixed(f"429 Retry-After {retry_after}", Reply(429, JSON, rate_body("127.0.0.1", limit + 1, limit), headers))


def rate_body(caller: str, count: int, limit: int) -> bytes:
    return f'{{"error":"API rate limit exceeded","api-key":"{caller}","count":"{count}","limit":"{limit}"}}\n'.encode()


def too_many_in_200() -> Fault:
    """The body of a 429 under HTTP 200."""
    return fixed("rate limit in 200", Reply(200, JSON, rate_body("127.0.0.1", 4, 3)))


def status(code: int, retry_after: str | None = None) -> Fault:
    """An HTTP error with the kind of page that comes with it."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return fixed(str(code), Reply(code, HTML, page(code), headers))


def page(code: int) -> bytes:
    """An HTML error page: the diagnostic one of the web servers for 500, a proxy's for the others."""
    if code == 500:
        return (
            b"<html><head> <title>NCBI/eutils202 - WWW Error 500 Diagnostic</title> "
            b'<style type="text/css">  h1.error {color: red; font-size: 40pt} </style></head><body>'
            b"<h1>Server Error</h1>   <p>Your request could not be processed due to a problem on our Web server.</p>"
            b'<div class="diags">Error: 500</div></body></html>'
        )
    reason = _REASONS.get(code, {502: "Bad Gateway", 503: "Service Unavailable"}.get(code, "Error"))
    return f"<html><head><title>{code} {reason}</title></head><body><h1>{code} {reason}</h1></body></html>".encode()


def relayed_502() -> Fault:
    """EFetch's error envelope under HTTP 400, with a proxy's 502 in it."""
    text = "Error: proxy_stream(): Failed to connect to PubOne service: 502 Bad Gateway"
    return fixed("relayed 502", Reply(400, XML, fetch_error(text)))


def fetch_error(text: str) -> bytes:
    """EFetch's error envelope; its DOCTYPE names another element than its root, as the live one does."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch 20131226//EN" '
        '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd">\n'
        f"<eFetchResult>\n\t<ERROR>{escape(text)}</ERROR>\n</eFetchResult>\n"
    ).encode()


def error_json(utility: str, text: str) -> bytes:
    """An error in JSON: ERROR is the only key, a list in ESummary; line breaks stand there as they are, which strict
    readers refuse."""
    quoted = json.dumps(text).replace("\\n", "\n")
    said = f"[{quoted}]" if utility == "esummary" else f'{{"ERROR":{quoted}}}'
    return f'{{"header":{{"type":"{utility}","version":"0.3"}},"{utility}result":{said}}}'.encode()


def error_in_200(text: str = OUTAGES["database"]) -> Fault:
    """<ERROR> in the utility's own envelope (JSON where JSON was asked for), under HTTP 200."""

    def change(asked: Asked, right: Reply) -> Reply:
        if asked.params.get("retmode") == "json":
            return Reply(200, JSON, error_json(asked.utility, text))
        root = _ROOTS.get(asked.utility, "eSearchResult")
        return Reply(200, XML, f"<{root}>\n\t<ERROR>{escape(text)}</ERROR>\n</{root}>".encode())

    return Fault(f"ERROR in 200: {text[:40]}", change)


def html_in_200() -> Fault:
    """A web page where an answer should be."""
    body = b"<html><head><title>NCBI - Maintenance</title></head><body><p>Back soon.</p></body></html>"
    return fixed("HTML in 200", Reply(200, HTML, body))


def empty() -> Fault:
    """200 and no byte."""
    return fixed("empty 200", Reply(200, XML, b""))


def redirect(url: str, code: int = 302) -> Fault:
    """Sent on to another address."""
    return fixed(f"redirect {code}", Reply(code, HTML, b"", {"Location": url}))


# --- a right reply that does not arrive as it should


def bent(name: str, **how: object) -> Fault:
    """The right reply with some of `Reply`'s attributes changed."""
    return Fault(name, lambda asked, right: replace(right, **how))  # type: ignore[arg-type]


def reset(share: float = 0.5) -> Fault:
    """The connection is reset after a share of the body."""
    return Fault(
        "reset",
        lambda asked, right: replace(right, cut=share, ending="reset", promised=missing_length(right, share)),
    )


def missing_length(right: Reply, share: float) -> int:
    """What Content-Length must be added so that it tells of the whole body."""
    whole = len(right.encoded())
    return whole - int(whole * share)


def closed(share: float = 0.5) -> Fault:
    """The connection is closed after a share of the body, in good order."""
    return Fault("closed", lambda asked, right: replace(right, cut=share, promised=missing_length(right, share)))


def wrong_length(by: int = 100) -> Fault:
    """Content-Length tells of `by` more bytes than come (fewer, if negative)."""
    return bent("wrong Content-Length", promised=by)


def cut_gzip(share: float = 0.6) -> Fault:
    """A gzip stream that ends early; Content-Length is true of what is sent. Plain where no gzip was asked for."""
    return bent("cut gzip", gzipped=True, cut=share)


def cut_xml(share: float = 0.6) -> Fault:
    """XML that ends early, the transfer being whole."""
    return Fault("cut XML", lambda asked, right: replace(right, body=right.body[: int(len(right.body) * share)]))


def cut_chunks(share: float = 0.6) -> Fault:
    """A chunked transfer that ends without its last chunk."""
    return bent("cut chunks", chunked=True, cut=share, step=1000, ending="reset")


def chunked(step: int = 1000) -> Fault:
    """No fault: a whole transfer in chunks, as the live service often sends."""
    return bent("chunked", chunked=True, step=step)


def broken_off(text: str = MID_STREAM[0], share: float = 0.6, plus: bool = True) -> Fault:
    """Under HTTP 200 the body breaks off and an error string stands there, with + for its blanks."""

    def change(asked: Asked, right: Reply) -> Reply:
        said = text.replace(" ", "+") if plus else text
        return replace(right, body=right.body[: int(len(right.body) * share)] + said.encode())

    return Fault(f"broken off: {text}", change)


def drip(step: int = 1, share: float = 1.0, ending: str = "close") -> Fault:
    """A byte (`step`) a write; with `share` and ending="hang" it stops on the way until the server is released."""

    def change(asked: Asked, right: Reply) -> Reply:
        return replace(right, step=step, cut=share, ending=ending, promised=missing_length(right, share))

    return Fault("drip", change)


def hang(share: float = 0.0) -> Fault:
    """Nothing more after a share of the body, until `server.release()`."""
    return replace(drip(step=1 << 20, share=share, ending="hang"), name="hang")


def silence() -> Fault:
    """Not even a status line, until `server.release()`."""
    return bent("silence", ending="silence")


def dropped() -> Fault:
    """The connection is closed before the first byte."""
    return bent("dropped", ending="drop")


# --- other records than were asked for


def _articles(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Fault:
    """A change of the list of records in an EFetch reply."""

    def changed(asked: Asked, right: Reply) -> Reply:
        records = xml.ARTICLE.findall(right.body)
        if not records:
            return right
        start = right.body.index(records[0])
        end = right.body.rindex(records[-1]) + len(records[-1])
        return replace(right, body=right.body[:start] + b"".join(change(records)) + right.body[end:])

    return Fault(name, changed)


def missing(*pmids: int, count: int = 0) -> Fault:
    """These records, or the last `count`, are left out."""

    def change(records: list[bytes]) -> list[bytes]:
        kept = [record for record in records if xml.pmid_of(record) not in pmids]
        return kept[: len(kept) - count]

    return _articles("missing records", change)


def extra(pmid: int = 99_999_998) -> Fault:
    """A record nobody asked for."""
    return _articles("extra record", lambda records: [*records, xml.article(pmid, title="Not asked for.")])


def doubled(pmid: int = 0) -> Fault:
    """One record (the first) stands there twice."""
    return _articles(
        "doubled record",
        lambda records: [*records, next((each for each in records if xml.pmid_of(each) == pmid), records[0])],
    )


def two_versions(
    older_title: str = "As it was in its first version.", newest_first: bool = False, newer: int = 2
) -> Fault:
    """The first record comes in two versions, Version 1 and Version 2 unless told, the newer being the right one."""

    def change(records: list[bytes]) -> list[bytes]:
        first, *others = records
        pair = [xml.with_version(xml.with_title(first, older_title), newer - 1), xml.with_version(first, newer)]
        return [*(reversed(pair) if newest_first else pair), *others]

    return _articles("two versions", change)


def wrong_count(by: int) -> Fault:
    """ESearch's Count is off by so many."""

    def change(asked: Asked, right: Reply) -> Reply:
        def counted(found: re.Match[bytes]) -> bytes:
            return found[1] + b"%d" % max(0, int(found[2]) + by)

        return replace(right, body=re.sub(rb'(<Count>|"count":\s*")(\d+)', counted, right.body, count=1))

    return Fault("wrong count", change).at("esearch")


def unknown_dtd(name: str = "pubmed_990101.dtd") -> Fault:
    """A DOCTYPE that names a DTD nobody has."""
    return Fault(
        "unknown DTD", lambda asked, right: replace(right, body=re.sub(rb"pubmed_\d+\.dtd", name.encode(), right.body))
    )


def other_body(body: bytes, kind: str = TEXT, code: int = 200) -> Fault:
    """Any other reply."""
    return fixed("other body", Reply(code, kind, body))


def world_changes(change: Callable[[], object]) -> Fault:
    """The world changes just after this reply was made: what a caller meets who pages through a moving set."""

    def then(asked: Asked, right: Reply) -> Reply:
        change()
        return right

    return Fault("the world changes", then)


def every() -> Sequence[Fault]:
    """One of each kind that a caller must survive, for tests that go through them all."""
    return [
        *(too_many(each) for each in ("2", "Wed, 21 Oct 2026 07:28:00 GMT", "9999", "-5", None)),
        too_many_in_200(),
        *(status(code) for code in (400, 404, 414, 500, 502, 503)),
        relayed_502(),
        *(error_in_200(text) for text in OUTAGES.values()),
        *(broken_off(text) for text in MID_STREAM),
        html_in_200(),
        empty(),
        reset(),
        closed(),
        dropped(),
        wrong_length(),
        cut_gzip(),
        cut_xml(),
        cut_chunks(),
    ]
