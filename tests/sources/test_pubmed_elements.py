"""What each element of an article says in the record."""

from __future__ import annotations

from xml.etree.ElementTree import XML
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.record import (
    Author,
    Chemical,
    Keyword,
    MeshHeading,
    PublicationType,
    Qualifier,
    RegistryId,
    Section,
)
from ketlit.sources import pubmed
from ketlit.sources.items import BadRecord
from ketlit.sources.pubmed_elements import pmid_from
from tests.pubmed_xml import abstract, article, one

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=40)
MARKUP = st.recursive(
    TEXT.map(escape),
    lambda inner: st.builds(
        "{1}<{0}>{2}</{0}>{3}".format, st.sampled_from(["i", "b", "sub", "sup", "u"]), inner, inner, inner
    ),
    max_leaves=8,
)


@given(MARKUP)
def test_text_is_all_that_itertext_gives(text: str) -> None:
    words = "".join(XML(f"<x>{text}</x>").itertext()).strip()
    record = one(article(title=text, inside=abstract(text)))
    assert record.title == words
    assert [section.text for section in record.sections] == ([words] if words else [])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<i>S</i>-ketamine at 10<sup>-6</sup> M (p&lt;0.05)", "S-ketamine at 10-6 M (p<0.05)"),
        ("a <mml:math><mml:mi>x</mml:mi> <mml:mo>=</mml:mo></mml:math> b", "a x = b"),
        ('<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>x</mml:mi></mml:math>', "x"),
        ("two\n      lines\tand \r\n a tab", "two lines and a tab"),
        ("  two  blanks   stay ", "two  blanks   stay"),
        ("<![CDATA[a < b]]> c", "a < b c"),
        ("a <!-- not this --> b", "a  b"),
        ("كيتامين للألم 氯胺酮 кетамин é 🙂 \u202eabc", "كيتامين للألم 氯胺酮 кетамин é 🙂 \u202eabc"),
        ("&#946;-blocker &#x03b2;", "β-blocker β"),
        ("[Ketamine in pain].", "[Ketamine in pain]."),
        ("", ""),
    ],
)
def test_text_is_kept_as_printed_and_only_layout_goes(text: str, read: str) -> None:
    assert one(article(title=text)).title == read


def test_sections_keep_label_category_and_order() -> None:
    inside = (
        '<Abstract><AbstractText Label="AIM" NlmCategory="OBJECTIVE">One <i>x</i>.</AbstractText>'
        '<AbstractText Label="EMPTY"/><AbstractText Label="RESULTS">Two.</AbstractText>'
        "<CopyrightInformation>(c) 2001</CopyrightInformation></Abstract>"
    )
    assert one(article(inside=inside)).sections == [Section("One x.", "AIM", "OBJECTIVE"), Section("Two.", "RESULTS")]


def test_other_abstracts_stand_behind_the_abstract_with_kind_and_language() -> None:
    other = (
        '<OtherAbstract Type="Publisher" Language="fre"><AbstractText Label="BUT">Deux.</AbstractText></OtherAbstract>'
        '<OtherAbstract Type="plain-language-summary"><AbstractText>Plain.</AbstractText></OtherAbstract>'
    )
    assert one(article(inside=abstract("One."), beside=other)).sections == [
        Section("One."),
        Section("Deux.", "BUT", kind="Publisher", language="fre"),
        Section("Plain.", kind="plain-language-summary"),
    ]


def test_an_abstract_without_abstracttext_is_read() -> None:
    assert one(article(inside="<Abstract>Bare <b>text</b>.</Abstract>")).sections == [Section("Bare text.")]


def test_a_copyright_is_no_abstract() -> None:
    inside = "<Abstract><CopyrightInformation>(c) 2001</CopyrightInformation></Abstract>"
    assert one(article(inside=inside)).sections == []


