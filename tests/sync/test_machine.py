"""Whatever happens in PubMed, on the way and to the process: one clean sync later all is as if nothing had happened."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ketlit.errors import SourceError
from ketlit.sync.topics import Asked
from ketlit.tagging.taxonomy import Taxonomy
from tests import eutils_faults as faults
from tests.ncbi import World, serve
from tests.sync.conftest import Died, Syncing, dies_at, papers

# what PubMed answers once in place of an answer, or for ever
FAULTS = {
    "429": faults.too_many("1"),
    "503": faults.status(503),
    "404": faults.status(404),
    "html": faults.html_in_200(),
    "cut": faults.cut_xml(),
    "gzip": faults.cut_gzip(),
    "empty": faults.empty(),
    "reset": faults.reset(),
    "error": faults.error_in_200(),
    "broken off": faults.broken_off(),
    "two fewer": faults.missing(count=2).at("efetch"),
    "an extra": faults.extra(),
    "doubled": faults.doubled(),
    "versions": faults.two_versions(newer=1),  # as the world numbers it: no record goes back to an older version
    "a larger count": faults.wrong_count(2),
    "a smaller count": faults.wrong_count(-1),
}
FEW = 4  # records that may go unseen: more at once are not believed (see fetching.FEW)


def machine(made_empty: Path, taxonomy: Taxonomy) -> type[RuleBasedStateMachine]:
    """The machine, at libraries that are copies of an empty one."""

    class Years(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp())
            self.world = World()
            self.serving = serve(self.world)
            self.server = self.serving.__enter__()
            self.desk = self._library("mine.db")
            self.words: list[tuple[Any, ...]] = []
            self.went = 0  # since the last clean sync
            self.removed: dict[int, bytes] = {}

        def _library(self, name: str) -> Syncing:
            shutil.copyfile(made_empty, self.folder / name)
            return Syncing(self.folder / name, taxonomy, self.server)

        def teardown(self) -> None:
            self.clean()
            self.serving.__exit__(None, None, None)
            shutil.rmtree(self.folder)

        @initialize(count=st.integers(0, 12))
        def begin(self, count: int) -> None:
            papers(self.world, count)

        def _one(self, place: int) -> int:
            there = sorted(self.world.pmids)
            return there[place % len(there)]

        # what happens in PubMed

        @rule(old=st.booleans())
        def comes(self, old: bool) -> None:
            self.world.new(title="Ketamine, new.", created=self.world.days_ago(400) if old else self.world.today)

        @precondition(lambda self: self.went < FEW and len(self.world))
        @rule(place=st.integers(0, 99))
        def goes(self, place: int) -> None:
            pmid = self._one(place)
            self.removed[pmid] = self.world[pmid].xml
            self.world.delete(pmid)
            self.went += 1

        @precondition(lambda self: self.removed)
        @rule()
        def comes_back(self) -> None:
            self.world.add(self.removed.popitem()[1])

        @precondition(lambda self: len(self.world))
        @rule(place=st.integers(0, 99), how=st.sampled_from(["retract", "correct", "concern"]))
        def gets_a_notice(self, place: int, how: str) -> None:
            getattr(self.world, how)(self._one(place))

        @precondition(lambda self: len(self.world))
        @rule(place=st.integers(0, 99), number=st.integers(0, 9))
        def is_rewritten(self, place: int, number: int) -> None:
            self.world.revise(self._one(place), title=f"Ketamine, version {number}.", abstract=f"Text {number}.")

        @precondition(lambda self: self.went < FEW and len(self.world))
        @rule(place=st.integers(0, 99))
        def is_about_something_else(self, place: int) -> None:
            self.world.revise(self._one(place), title="Morphine after all.", abstract="Nothing.")
            self.went += 1

        @rule(days=st.integers(0, 40))
        def time_passes(self, days: int) -> None:
            self.world.move(days=days)

        # what happens here

        @precondition(lambda self: self.desk.studies())
        @rule(place=st.integers(0, 99), text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
        def someone_writes(self, place: int, text: str) -> None:
            there = sorted(self.desk.studies())
            self.desk.annotate(there[place % len(there)], text)
            self.words = self.desk.words_of_people()

        @rule(
            script=st.lists(st.one_of(st.none(), st.sampled_from(sorted(FAULTS))), max_size=6),
            stays=st.booleans(),
            full=st.booleans(),
            limit=st.sampled_from([0, 0, 3]),
            batch=st.integers(1, 6),
        )
        def a_sync_meets_faults(
            self, script: list[str | None], stays: bool, full: bool, limit: int, batch: int
        ) -> None:
            self.server.faults = [FAULTS[name] if name else None for name in script]
            if stays and script and script[-1]:
                self.server.faults[-1] = FAULTS[script[-1]].repeated()
            try:
                self.desk.sync(full=full, limit=limit, batch=batch)
            except SourceError:
                pass
            finally:
                self.server.faults = []

        @rule(statement=st.integers(0, 60), commit=st.booleans(), batch=st.integers(1, 6), full=st.booleans())
        def a_sync_dies(self, statement: int, commit: bool, batch: int, full: bool) -> None:
            try:
                at = statement // 6 if commit else statement
                self.desk.sync(prepared=dies_at(at, commit=commit), batch=batch, full=full)
            except Died:
                pass

        # what must hold

        @rule()
        def clean(self) -> None:
            self.world.move(days=31)  # what was named and not given is asked for again by then
            self.desk.sync()
            mine = self.desk.studies()
            other = self._library("other.db")
            other.sync(Asked("all", "ketamine[tiab] OR morphine[tiab]"))
            theirs = other.studies()
            fitting = {pmid for pmid, study in theirs.items() if "Ketamine" in study[0]}
            assert fitting <= mine.keys()
            # also what left the topic is as PubMed has it; only what was deleted and came back outside of the topic
            # is nothing that anyone would ask for
            followed = [pmid for pmid in mine if pmid in fitting or mine[pmid][1] != "deleted"]
            there = {pmid: mine[pmid] for pmid in followed if pmid in self.world}
            assert there == {pmid: theirs[pmid] for pmid in there}
            gone = {study[1] for pmid, study in mine.items() if pmid not in self.world}
            assert gone <= {"deleted"}
            assert self.desk.one("SELECT COUNT(*) FROM study") == len(mine)
            assert self.desk.one("SELECT COUNT(*) FROM sync_item WHERE state IN ('pending', 'failed')") == 0
            self.desk.finds_all_done()
            self.went = 0

        @invariant()
        def people_keep_their_words_and_the_library_is_sound(self) -> None:
            assert self.desk.words_of_people() == self.words
            assert self.desk.sound()

    return Years


def test_one_clean_sync_makes_good_whatever_happened(made_empty: Path, taxonomy: Taxonomy) -> None:
    run_state_machine_as_test(
        machine(made_empty, taxonomy),
        settings=settings(
            max_examples=4,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
