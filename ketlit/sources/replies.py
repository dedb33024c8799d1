"""What a reply of the E-utilities is: right, or to wait for, to ask again for, or to give up on. No I/O.

| what comes | kind |
|---|---|
| 429, "API rate limit exceeded" under any status, 5xx with Retry-After | wait |
| 5xx, 408, a proxy's message relayed in a 400; ERROR, a web page, nothing, or half of it in a 200 | retry |
| other 4xx, redirects, a wrong key, a parameter that cannot be | permanent |
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ketlit.sources.cutting import Trouble, cut
from ketlit.sources.pace import LONGEST_HOLD
from ketlit.sources.unpacking import Damaged


class Kind(StrEnum):
    WAIT = "wait"
    RETRY = "retry"
    PERMANENT = "permanent"


class Wrong(Exception):
    """A reply that is no answer. `wait`: seconds that the server asked for."""

    def __init__(self, kind: Kind, said: str, wait: float | None = None, hint: str = "") -> None:
        super().__init__(said)
        self.kind = kind
        self.said = said
        self.wait = wait
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Found:
    """ESearch's answer. `warnings`: what of the query was not understood as it was meant, in PubMed's words;
    `translation`: the query as it was understood; `date`: when it was answered, by PubMed's clock.
    """

    count: int
    ids: list[int]
    translation: str
    warnings: list[str]
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Info:
    """EInfo's answer on PubMed: when it was last updated, how many records it has, when it was answered."""

    last_update: datetime
    count: int
    date: datetime | None


class Match(NamedTuple):
    """ECitMatch's answer to one citation: its PMID, or None and why (NOT_FOUND, AMBIGUOUS and more)."""

    key: str
    pmid: int | None
    said: str


# What errors say, without blanks and plus signs, which PubMed's proxies often put for them. The first that fits counts.
# Texts as the live service sent them; public threads in which they were quoted are named in docs/decisions/0009.
_KNOWN: Final = (
    ("apikeyinvalid", Kind.PERMANENT),
    ("ratelimitexceeded", Kind.WAIT),
    ("cannotbelargerthan", Kind.PERMANENT),
    ("outofacceptablerange", Kind.PERMANENT),
    ("outofrange", Kind.PERMANENT),
    ("invaliddbname", Kind.PERMANENT),
    ("nothingtodo", Kind.PERMANENT),
    ("neitherquery_keynoridspecified", Kind.PERMANENT),
    ("proxy_stream", Kind.RETRY),
    ("failedtoconnect", Kind.RETRY),
    ("badgateway", Kind.RETRY),
    ("errorreadingfromremoteserver", Kind.RETRY),
    ("cannotprocessidlist", Kind.RETRY),
    ("temporarilyun", Kind.RETRY),
    ("serviceunavailable", Kind.RETRY),
    ("servererror", Kind.RETRY),
    ("searchbackendfailed", Kind.RETRY),
    ("ncbicexception", Kind.RETRY),
    ("couldn'tresolve", Kind.RETRY),
)
_HINTS: Final = {"apikeyinvalid": "check NCBI_API_KEY, or unset it: ketlit works without a key, more slowly"}
_WARNINGS: Final = {
    "phrasesnotfound": "not found: {}",
    "fieldsnotfound": "no such field: {}",
    "phrasesignored": "left out: {}",
    "quotedphrasesnotfound": "not found as a phrase: {}",
}
ADDRESS: Final = "see whether the address given with --base-url or KETLIT_EUTILS_URL is right"
_SHOWN: Final = 160
_PAGE: Final = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!DOCTYPE\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TITLE: Final = re.compile(rb"<title[^>]*>(.{1,400}?)</title", re.IGNORECASE | re.DOTALL)
_ERROR: Final = re.compile(rb"<ERROR>(.{0,4000}?)(?:</ERROR>|\Z)", re.DOTALL)
_NOT_TEXT: Final = re.compile(r"<(style|script)\b.*?</\1\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_SET: Final = re.compile(rb"<PubmedArticleSet(?:\s[^<>]*|/)?>")
_SET_END: Final = re.compile(rb"</PubmedArticleSet\s*>\s*\Z|<PubmedArticleSet(?:\s[^<>]*)?/>\s*\Z")
_FIRST_WAIT: Final = 1.0
_SECONDS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]*)?")


