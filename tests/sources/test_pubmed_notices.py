"""What notices do to the status of a record: an erratum retracts nothing, and a notice is not what it speaks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.record import Relation
from ketlit.sources.pubmed_notices import _KINDS, notice
from ketlit.vocabulary import RelationKind, Status
from tests.pubmed_xml import article, one

UI = {
    "Retracted Publication": "D016441",
    "Retraction of Publication": "D016440",
    "Published Erratum": "D016425",
    "Expression of Concern": "D000075742",
    "Journal Article": "D016428",
}


def notices(*names: str) -> str:
    listed = "".join(
        f'<CommentsCorrections RefType="{name}"><RefSource>J. {number}</RefSource><PMID>{number}</PMID>'
        "</CommentsCorrections>"
        for number, name in enumerate(names, 101)
    )
    return f"<CommentsCorrectionsList>{listed}</CommentsCorrectionsList>"


def types(*names: str) -> str:
    listed = "".join(f'<PublicationType UI="{UI[name]}">{name}</PublicationType>' for name in names)
    return f"<PublicationTypeList>{listed}</PublicationTypeList>"


@pytest.mark.parametrize(
    ("named", "told", "status", "note"),
    [
        ([], [], Status.CURRENT, ""),
        (["Journal Article"], ["CommentIn", "UpdateIn", "RepublishedIn"], Status.CURRENT, ""),
        (["Retracted Publication"], ["RetractionIn"], Status.RETRACTED, "J. 101"),
        (["Retracted Publication"], [], Status.RETRACTED, ""),
        (["Journal Article"], ["RetractionIn"], Status.RETRACTED, "J. 101"),
        (["Journal Article"], ["RetractedandRepublishedIn"], Status.RETRACTED, "J. 101"),
        (["Retraction of Publication"], ["RetractionOf"], Status.CURRENT, ""),
        (["Published Erratum"], ["ErratumFor"], Status.CURRENT, ""),
        (["Expression of Concern"], ["ExpressionOfConcernFor"], Status.CURRENT, ""),
        (["Journal Article"], ["ErratumIn"], Status.CORRECTED, "J. 101"),
        (["Journal Article"], ["CorrectedandRepublishedIn"], Status.CORRECTED, "J. 101"),
        (["Journal Article"], ["PartialRetractionIn"], Status.CORRECTED, "J. 101"),
        (["Journal Article"], ["ExpressionOfConcernIn"], Status.EXPRESSION_OF_CONCERN, "J. 101"),
        (["Journal Article"], ["ErratumIn", "ExpressionOfConcernIn"], Status.EXPRESSION_OF_CONCERN, "J. 102"),
        (["Journal Article"], ["ErratumIn", "ExpressionOfConcernIn", "RetractionIn"], Status.RETRACTED, "J. 103"),
        (["Retracted Publication"], ["ErratumIn"], Status.RETRACTED, ""),
    ],
)
def test_the_gravest_notice_gives_the_status(named: list[str], told: list[str], status: Status, note: str) -> None:
    record = one(article(inside=types(*named), beside=notices(*told)))
    assert (record.status, record.status_note) == (status, note)


@given(st.lists(st.sampled_from(sorted(name for name in _KINDS if "etract" not in name)), max_size=6))
def test_no_notice_but_a_retraction_retracts(told: list[str]) -> None:
    record = one(article(inside=types("Journal Article"), beside=notices(*told)))
    assert record.status is not Status.RETRACTED
    assert len(record.relations) == len(told)


@given(st.lists(st.sampled_from([name for name in _KINDS if name.endswith(("Of", "For", "On", "From"))]), max_size=6))
def test_a_notice_about_another_record_leaves_its_own_status_as_it_is(told: list[str]) -> None:
    assert one(article(beside=notices(*told))).status is Status.CURRENT


@pytest.mark.parametrize(
    ("title", "named", "status"),
    [
        ("WITHDRAWN: Ketamine for pain.", "Journal Article", Status.WITHDRAWN),
        ("[WITHDRAWN: Ketamine for pain].", "Journal Article", Status.WITHDRAWN),
        ("<b>WITHDRAWN</b>: Ketamine for pain.", "Journal Article", Status.WITHDRAWN),
        ("WITHDRAWN: Ketamine for pain.", "Retracted Publication", Status.RETRACTED),
        ("WITHDRAWN: Notice about ketamine.", "Retraction of Publication", Status.CURRENT),
        ("Withdrawn patients in ketamine trials.", "Journal Article", Status.CURRENT),
        ("WITHDRAWN patients in ketamine trials.", "Journal Article", Status.CURRENT),
        ("Withdrawal: Ketamine for pain.", "Journal Article", Status.CURRENT),
    ],
)
def test_a_title_says_that_a_paper_was_withdrawn(title: str, named: str, status: Status) -> None:
    assert one(article(title=title, inside=types(named))).status is status


def test_a_retracted_publication_is_known_by_its_name_where_the_identifier_lacks() -> None:
    listed = "<PublicationTypeList><PublicationType>Retracted Publication</PublicationType></PublicationTypeList>"
    assert one(article(inside=listed)).status is Status.RETRACTED


def test_a_notice_names_the_other_record_by_pmid_doi_and_citation() -> None:
    text = "Pain. 2001 Jan;1(1):2. doi: 10.1234/ab(c)."
    beside = (
        f'<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>{text}</RefSource>'
        "<PMID>9</PMID><Note>Name corrected</Note></CommentsCorrections></CommentsCorrectionsList>"
    )
    [relation] = one(article(beside=beside)).relations
    assert relation == Relation(
        RelationKind.CORRECTED_BY, pmid=9, doi="10.1234/ab(c)", text=f"{text} Name corrected", source="pubmed"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("RetractionIn", RelationKind.RETRACTED_BY),
        ("RetractionOf", RelationKind.RETRACTION_OF),
        ("UpdateIn", RelationKind.UPDATED_BY),
        ("UpdateOf", RelationKind.UPDATE_OF),
        ("RepublishedIn", RelationKind.REPUBLISHED_IN),
        ("CommentOn", RelationKind.COMMENT_ON),
        ("SomethingNewIn", RelationKind.ASSOCIATED),
        ("", RelationKind.ASSOCIATED),
    ],
)
def test_a_kind_of_notice_is_a_kind_of_relation(name: str, kind: RelationKind) -> None:
    found = notice(name, "", None)
    assert found
    assert found.relation.kind is kind


def test_references_are_no_notices() -> None:
    assert notice("Cites", "J. 1", 1) is None
    assert one(article(beside=notices("Cites", "CommentIn"))).relations[0].pmid == 102