def test_authors_are_people_and_groups_with_their_orcid() -> None:
    inside = """<AuthorList CompleteYN="N"><Author ValidYN="Y"><LastName>van  Ö</LastName><ForeName>Ann B</ForeName>
      <Initials>AB</Initials><Suffix>3<sup>rd</sup></Suffix>
      <Identifier Source="ISNI">1</Identifier>
      <Identifier Source="ORCID">https://orcid.org/0000-0002-1825-0097</Identifier>
      <AffiliationInfo>\n<Affiliation>A &amp; B, 10<sup>2</sup> Road</Affiliation>\n</AffiliationInfo></Author>
      <Author ValidYN="Y"><LastName>Plato</LastName>
      <AffiliationInfo><Affiliation>C</Affiliation></AffiliationInfo></Author>
      <Author ValidYN="Y"><CollectiveName>The <i>KET</i> Group</CollectiveName></Author><Author/></AuthorList>"""
    record = one(article(inside=inside))
    assert record.authors == [
        Author("van  Ö", "Ann B", "AB", "3rd", orcid="0000-0002-1825-0097"),
        Author("Plato"),
        Author(collective="The KET Group"),
    ]
    assert not record.authors_complete


def test_a_misprinted_name_gives_way_to_the_corrected_one() -> None:
    right = '<Author ValidYN="Y"><LastName>Korman</LastName></Author>'
    wrong = '<Author ValidYN="N"><LastName>Kornman</LastName></Author>'
    for listed, family in ((right + wrong, "Korman"), (wrong + right, "Korman"), (wrong, "Kornman")):
        authors = one(article(inside=f"<AuthorList>{listed}</AuthorList>")).authors
        assert [author.family for author in authors] == [family]


@pytest.mark.parametrize(
    ("printed", "orcid"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("0000000218250097", "0000-0002-1825-0097"),
        ("http://orcid.org/0000-0002-1694-233x", "0000-0002-1694-233X"),
        ("0000-0002-1825-0098", ""),
        ("０000-0002-1825-0097", ""),
        ("none", ""),
    ],
)
def test_an_orcid_is_one_only_with_its_check_digit(printed: str, orcid: str) -> None:
    listed = f'<Author><LastName>A</LastName><Identifier Source="ORCID">{printed}</Identifier></Author>'
    assert one(article(inside=f"<AuthorList>{listed}</AuthorList>")).authors[0].orcid == orcid


def test_mesh_headings_carry_identifiers_qualifiers_and_major_topics() -> None:
    beside = """<MeshHeadingList><MeshHeading><DescriptorName UI="D007649" MajorTopicYN="N">Ketamine</DescriptorName>
      <QualifierName UI="Q000627" MajorTopicYN="Y">therapeutic use</QualifierName>
      <QualifierName UI="Q000009" MajorTopicYN="N">adverse effects</QualifierName></MeshHeading>
      <MeshHeading><DescriptorName UI="D006801">Humans</DescriptorName></MeshHeading></MeshHeadingList>"""
    qualifiers = [Qualifier("Q000627", "therapeutic use", True), Qualifier("Q000009", "adverse effects")]
    assert one(article(beside=beside)).mesh == [
        MeshHeading("D007649", "Ketamine", True, qualifiers),
        MeshHeading("D006801", "Humans"),
    ]