def check(status: int, headers: Message, body: bytes) -> None:
    """Raise Wrong for a reply that is no answer, whichever utility was asked."""
    if 300 <= status < 400:
        raise Wrong(
            Kind.PERMANENT,
            f"HTTP {status}, a redirect to {_host(headers.get('Location', ''))}, which is not followed",
            hint="a network's login page may stand between, or the address given with --base-url is out of date",
        )
    text = said(body)
    if status != 200:
        kind, hint = _kind(text, Kind.RETRY if status >= 500 or status == 408 else Kind.PERMANENT)
        wait = retry_after(headers)
        if status == 429 or (status >= 500 and wait is not None):
            kind = Kind.WAIT
        if status == 404 and not hint:
            hint = ADDRESS
        named = text.removeprefix(str(status)).strip()  # error pages often begin with it
        raise Wrong(kind, f"HTTP {status}: {named}" if named else f"HTTP {status}", wait, hint)
    if not body.strip():
        raise Wrong(Kind.RETRY, "an empty reply")
    if _PAGE.match(body[:4000]):
        raise Wrong(Kind.RETRY, f"a web page instead of data: {text}")
    if _ERROR.search(body) or _error_in_json(body):
        kind, hint = _kind(text, Kind.RETRY)
        raise Wrong(kind, text or "an error without a word", retry_after(headers), hint)


def wait_before(wrong: Wrong, failures: int, chance: float) -> float:
    """Seconds to wait after the n-th failure in a row: what the server asked for, at least twice as long each time.

    `chance` is in [0, 1): without it, those who failed together come back together. Never more than LONGEST_HOLD.
    """
    backoff = _FIRST_WAIT * 2.0 ** (failures - 1) * (0.5 + chance)
    return min(max(wrong.wait or 0.0, backoff), LONGEST_HOLD)


def retry_after(headers: Message) -> float | None:
    """The header's seconds (RFC 9110, 10.2.3), at most LONGEST_HOLD; None without one, or with one that says nothing.

    A date is held against the reply's own Date: the clock of this machine may be wrong by years.
    """
    given = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(given):
        return min(float(given), LONGEST_HOLD)
    until, now = _date(given), date_of(headers)
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), LONGEST_HOLD)


def date_of(headers: Message) -> datetime | None:
    """When the server answered, by its own clock, in UTC."""
    return _date(headers.get("Date", ""))


def said(body: bytes) -> str:
    """What a reply says in words: its error, its title, else its text; on one line, shortened, without controls."""
    error, page = _ERROR.search(body), _TITLE.search(body[:10_000])
    text = _error_in_json(body)
    if not text:
        text = (error[1] if error else page[1] if page else body[:4000]).decode("utf-8", "replace")
        text = html.unescape(_NOT_TEXT.sub(" ", text))
    return _plain(text)


# --- what each utility answers; all raise Wrong


def search_result(headers: Message, body: bytes) -> Found:
    """ESearch's JSON. Single entries may come without their list; line breaks may stand in texts as they are."""
    result = _json(body).get("esearchresult")
    if not isinstance(result, dict) or "count" not in result:
        raise Wrong(Kind.RETRY, f"a search result without a count: {_plain(body[:400].decode('utf-8', 'replace'))}")
    count = _number(result["count"])
    warnings = [*_warnings(result.get("errorlist")), *_warnings(result.get("warninglist"))]
    if count == 0:
        warnings = [text for text in warnings if text != "No items found."]  # that is no news
    return Found(
        count,
        [_number(each) for each in _listed(result.get("idlist"))],
        str(result.get("querytranslation", "")),
        list(dict.fromkeys(warnings)),
        date_of(headers),
    )


