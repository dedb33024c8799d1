"""Timelines as pictures and pages: years to scale, hostile text kept text, nothing asked of another place."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ketlit.errors import UsageError
from ketlit.render import timeline_picture, years
from ketlit.render.timeline_page import POLICY, page
from ketlit.views import StudyRow, TimelineEntry
from tests.tracks import a_track, responding, usual

BEGINS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=y> $\\frac{1}{0}$ \x1b[31m \u202e & end'
CLAIM = ("C03", "contradicted", "It is said <b>to</b> help everyone")
# Chromium will not start as root with its sandbox
BROWSER = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom")


@pytest.fixture
def entries(several: list[StudyRow]) -> list[tuple[str, TimelineEntry]]:
    made = [("", TimelineEntry(row, [], [])) for row in several]
    made[1] = ("", made[1][1]._replace(landmarks=[CLAIM]))
    return made


class Read(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("kind", BEGINS)
def test_a_picture_is_of_the_kind_asked_for_and_the_same_each_time(
    kind: str, entries: list[tuple[str, TimelineEntry]], tmp_path: Path
) -> None:
    for name in ("one", "other"):
        timeline_picture.draw(years.chart(entries, "", [], usual()), str(tmp_path / name), kind)
    one = (tmp_path / "one").read_bytes()
    assert one.startswith(BEGINS[kind])
    assert one == (tmp_path / "other").read_bytes()


def test_a_picture_says_what_the_timeline_says(entries: list[tuple[str, TimelineEntry]], tmp_path: Path) -> None:
    timeline_picture.draw(years.chart(entries, "", ["condition: crps"], usual()), str(tmp_path / "plot"), "svg")
    told = (tmp_path / "plot").read_text(encoding="utf-8")
    for said in ("berg1999  RCT · n 24", "C03 ✗", "RETRACTED", "excluded", "no year", "5 y", "k 4", "mixed", "crps"):
        assert said in told, said


def test_hostile_text_stays_text_in_a_picture(study: Callable[..., StudyRow], tmp_path: Path) -> None:
    entry = TimelineEntry(study(HOSTILE, title=HOSTILE), [], [])
    timeline_picture.draw(years.chart([("", entry)], "", [HOSTILE]), str(tmp_path / "plot"), "svg")
    told = (tmp_path / "plot").read_text(encoding="utf-8")
    assert "<script" not in told
    assert "&lt;script&gt;" in told
    assert "\x1b" not in told


def test_hostile_text_stays_text_on_a_page(study: Callable[..., StudyRow]) -> None:
    row = study(HOSTILE, title=HOSTILE, journal=HOSTILE, doi='10.1000/"><script>', pmid=None)
    entry = TimelineEntry(row, [], [("C01", HOSTILE, HOSTILE)])
    told = page(years.chart([(HOSTILE, entry)], "condition", [HOSTILE], a_track(responding(HOSTILE, 1999, 12.0))))
    tags = Read(told).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "b", "iframe", "object", "link"}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;" in told
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_a_page_asks_nothing_of_another_place(entries: list[tuple[str, TimelineEntry]]) -> None:
    told = page(years.chart(entries, "", [], usual()))
    tags = Read(told).tags
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": POLICY}) in tags
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert not [attributes for _, attributes in tags if {"src", "style", "srcset", "xlink:href"} & set(attributes)]
    assert "url(" not in told
    assert "@import" not in told
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert links
    assert all(re.fullmatch(r"https://(pubmed\.ncbi\.nlm\.nih\.gov/\d+/|doi\.org/10\..+)", str(link)) for link in links)


def test_a_page_says_it_all_in_tables_too(entries: list[tuple[str, TimelineEntry]]) -> None:
    told = page(years.chart(entries, "", ["condition: crps"], usual()))
    for said in (
        "condition: crps",
        "RETRACTED",
        'class="gone"',
        "C03 ✗ contradicted: It is said &lt;b&gt;to&lt;/b&gt; help everyone",
        usual().forest.estimate(usual().forest.lines[-1]),
        "with dahl2015, which counted until retracted",
        "no year",
        "Not medical advice",
    ):
        assert said in told, said


def test_links_are_made_of_sound_identifiers_alone(study: Callable[..., StudyRow]) -> None:
    assert years.link(study(pmid=123)) == "https://pubmed.ncbi.nlm.nih.gov/123/"
    assert years.link(study(pmid=None, doi="10.1000/pain<1>")) == "https://doi.org/10.1000/pain%3C1%3E"
    for odd in (None, "", "javascript:alert(1)", "10.1000/a b", "11.1000/pain"):
        assert years.link(study(pmid=None, doi=odd)) == ""


def test_years_are_to_scale_and_those_without_one_stand_apart(entries: list[tuple[str, TimelineEntry]]) -> None:
    chart = years.chart(entries, "", [])
    one, two, ten = (chart.place(year) for year in (2000, 2001, 2010))
    assert ten - one == pytest.approx(10 * (two - one))
    assert chart.place(None) > chart.place(chart.last)
    assert chart.gaps == ((2000, 2004), (2006, 2007), (2009, 2014), (2017, 2020))


def test_each_direction_has_a_shape_and_a_colour_of_its_own() -> None:
    assert len({shape.corners for shape in years.SHAPES.values()}) == len(years.SHAPES)
    assert len({shape.colour for shape in years.SHAPES.values()}) == len(years.SHAPES)


def test_another_treatment_has_a_mark_of_its_own_that_is_explained(
    study: Callable[..., StudyRow], entries: list[tuple[str, TimelineEntry]], tmp_path: Path
) -> None:
    other = study("berg2001", context="not-ketamine", design="rct")
    drawn = years.chart([("", TimelineEntry(other, [], []))], "", [])
    assert drawn.marks[0].shape.corners not in [shape.corners for shape in years.SHAPES.values()]
    shown = page(drawn)
    assert "other drug" in shown.partition("</svg>")[0].rpartition("<text")[2]
    assert '<td class="number">24</td><td>other drug</td>' in shown
    timeline_picture.draw(drawn, str(tmp_path / "other.svg"), "svg")
    assert "other drug" in (tmp_path / "other.svg").read_text(encoding="utf-8")
    assert "other drug" not in page(years.chart(entries, "", []))


def test_marks_grow_with_people_and_are_filled_where_randomised(study: Callable[..., StudyRow]) -> None:
    rows = [study("few", n=5), study("many", n=500, design="case-series"), study("none", n=None)]
    few, many, none = years.chart([("", TimelineEntry(row, [], [])) for row in rows], "", []).marks
    assert none.size < few.size < many.size
    assert (few.filled, many.filled) == (True, False)


def test_nothing_and_too_much_are_refused(study: Callable[..., StudyRow]) -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        years.chart([], "", [])
    with pytest.raises(UsageError, match="too many"):
        years.chart([("", TimelineEntry(study(), [], []))] * (years.MOST + 1), "", [])


def test_a_browser_shows_the_page_and_runs_nothing_in_it(
    entries: list[tuple[str, TimelineEntry]], study: Callable[..., StudyRow], tmp_path: Path
) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is here to show the page")
    entries.append(("", TimelineEntry(study("odd2020", title=HOSTILE, year=2020), [], [])))
    written = page(years.chart(entries, "", [], usual()))
    # a script that got in would say so; the page's policy must stop even one that stands in it
    told = written.replace("</body>", "<script>document.title = 'ran'</script></body>")
    path = tmp_path / "timeline.html"
    path.write_text(told, encoding="utf-8")
    command = [browser, *BROWSER, f"--user-data-dir={tmp_path / 'profile'}", path.as_uri()]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    assert "<title>Ketamine, studies by year" in done.stdout
    assert done.stdout.count("<polygon") == written.count("<polygon")