def test_substances_types_keywords_numbers_and_languages_are_lists() -> None:
    inside = """<Language>eng</Language><Language>fre</Language><DataBankList><DataBank>
      <DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT01234567</AccessionNumber>
      <AccessionNumber>NCT07654321</AccessionNumber></AccessionNumberList></DataBank><DataBank/></DataBankList>
      <PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>
      <PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList>"""
    beside = """<ChemicalList><Chemical><RegistryNumber>690G0D6V8H</RegistryNumber>
      <NameOfSubstance UI="D007649">Ketamine</NameOfSubstance></Chemical></ChemicalList>
      <SupplMeshList><SupplMeshName Type="Disease" UI="C1">A disease</SupplMeshName></SupplMeshList>
      <KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">CRPS; <i>pain</i></Keyword></KeywordList>
      <KeywordList Owner="NASA"><Keyword MajorTopicYN="Y">space</Keyword></KeywordList>"""
    record = one(article(inside=inside, beside=beside))
    assert record.languages == ["eng", "fre"]
    assert record.registry_ids == [
        RegistryId("ClinicalTrials.gov", "NCT01234567"),
        RegistryId("ClinicalTrials.gov", "NCT07654321"),
    ]
    assert record.publication_types == [
        PublicationType("D016428", "Journal Article"),
        PublicationType("D016449", "Randomized Controlled Trial"),
    ]
    assert record.chemicals == [Chemical("D007649", "Ketamine", "690G0D6V8H"), Chemical("C1", "A disease")]
    assert record.keywords == [Keyword("CRPS; pain", False, "NOTNLM"), Keyword("space", True, "NASA")]


def test_the_journal_is_read_with_volume_issue_pages_and_abbreviation() -> None:
    data = """<PubmedArticle><MedlineCitation Status="In-Process"><PMID Version="2">5</PMID><DateRevised>
      <Year>2021</Year><Month>06</Month><Day>07</Day></DateRevised><Article><Journal>
      <ISSN IssnType="Print">0304-3959</ISSN><JournalIssue>
      <Volume>10</Volume><Issue>4 Pt 1</Issue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>
      </JournalIssue><Title>Pain &amp; more</Title><ISOAbbreviation>Pain</ISOAbbreviation></Journal>
      <ArticleTitle>[A title].</ArticleTitle><Pagination><MedlinePgn>485-91, discussion 492</MedlinePgn></Pagination>
      <VernacularTitle>Ein <i>Titel</i>.</VernacularTitle><ArticleDate DateType="Electronic"><Year>1998</Year>
      <Month>11</Month><Day>30</Day></ArticleDate></Article><MedlineJournalInfo><MedlineTA>Pain TA</MedlineTA>
      <ISSNLinking>1111-1111</ISSNLinking></MedlineJournalInfo></MedlineCitation></PubmedArticle>"""
    record = one(data.encode())
    assert (record.pmid, record.version, record.medline_status, record.revised) == (5, 2, "In-Process", "2021-06-07")
    assert (record.journal, record.journal_abbrev, record.issn) == ("Pain & more", "Pain", "0304-3959")
    assert (record.volume, record.issue, record.pages) == ("10", "4 Pt 1", "485-91, discussion 492")
    assert (record.title, record.vernacular_title) == ("[A title].", "Ein Titel.")
    assert (record.year, record.month, record.day, record.date_text) == (1998, 12, None, "1998 Dec-1999 Jan")
    assert record.electronic_date == "1998-11-30"


def test_what_nlm_says_of_the_journal_stands_in_where_the_article_says_nothing() -> None:
    data = b"""<PubmedArticle><MedlineCitation><PMID>5</PMID><MedlineJournalInfo><MedlineTA>Pain</MedlineTA>
      <ISSNLinking>0304-3959</ISSNLinking></MedlineJournalInfo></MedlineCitation></PubmedArticle>"""
    record = one(data)
    assert (record.journal, record.journal_abbrev, record.issn) == ("Pain", "Pain", "0304-3959")


def test_the_electronic_date_stands_in_for_a_date_without_a_year() -> None:
    electronic = "<ArticleDate><Year>2003</Year><Month>2</Month><Day>1</Day></ArticleDate>"
    record = one(article(date="<MedlineDate>in press</MedlineDate>", inside=electronic))
    assert (record.year, record.month, record.day, record.date_text) == (2003, 2, 1, "in press")