def database_info(headers: Message, body: bytes) -> Info:
    """EInfo's JSON on PubMed. LastUpdate names no zone; it is Eastern time, so read as UTC it is never too late."""
    result = _json(body).get("einforesult")
    databases = _listed(result.get("dbinfo")) if isinstance(result, dict) else []
    if not databases or not isinstance(databases[0], dict):
        raise Wrong(Kind.RETRY, "no description of the database")
    given = str(databases[0].get("lastupdate", ""))
    try:
        updated = datetime.strptime(given, "%Y/%m/%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Wrong(Kind.RETRY, f"a date of the last update that is none: {_plain(given)!r}") from None
    return Info(updated, _number(databases[0].get("count")), date_of(headers))


def article_set(headers: Message, body: bytes) -> bytes:
    """EFetch's XML, as it is, if it is whole: a set with its end, and nothing but records in it."""
    if not _SET.search(body, 0, 4000):
        raise Wrong(Kind.RETRY, f"not a set of PubMed records: {said(body)}")
    if not _SET_END.search(body[-4000:]):
        raise Wrong(Kind.RETRY, f"the XML is cut short; it ends in {_plain(body[-60:].decode('utf-8', 'replace'))!r}")
    try:
        for one in cut([body]):
            if isinstance(one, Trouble) and not one.record:
                raise Wrong(Kind.RETRY, one.reason)
    except Damaged as error:
        raise Wrong(Kind.RETRY, str(error)) from None
    return body


def citation_matches(asked: Sequence[str], headers: Message, body: bytes) -> list[Match]:
    """ECitMatch's lines, one for each key that was asked for, in that order."""
    if not body.endswith(b"\n"):  # a PMID that is cut short looks like another PMID
        raise Wrong(Kind.RETRY, f"the reply is cut short; it ends in {_plain(body[-60:].decode('utf-8', 'replace'))!r}")
    answered = {}
    for line in body.decode("utf-8", "replace").splitlines():
        fields = line.split("|")
        if len(fields) >= 7:
            answered[fields[5].strip()] = fields[6].strip()
    if not answered.keys() >= set(asked):
        raise Wrong(Kind.RETRY, f"citations without an answer: {said(body)}")
    return [
        Match(key, int(text), "") if text.isascii() and text.isdigit() else Match(key, None, _plain(text))
        for key, text in ((key, answered[key]) for key in asked)
    ]


def _host(url: str) -> str:
    try:
        return _plain(urlsplit(url).hostname or "") or "another address"
    except ValueError:
        return "what is no address"


def _kind(text: str, otherwise: Kind) -> tuple[Kind, str]:
    squeezed = re.sub(r"[\s+]", "", text).lower()
    for known, kind in _KNOWN:
        if known in squeezed:
            return kind, _HINTS.get(known, "")
    return otherwise, ""


def _error_in_json(body: bytes) -> str:
    """The error in a JSON reply, at the top or inside a utility's result; "" without one."""
    start = body[:2000].lstrip()
    if not start.startswith(b"{") or (b'"error"' not in start and b'"ERROR"' not in start):
        return ""
    try:
        content = _json(body)
    except Wrong:  # found again, and told, where the answer is read
        return ""
    for each in (content, *(value for value in content.values() if isinstance(value, dict))):
        for name in ("error", "ERROR"):
            if each.get(name):
                return " ".join(str(text) for text in _listed(each[name]))
    return ""


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        end = _plain(body[-60:].decode("utf-8", "replace"))
        raise Wrong(Kind.RETRY, f"the reply is cut short or no JSON; it ends in {end!r}") from None
    if not isinstance(content, dict):
        raise Wrong(Kind.RETRY, f"not the JSON of an E-utility: {said(body)}")
    return content


def _warnings(given: object) -> Iterable[str]:
    """The texts of ErrorList or WarningList, whatever of them is a list."""
    for name, texts in given.items() if isinstance(given, dict) else [("", given)]:
        for text in _listed(texts):
            yield _WARNINGS.get(str(name), "{}").format(text)


def _listed(given: object) -> list[Any]:
    if given is None or given == "":
        return []
    return given if isinstance(given, list) else [given]


def _number(given: object) -> int:
    text = str(given)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Wrong(Kind.RETRY, f"{_plain(text)[:40]!r} where a number should be")
    return int(text)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _plain(text: str) -> str:
    """One short line without control characters; plus signs that stand for blanks made blanks."""
    text = " ".join(text.split())
    if " " not in text and text.count("+") > 1:
        text = text.replace("+", " ")
    text = "".join(each if each.isprintable() else "\ufffd" for each in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3].rstrip() + "..."
