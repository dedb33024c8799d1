"""What PubMed says of a record's fate: retractions, corrections, comments, and the status they give it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ketlit.record import PublicationType, Relation
from ketlit.vocabulary import RelationKind, Status

# RefType of CommentsCorrections (PubMed DTD 2025, and those of older ones). `Cites` is left out: it is the reference
# list of older records, and references are not kept.
_KINDS: Final = {
    "RetractionIn": RelationKind.RETRACTED_BY,
    "RetractionOf": RelationKind.RETRACTION_OF,
    "PartialRetractionIn": RelationKind.CORRECTED_BY,
    "PartialRetractionOf": RelationKind.CORRECTION_OF,
    "RetractedandRepublishedIn": RelationKind.REPUBLISHED_IN,
    "RetractedandRepublishedFrom": RelationKind.REPUBLISHED_FROM,
    "CorrectedandRepublishedIn": RelationKind.REPUBLISHED_IN,
    "CorrectedandRepublishedFrom": RelationKind.REPUBLISHED_FROM,
    "RepublishedIn": RelationKind.REPUBLISHED_IN,
    "RepublishedFrom": RelationKind.REPUBLISHED_FROM,
    "ReprintIn": RelationKind.REPUBLISHED_IN,
    "ReprintOf": RelationKind.REPUBLISHED_FROM,
    "ErratumIn": RelationKind.CORRECTED_BY,
    "ErratumFor": RelationKind.CORRECTION_OF,
    "ExpressionOfConcernIn": RelationKind.CONCERN_IN,
    "ExpressionOfConcernFor": RelationKind.CONCERN_ABOUT,
    "CommentIn": RelationKind.COMMENT_IN,
    "CommentOn": RelationKind.COMMENT_ON,
    "UpdateIn": RelationKind.UPDATED_BY,
    "UpdateOf": RelationKind.UPDATE_OF,
    "SummaryForPatientsIn": RelationKind.SUMMARY_IN,
    "PatientSummaryIn": RelationKind.SUMMARY_IN,
    "OriginalReportIn": RelationKind.ORIGINAL_REPORT_IN,
}
_LEFT_OUT: Final = "Cites"
# gravest first
_STATUS: Final = (
    (Status.RETRACTED, ("RetractionIn", "RetractedandRepublishedIn")),
    (Status.WITHDRAWN, ()),
    (Status.EXPRESSION_OF_CONCERN, ("ExpressionOfConcernIn",)),
    (Status.CORRECTED, ("ErratumIn", "CorrectedandRepublishedIn", "PartialRetractionIn")),
)
_RETRACTED: Final = "D016441"  # Retracted Publication
_NOTICES: Final = frozenset({"D016440", "D016425", "D000075742"})  # of a retraction, an erratum, a concern
_NAMED_RETRACTED: Final = "retracted publication"
# Cochrane and Elsevier print this before the title of what they withdrew. "Withdrawal:" heads a notice.
_WITHDRAWN: Final = re.compile(r"\W*WITHDRAWN\s*[:.\]-]")
_DOI: Final = re.compile(r"\bdoi:?\s*(10\.[0-9]{4,9}/[^\s;,]+)", re.IGNORECASE)


class Notice(NamedTuple):
    """A CommentsCorrections element: its RefType, and what it tells."""

    name: str
    relation: Relation


def notice(name: str, text: str, pmid: int | None) -> Notice | None:
    """What a CommentsCorrections element of this RefType tells; `text` is its citation. None for a mere reference.

    An unknown RefType is an association. The DOI is that in the citation, where it has one.
    """
    if name == _LEFT_OUT:
        return None
    doi = _DOI.search(text)
    kind = _KINDS.get(name, RelationKind.ASSOCIATED)
    return Notice(name, Relation(kind, pmid=pmid, doi=doi[1].rstrip(".") if doi else "", text=text, source="pubmed"))


def status(types: Sequence[PublicationType], notices: Sequence[Notice], title: str) -> tuple[Status, str]:
    """The status of a record, and the citation of the notice that gave it.

    An erratum is never a retraction, and a notice of a retraction is not itself retracted.
    """
    retracted = withdrawn = False
    for given in types:
        if given.ui == _RETRACTED or (not given.ui and given.name.lower() == _NAMED_RETRACTED):
            retracted = True
    if _WITHDRAWN.match(title):
        withdrawn = all(given.ui not in _NOTICES for given in types)
    told: dict[str, str] = {}
    for name, relation in notices:
        told[name] = told.get(name) or relation.text
    if told or retracted or withdrawn:
        for one, names in _STATUS:
            for name in names:
                if name in told:
                    return one, told[name]
            if (one is Status.RETRACTED and retracted) or (one is Status.WITHDRAWN and withdrawn):
                return one, ""
    return Status.CURRENT, ""