@pytest.mark.parametrize(
    ("inside", "pages"),
    [
        ("<MedlinePgn>e12</MedlinePgn>", "e12"),
        ("<StartPage>1</StartPage><EndPage>9</EndPage><MedlinePgn>1-9</MedlinePgn>", "1-9"),
        ("<StartPage>1</StartPage><EndPage>9</EndPage>", "1-9"),
        ("<StartPage>1</StartPage>", "1"),
        ("", ""),
    ],
)
def test_pages_are_as_printed(inside: str, pages: str) -> None:
    assert one(article(inside=f"<Pagination>{inside}</Pagination>")).pages == pages


IDS = '<ArticleIdList><ArticleId IdType="doi">{}</ArticleId><ArticleId IdType="pmc">PMC7</ArticleId></ArticleIdList>'
REFERENCES = f"<ReferenceList><Reference>{IDS.format('10.9999/other')}</Reference></ReferenceList>"


@pytest.mark.parametrize("data", [IDS.format("10.1234/own") + REFERENCES, REFERENCES + IDS.format("10.1234/own")])
def test_the_identifiers_are_the_articles_own(data: str) -> None:
    record = one(article(data=data))
    assert (record.doi, record.pmc) == ("10.1234/own", "PMC7")


@pytest.mark.parametrize("data", [REFERENCES, REFERENCES * 3, f"<ReferenceList>{REFERENCES}</ReferenceList>", ""])
def test_identifiers_of_references_are_nobodys(data: str) -> None:
    record = one(article(data=data))
    assert (record.doi, record.pmc) == ("", "")


def test_a_doi_is_taken_from_the_article_where_the_list_has_none() -> None:
    inside = (
        '<ELocationID EIdType="doi" ValidYN="N">10.1/no</ELocationID><ELocationID EIdType="pii">S1</ELocationID>'
        '<ELocationID EIdType="doi" ValidYN="Y">10.1234/e</ELocationID>'
    )
    assert one(article(inside=inside, data=IDS.format("none"))).doi == "10.1234/e"
    assert one(article(inside=inside, data=IDS.format("10.1234/list"))).doi == "10.1234/list"
    assert one(article(inside=inside)).pii == "S1"


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("10.1234/(SICI)1&lt;2::AID-X&gt;3.0.CO;2-#", "10.1234/(SICI)1<2::AID-X>3.0.CO;2-#"),
        ("doi:10.1234/AbC", "10.1234/AbC"),
        ("https://doi.org/10.1234/x", "10.1234/x"),
        ("HTTP://DX.DOI.ORG/10.1234/x", "10.1234/x"),
        ("１０.1234/x", ""),
        ("10.1234/a b", ""),
        ("S0304-3959(01)00001-1", ""),
    ],
)
def test_a_doi_is_normalised_or_refused(printed: str, doi: str) -> None:
    assert one(article(data=IDS.format(printed))).doi == doi


@pytest.mark.parametrize("text", ["１２３", "PMID: 123", "12a", "", "0", "-1", "1.0", "1234567890", None])
def test_what_is_no_pmid_is_refused(text: str | None) -> None:
    assert pmid_from(text) is None


@pytest.mark.parametrize(("version", "number"), [("1", 1), ("3", 3), ("x", 1), ("²", 1), ("9999999", 1), ("", 1)])
def test_a_version_is_a_number(version: str, number: int) -> None:
    assert one(article().replace(b'Version="1"', f'Version="{version}"'.encode())).version == number


def test_a_long_run_of_blanks_takes_linear_time() -> None:
    [section] = one(article(inside=abstract("a" + " " * 500_000 + "b\n c"))).sections
    assert section.text == "a" + " " * 500_000 + "b c"


def test_a_title_that_is_too_long_to_be_one_is_refused_and_an_abstract_is_not() -> None:
    with pytest.raises(BadRecord, match="title: it has 20,001 characters"):
        pubmed.parse(article(title="x" * 20_001))
    [section] = one(article(inside=abstract("x" * 5_000_000))).sections
    assert len(section.text) == 5_000_000
