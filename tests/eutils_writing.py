"""How the answers of ESearch and EInfo are written, in XML and in JSON."""

from __future__ import annotations

from html import escape
from typing import Any, Final, NamedTuple

from tests.eutils_fields import FIELDS, Field
from tests.eutils_query import Answer

DATABASES: Final = ("pubmed", "protein", "nuccore", "nucleotide", "books", "gene", "mesh", "pmc", "taxonomy")
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" ?>\n'
# a WebEnv and a query key
Place = tuple[str, int]
# names and values of EInfo's DbInfo
Facts = list[tuple[str, str]]


def doctype(root: str, public: str, system: str) -> str:
    """The declaration and DOCTYPE a reply of an E-utility begins with."""
    address = f"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{system}"
    return f'{DECLARATION}<!DOCTYPE {root} PUBLIC "-//NLM//DTD {public}//EN" "{address}">'


EINFO: Final = doctype("eInfoResult", "einfo 20190110", "20190110/einfo.dtd")
ESEARCH: Final = doctype("eSearchResult", "esearch 20060628", "20060628/esearch.dtd")


class Page(NamedTuple):
    """A part of ESearch's hits: numbers, where it starts, and what to say of its limits."""

    numbers: list[int]
    start: int
    messages: list[str]


def count_xml(total: int) -> str:
    """ESearch's rettype=count."""
    return f"{ESEARCH}\n<eSearchResult>\n\t<Count>{total}</Count>\n</eSearchResult>\n"


def search_xml(answer: Answer, total: int, page: Page, place: Place | None) -> str:
    ids = "".join(f"\n<Id>{number}</Id>" for number in page.numbers)
    translations = "".join(
        f"<Translation>     <From>{_text(before)}</From>     <To>{_text(after)}</To>    </Translation>"
        for before, after in answer.translations
    )
    errors = _list("PhraseNotFound", answer.phrases_not_found) + _list("FieldNotFound", answer.fields_not_found)
    warnings = _list("PhraseIgnored", answer.phrases_ignored) + _list("QuotedPhraseNotFound", answer.quoted_not_found)
    warnings += _list("OutputMessage", page.messages)
    return "".join(
        [
            f"{ESEARCH}\n<eSearchResult><Count>{total}</Count><RetMax>{len(page.numbers)}</RetMax>",
            f"<RetStart>{page.start}</RetStart>",
            f"<QueryKey>{place[1]}</QueryKey><WebEnv>{place[0]}</WebEnv>" if place else "",
            f"<IdList>{ids}\n</IdList>" if ids else "<IdList/>",
            f"<TranslationSet>{translations}</TranslationSet>" if translations else "<TranslationSet/>",
            f"<QueryTranslation>{_text(answer.translation)}</QueryTranslation>",
            f"<ErrorList>{errors}</ErrorList>" if errors else "",
            f"<WarningList>{warnings}</WarningList>" if warnings else "",
            "</eSearchResult>\n",
        ]
    )


def search_json(answer: Answer, total: int, page: Page, place: Place | None, scalars: bool) -> dict[str, Any]:
    """ESearch's `esearchresult`; with `scalars`, a lone error or warning is a text instead of a list."""

    def listed(texts: list[str]) -> list[str] | str:
        return texts[0] if scalars and len(texts) == 1 else texts

    made: dict[str, Any] = {"count": str(total), "retmax": str(len(page.numbers)), "retstart": str(page.start)}
    if place:
        made |= {"querykey": str(place[1]), "webenv": place[0]}
    made["idlist"] = [str(number) for number in page.numbers]
    made["translationset"] = [{"from": before, "to": after} for before, after in answer.translations]
    made["querytranslation"] = answer.translation
    if answer.phrases_not_found or answer.fields_not_found:
        made["errorlist"] = {
            "phrasesnotfound": listed(answer.phrases_not_found),
            "fieldsnotfound": listed(answer.fields_not_found),
        }
    if answer.phrases_ignored or answer.quoted_not_found or page.messages:
        made["warninglist"] = {
            "phrasesignored": listed(answer.phrases_ignored),
            "quotedphrasesnotfound": listed(answer.quoted_not_found),
            "outputmessages": listed(page.messages),
        }
    return made


def databases_xml() -> str:
    """EInfo without a database."""
    names = "".join(f"\t<DbName>{name}</DbName>\n" for name in DATABASES)
    return f"{EINFO}\n<eInfoResult>\n<DbList>\n\n{names}</DbList>\n\n</eInfoResult>\n"


def database_xml(facts: Facts) -> str:
    """EInfo's DbInfo: these facts, all fields, one link."""
    lines = "".join(f"\t\t<{name}>{value}</{name}>\n" for name, value in facts)
    fields = "".join(_field_xml(each) for each in FIELDS if each.listed)
    named = {"Name": "pubmed_pubmed", "Menu": "Similar articles", "Description": "Similar articles", "DbTo": "pubmed"}
    link = "".join(f"\t\t\t\t<{name}>{value}</{name}>\n" for name, value in named.items())
    return (
        f"{EINFO}\n<eInfoResult>\n\t<DbInfo>\n{lines}\t\t<FieldList>\n{fields}\t\t</FieldList>\n"
        f"\t\t<LinkList>\n\t\t\t<Link>\n{link}\t\t\t</Link>\n\t\t</LinkList>\n\t</DbInfo>\n\n</eInfoResult>\n"
    )


def database_json(facts: Facts) -> dict[str, Any]:
    """EInfo's `dbinfo`."""
    said: dict[str, Any] = {name.casefold(): value for name, value in facts}
    fields = [{name.casefold(): value for name, value in _field_facts(each)} for each in FIELDS if each.listed]
    return said | {"fieldlist": fields, "linklist": []}


def _field_facts(field: Field) -> Facts:
    flags = [
        ("IsDate", field.kind == "date"),
        ("IsNumerical", field.kind == "number"),
        ("SingleToken", field.kind != "text" and field.name not in ("COLN", "CNTY")),
        ("Hierarchy", field.explodes),
        ("IsHidden", field.name in ("UID", "CNTY")),
    ]
    named = [("Name", field.name), ("FullName", field.full), ("Description", field.full), ("TermCount", "")]
    return named + [(name, "Y" if is_so else "N") for name, is_so in flags]


def _field_xml(field: Field) -> str:
    parts = [f"<{name}>{value}</{name}>" if value else f"<{name}/>" for name, value in _field_facts(field)]
    inside = "".join(f"\t\t\t\t{part}\n" for part in parts)
    return f"\t\t\t<Field>\n{inside}\t\t\t</Field>\n"


def _text(text: str) -> str:
    return escape(text, quote=False)


def _list(name: str, texts: list[str]) -> str:
    return "".join(f"<{name}>{_text(text)}</{name}>" for text in texts)
