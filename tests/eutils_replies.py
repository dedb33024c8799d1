"""What each E-utility answers about a world: XML and JSON as the live service was recorded to send."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import count
from typing import Any, Final

from tests import eutils_article as article
from tests import eutils_summary as summary
from tests import eutils_writing as writing
from tests.eutils_faults import error_json, fetch_error
from tests.eutils_fields import EDGE, fold
from tests.eutils_query import Answer, Search, join
from tests.eutils_wire import JSON, TEXT, Asked, Reply
from tests.eutils_world import Entry, World
from tests.eutils_writing import DECLARATION, Page, doctype

# ESearch on PubMed gives the first 9,999 hits of a query and no more
WINDOW: Final = 9999
_BEYOND: Final = (
    "'retstart' cannot be larger than 9998. For PubMed, ESearch can only retrieve the first 9,999 records matching the "
    "query.\nTo obtain more than 9,999 PubMed records, consider using EDirect that contains additional logic to batch "
    "PubMed search results automatically so that an arbitrary number can be retrieved. "
    "For details see https://www.ncbi.nlm.nih.gov/books/NBK25499/"
)
_LARGEST_ID: Final = 18446744073709551615


_EPOST: Final = doctype("ePostResult", "epost 20090526", "20090526/epost.dtd")
_ELINK: Final = doctype("eLinkResult", "elink 20101123", "20101123/elink.dtd")


class Refused(Exception):
    """A request answered by an error of its utility: the text, and the HTTP status it comes with."""

    def __init__(self, text: str, status: int = 200) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class Desk:
    """Answers requests. `scalars`: in JSON, lists of one warning or error come as the text alone."""

    def __init__(self, world: World, scalars: bool = False) -> None:
        self.world = world
        self.search = Search(world)
        self.scalars = scalars
        self.history: dict[str, dict[int, list[int]]] = {}
        self._serial = count(1)
        self._utilities: dict[str, Callable[[Asked], Reply]] = {
            "einfo": self.einfo,
            "esearch": self.esearch,
            "epost": self.epost,
            "efetch": self.efetch,
            "esummary": self.esummary,
            "elink": self.elink,
            "ecitmatch": self.ecitmatch,
        }

    def answer(self, asked: Asked) -> Reply | None:
        """The right reply; None for an address that is no utility."""
        utility = self._utilities.get(asked.utility)
        if utility is None:
            return None
        try:
            database = asked.params.get("db", asked.params.get("dbfrom", ""))
            if database not in writing.DATABASES and not (asked.utility == "einfo" and not database):
                raise Refused(f"Invalid db name specified: {database}")
            return utility(asked)
        except Refused as refused:
            return self.refusal(asked, refused)

    def refusal(self, asked: Asked, refused: Refused) -> Reply:
        """An error in the envelope of the utility."""
        if asked.utility == "efetch":
            return Reply(refused.status, body=fetch_error(refused.text))
        if asked.params.get("retmode") == "json":
            return Reply(refused.status, JSON, error_json(asked.utility, refused.text))
        text = escape(refused.text, quote=False)
        heads = {
            "esearch": (writing.ESEARCH, "eSearchResult"),
            "epost": (_EPOST, "ePostResult"),
            "esummary": (summary.DOCTYPE, "eSummaryResult"),
            "elink": (_ELINK, "eLinkResult"),
        }
        head, root = heads.get(asked.utility, (writing.EINFO, "eInfoResult"))
        return Reply(refused.status, body=f"{head}\n<{root}>\n\t<ERROR>{text}</ERROR>\n</{root}>\n".encode())

    # --- the history server

    def keep(self, numbers: Sequence[int], environment: str = "") -> tuple[str, int]:
        """Store a set; its WebEnv and query key."""
        environment = environment if environment in self.history else f"MCID_{next(self._serial):024x}"
        with self.world.lock:
            sets = self.history.setdefault(environment, {})
            sets[len(sets) + 1] = list(numbers)
            return environment, len(sets)

    def kept(self, asked: Asked, status: int) -> list[int]:
        key = asked.params.get("query_key", "")
        sets = self.history.get(asked.params.get("WebEnv", ""), {})
        if not key.isdigit() or int(key) not in sets:
            raise Refused(f"Unable to obtain query #{key or 1}", status)
        return sets[int(key)]

    # --- utilities

    def einfo(self, asked: Asked) -> Reply:
        as_json = asked.params.get("retmode") == "json"
        if not asked.params.get("db"):
            names = {"dblist": list(writing.DATABASES)}
            return _json("einfo", {"einforesult": names}) if as_json else Reply(body=writing.databases_xml().encode())
        facts = [
            ("DbName", "pubmed"),
            ("MenuName", "PubMed"),
            ("Description", "PubMed bibliographic record"),
            ("DbBuild", f"Build-{self.world.now:%Y.%m.%d.%H.%M}"),
            ("Count", str(len(self.world))),
            ("LastUpdate", f"{self.world.now:%Y/%m/%d %H:%M}"),
        ]
        if as_json:
            return _json("einfo", {"einforesult": {"dbinfo": [writing.database_json(facts)]}})
        return Reply(body=writing.database_xml(facts).encode())

    def esearch(self, asked: Asked) -> Reply:
        answer = self.found(asked)
        ordered = self.ordered(answer.pmids, asked.params.get("sort", ""))
        as_json = asked.params.get("retmode") == "json"
        if asked.params.get("rettype") == "count":
            if as_json:
                return _json("esearch", {"esearchresult": {"count": str(len(ordered))}})
            return Reply(body=writing.count_xml(len(ordered)).encode())
        page = _page(ordered, _number(asked, "retstart", 0), _number(asked, "retmax", 20))
        place: tuple[str, int] | None = None
        if asked.params.get("usehistory") == "y":
            place = self.keep(ordered, asked.params.get("WebEnv", ""))
        if as_json:
            said = writing.search_json(answer, len(ordered), page, place, self.scalars)
            return _json("esearch", {"esearchresult": said})
        return Reply(body=writing.search_xml(answer, len(ordered), page, place).encode())

    def found(self, asked: Asked) -> Answer:
        """The answer to ESearch's term, its dates and its query key."""
        term, environment = asked.params.get("term", ""), asked.params.get("WebEnv", "")
        if not term.strip() and "query_key" not in asked.params:
            raise Refused("Empty term and query_key - nothing todo")
        sets = self.history.get(environment, {})
        answer = self.search.ask(term, asked.params.get("field", ""), lambda key: sets.get(key, ()))
        if "query_key" in asked.params:
            kept = frozenset(self.kept(asked, 200)) & frozenset(self.world.pmids)
            answer.pmids = answer.pmids & kept if term.strip() else kept
        kind, low, high = asked.params.get("datetype", "pdat"), asked.params.get("mindate"), asked.params.get("maxdate")
        if asked.params.get("reldate", "").isdigit():
            start = self.world.days_ago(int(asked.params["reldate"]))
            low, high = f"{start:%Y/%m/%d}", "3000"
        if low and high:
            dates = self.search.dated(kind, low, high)
            both = join(dates._replace(pmids=answer.pmids, text=answer.translation, operator="?"), "AND", dates)
            answer.pmids, answer.translation = both.pmids, both.text
        return answer

    def ordered(self, pmids: frozenset[int], sort: str) -> list[int]:
        """Newest first; by date of publication or by a field's text where asked for."""
        newest = sorted(pmids, reverse=True)
        keys: dict[str, Callable[[Entry], Any]] = {
            "pub_date": lambda entry: -entry.dates["PDAT"].toordinal(),
            "pub date": lambda entry: -entry.dates["PDAT"].toordinal(),
            "author": lambda entry: entry.indexed.texts.get("FAUT", ""),
            "first author": lambda entry: entry.indexed.texts.get("FAUT", ""),
            "journalname": lambda entry: entry.indexed.texts.get("JOUR", ""),
            "journal": lambda entry: entry.indexed.texts.get("JOUR", ""),
            "title": lambda entry: entry.indexed.texts.get("TITL", ""),
        }
        key = keys.get(sort.casefold().replace("+", " "))
        return newest if key is None else sorted(newest, key=lambda pmid: key(self.world[pmid]))

    def epost(self, asked: Asked) -> Reply:
        valid = [int(each) for each in asked.ids if each.isdigit() and int(each) <= _LARGEST_ID]
        omitted = len(valid) < len(asked.ids)
        errors = [] if valid else ["Empty ID list; Nothing to store"]
        errors += [f"Some IDs have invalid value and were omitted. Maximum ID value {_LARGEST_ID}"] if omitted else []
        if errors and not valid:
            lines = "".join(f"\n\t<ERROR>{error}</ERROR>" for error in errors)
            return Reply(body=f"{_EPOST}<ePostResult>{lines}</ePostResult>\n".encode())
        environment, key = self.keep(valid, asked.params.get("WebEnv", ""))
        invalid = "".join(f"\n\t<ERROR>{error}</ERROR>" for error in errors)
        place = f"\n\t<QueryKey>{key}</QueryKey>\n\t<WebEnv>{environment}</WebEnv>\n"
        return Reply(body=f"{_EPOST}<ePostResult>{invalid}{place}</ePostResult>\n".encode())

    def chosen(self, asked: Asked) -> list[int]:
        """The numbers EFetch is asked for, by `id` or out of the history."""
        if "WebEnv" in asked.params or "query_key" in asked.params:
            kept = self.kept(asked, 400)
            start = _number(asked, "retstart", 0)
            if start >= WINDOW:
                raise Refused(f"Search Backend failed: Exception:\n{_BEYOND}", 400)
            if start >= len(kept):
                raise Refused(
                    f"Cannot retrieve history data: OUT OF RANGE. Parameter retstart={start} + 1 is greater than "
                    f"number of records available in history. History includes {len(kept)} IDs.",
                    400,
                )
            # a window that reaches over the edge is cut without a word
            return kept[start : min(start + _number(asked, "retmax", 10_000), WINDOW)]
        if "id" not in asked.params:
            raise Refused("Supplied id parameter is empty.", 400)
        numbers = [int(each) for each in asked.ids if each.isdigit() and 0 < int(each) <= _LARGEST_ID]
        if not numbers:
            raise Refused("ID list is empty! Possibly it has no correct IDs.", 400)
        start = _number(asked, "retstart", 0)
        return list(dict.fromkeys(numbers))[start : start + _number(asked, "retmax", 10_000)]

    def efetch(self, asked: Asked) -> Reply:
        chosen = self.chosen(asked)
        rettype, retmode = asked.params.get("rettype", ""), asked.params.get("retmode", "")
        gzipped = "gzip" in asked.headers.get("accept-encoding", "")
        if rettype == "uilist":
            numbers = [number for number in chosen if self.world.find(number)]
            if retmode == "xml":
                lines = "".join(f"<Id>{number}</Id>\n" for number in numbers)
                return Reply(body=f"{DECLARATION}<IdList>\n{lines}</IdList>\n".encode(), gzipped=gzipped)
            return Reply(kind=TEXT, body="".join(f"{number}\n" for number in numbers).encode(), gzipped=gzipped)
        entries = [entry for number in chosen if (entry := self.world.find(number))]
        if rettype in ("medline", "abstract") and retmode != "xml":
            write = summary.medline if rettype == "medline" else summary.abstract
            return Reply(kind=TEXT, body="\n".join(write(entry.xml) for entry in entries).encode(), gzipped=gzipped)
        records = b"".join(entry.xml for entry in entries)
        body = article.HEAD + records + article.FOOT if records else article.HEAD[:-1] + article.FOOT
        return Reply(body=body, gzipped=gzipped)

    def esummary(self, asked: Asked) -> Reply:
        if "id" not in asked.params and "query_key" not in asked.params:
            raise Refused("Neither query_key nor id specified")
        if "query_key" in asked.params:
            start = _number(asked, "retstart", 0)
            asked_for = [str(each) for each in self.kept(asked, 200)[start : start + _number(asked, "retmax", 10_000)]]
        else:
            asked_for = asked.ids
        if not asked_for:
            raise Refused("Empty id list - nothing todo")
        records = [(each, self._record(each)) for each in asked_for]
        if asked.params.get("retmode") == "json":
            return _json("esummary", {"result": summary.as_json(records)})
        return Reply(body=summary.as_xml(records).encode())

    def _record(self, number: str) -> bytes | None:
        entry = self.world.find(int(number)) if number.isdigit() else None
        return entry.xml if entry else None

    def elink(self, asked: Asked) -> Reply:
        """Each article and those that name it, or are named by it, as an erratum, a comment, a retraction."""
        sets = []
        for number in [int(each) for each in asked.ids if each.isdigit()]:
            entry = self.world.find(number)
            named = re.findall(rb"<CommentsCorrections .*?<PMID[^>]*>(\d+)</PMID>", entry.xml, re.S) if entry else []
            links = "".join(f"\n\t\t<Link>\n\t\t\t<Id>{each}</Id>\n\t\t</Link>" for each in [number, *map(int, named)])
            named_set = f"\n\t\t<DbTo>pubmed</DbTo>\n\t\t<LinkName>pubmed_pubmed</LinkName>{links}"
            found = f"\n\t<LinkSetDb>{named_set}\n\t</LinkSetDb>"
            ids = f"\n\t<DbFrom>pubmed</DbFrom>\n\t<IdList>\n\t\t<Id>{number}</Id>\n\t</IdList>"
            sets.append(f"\n<LinkSet>{ids}{found if entry else ''}\n</LinkSet>")
        return Reply(body=f"{_ELINK}\n<eLinkResult>{''.join(sets)}\n</eLinkResult>\n".encode())

    def ecitmatch(self, asked: Asked) -> Reply:
        """journal|year|volume|first page|author|key| a line, answered with the PMID put behind."""
        lines = [line for line in re.split(r"[\r\n]+", asked.params.get("bdata", "")) if line.strip()]
        return Reply(kind=TEXT, body="".join(f"{line.rstrip('|')}|{self._cited(line)}\n" for line in lines).encode())

    def _cited(self, line: str) -> str:
        journal, year, volume, page, author, *_ = [*line.split("|"), "", "", "", "", ""]
        terms = [
            f'"{journal}"[ta]' if journal else "",
            f"{year}[dp]" if year else "",
            f"{volume}[vi]" if volume else "",
        ]
        found = self.search.ask(" AND ".join(filter(None, terms))).pmids
        if page:
            found = frozenset(each for each in found if self._first_page(each) == page)
        if author:
            name = f"{EDGE} {fold(author)} {EDGE}"
            found = frozenset(each for each in found if name in self.world[each].indexed.texts.get("FULL", ""))
        return str(*found) if len(found) == 1 else "AMBIGUOUS" if found else "NOT_FOUND"

    def _first_page(self, pmid: int) -> str:
        return self.world[pmid].indexed.texts.get("PAGE", "").strip(f"{EDGE} ").partition(" ")[0]


def _json(kind: str, content: dict[str, Any]) -> Reply:
    made = {"header": {"type": kind, "version": "0.3"}} | content
    return Reply(kind=JSON, body=(json.dumps(made, separators=(",", ":")) + "\n").encode())


def _number(asked: Asked, name: str, otherwise: int) -> int:
    given = asked.params.get(name, "")
    return int(given) if given.isdigit() else otherwise


def _page(ordered: list[int], start: int, size: int) -> Page:
    if start >= WINDOW and len(ordered) > start:
        raise Refused(f"Search Backend failed: Exception:\n{_BEYOND}")
    messages = [] if ordered else ["No items found."]
    if start + size > WINDOW:
        size = max(0, WINDOW - start)
        messages.append(f"Restrictions achieved. start and count adjusted to {start}, {size}")
    return Page(ordered[start : start + size], start, messages)
