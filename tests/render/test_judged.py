"""Judgements in words, on cards, in briefs and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable

from ketlit.record import Annotations, Judgement, Record
from ketlit.render import card, judged
from ketlit.render.card import Card
from ketlit.render.table import Screen
from ketlit.views import JudgementRow, StudyRow
from ketlit.vocabulary import Scheme

EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
Drawn = Callable[[int, Callable[[Screen], None]], str]
Study = Callable[..., StudyRow]
GIVEN = [
    Judgement(Scheme.ROB2, "", "d2", "high", "guessed", "Ana Berg", EARLIER),
    Judgement(Scheme.ROB2, "", "d2", "some concerns", "asked", "Ana Berg", LATER),
    *(Judgement(Scheme.ROB2, "", domain, "low", "", "Ana Berg", LATER) for domain in ("d1", "d3", "d5")),
    Judgement(Scheme.ROB2, "", "d4", "some concerns", "", "Ana Berg", LATER),
    Judgement(Scheme.GRADE, "remission", "certainty", "low", "one trial", "Bo Li", LATER),
]


def test_a_card_says_who_judged_what_when_and_why(study: Study, drawn: Drawn) -> None:
    record = Record(annotations=Annotations(judgements=GIVEN))
    text = drawn(120, lambda screen: card.show(screen, Card(study(), record, [], [], [])))
    assert text[text.index("Judgements") :].splitlines() == [
        "Judgements",
        "  RoB 2 by Ana Berg",
        "    2026-02-01  D1 randomisation: low",
        "    2026-02-01  D2 deviations from the intended interventions: some concerns: asked",
        "    2026-02-01  D3 missing outcome data: low",
        "    2026-02-01  D4 measurement of the outcome: some concerns",
        "    2026-02-01  D5 selection of the reported result: low",
        "    2026-02-01  overall: some concerns (follows from the domains; several domains raise concerns: "
        "--overall high is",
        "                theirs to say)",
        "    2026-01-01  before: D2 deviations from the intended interventions: high: guessed",
        "  GRADE by Bo Li, on remission",
        "    2026-02-01  certainty: low: one trial",
    ]


def test_a_domain_that_lacks_leaves_the_overall_open() -> None:
    assert [line.text for line in judged.lines(GIVEN[:2])][2] == "overall: open, a domain is not judged yet"


def test_objects_say_which_judgements_hold_and_what_follows() -> None:
    told, overall = judged.objects(GIVEN)
    assert [one["holds"] for one in told] == [False] + [True] * 6
    assert told[0] == {
        **{"scheme": "rob2", "outcome": "", "domain": "d2", "judgement": "high", "why": "guessed"},
        **{"by": "Ana Berg", "at": EARLIER, "holds": False},
    }
    assert overall == [{"by": "Ana Berg", "outcome": "", "overall": "some concerns", "computed": True}]
    assert json.loads(json.dumps(told)) == told


def test_a_list_names_numbers_and_shows_no_control_characters(drawn: Drawn) -> None:
    row = JudgementRow(7, "berg1999", "rob2", "", "d4", "high", "red \x1b[31m", "Ana \u202eBerg", LATER)
    lines = drawn(100, lambda screen: judged.table(screen, [row])).splitlines()
    assert lines == [
        "7  berg1999  RoB 2  Ana \ufffdBerg  2026-02-01",
        "    D4 measurement of the outcome: high: red \ufffd[31m",
        "berg1999, Ana \ufffdBerg: overall: high (follows from the domains)",
    ]
    assert "ketlit judge KEY rob2 --by NAME" in drawn(100, lambda screen: judged.table(screen, []))
