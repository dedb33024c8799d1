"""What people write on studies: notes, labels, tags, screening. Each a short transaction of its own.

Studies are named by their id (`Reader.find`). Each function says what changed. Nothing else ever changes these rows.
"""

from __future__ import annotations

import re
from copy import copy, deepcopy
from typing import TYPE_CHECKING, Final

from ketlit.errors import NotFound, UsageError
from ketlit.intake.apply import Intake, now
from ketlit.intake.tagger import curated_values
from ketlit.record import Annotations, Record, Screening, Tag
from ketlit.store.engine import begin
from ketlit.store.query import closed_word
from ketlit.store.writer import Writer
from ketlit.tagging.tagger import SINGLE
from ketlit.tagging.taxonomy import Taxonomy
from ketlit.views import NoteRow
from ketlit.vocabulary import READ_ALONE, Axis, Direction, Origin, is_value

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST: Final = 100_000  # characters of a note, a hundred printed pages: more is a file given by mistake
# thousands apart by commas or blanks, as numbers are printed
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:[ \u00a0\u2009\u202f][0-9]{3})+)")
_BLANKS: Final = re.compile(r"[^0-9]")
LONGEST_LABEL: Final = 100


def add_note(connection: Connection, study: int, text: str, at: str = "") -> NoteRow:
    """Keep a note. Raises UsageError for an empty one or no text, NotFound for a study that is not there."""
    said = readable(text, "the note").strip()
    if not said or len(said) > LONGEST:
        raise UsageError("a note needs words" if not said else f"a note has at most {LONGEST:,} characters")
    writer = Writer(connection, at or now())
    with begin(connection):
        key = _key(writer, study)
        writer.insert("note", [(said, writer.now, study)])
        number = writer.db.rows("SELECT MAX(id) FROM note WHERE study_id = :study", {"study": study})[0][0]
    return NoteRow(number, key, said, writer.now)


def remove_note(connection: Connection, note: int) -> NoteRow:
    """Take a note away: the note as it was. Raises NotFound."""
    writer = Writer(connection, now())
    asked = "SELECT n.id, s.key, n.text, n.at FROM note n JOIN study s ON s.id = n.study_id WHERE n.id = :note"
    with begin(connection):
        found = writer.db.rows(asked, {"note": min(note, 2**31 - 1)})
        if not found:
            raise NotFound(f"there is no note {note}", "all notes: ketlit note list")
        writer.many("DELETE FROM note WHERE id = ?", [(note,)])
    return NoteRow(*found[0])


def add_label(connection: Connection, study: int, label: str, at: str = "") -> bool:
    """Put a label on a study; False where it has it already. Raises UsageError, NotFound."""
    wanted = checked_label(label)
    writer = Writer(connection, at or now())
    with begin(connection):
        _key(writer, study)
        if _labelled(writer, study, wanted):
            return False
        writer.insert("label", [(study, wanted, writer.now)])
    return True


def remove_label(connection: Connection, study: int, label: str) -> bool:
    """Take a label off a study; False where it has none such. Raises UsageError, NotFound."""
    wanted = checked_label(label)
    writer = Writer(connection, now())
    with begin(connection):
        _key(writer, study)
        if not _labelled(writer, study, wanted):
            return False
        writer.many("DELETE FROM label WHERE study_id = ? AND label = ?", [(study, wanted)])
    return True


def checked_label(label: str) -> str:
    """A label as it is kept: runs of blanks as one. Raises UsageError for one that cannot be typed again."""
    wanted = " ".join(label.split())
    if not wanted or len(wanted) > LONGEST_LABEL or not wanted.isprintable():
        raise UsageError(
            f"{label[:40]!r} is no label", f"a label has 1 to {LONGEST_LABEL} characters and none that cannot be seen"
        )
    return wanted


def set_tag(
    connection: Connection, taxonomy: Taxonomy, study: int, axis: Axis, term: str, *, applies: bool, at: str = ""
) -> bool:
    """A person says that a term applies to a study, or does not; False where that was said already.

    Of an axis on which a study has one value (design, context, number of people, direction) the new one takes the
    place of what the same person said before. `term` of the last two is what `read_alone` makes of what was typed.

    The term is kept by its printed id. Saying that it does not apply takes back the person's own tag; where others
    (curators, MeSH, text) gave the term too, it is kept as a denial, which outranks them. The study is tagged and
    indexed again. Raises UsageError for a term that the axis has not, NotFound for a study that is not there.
    """
    if axis in READ_ALONE:
        printed = read_alone(axis, term)
    elif taxonomy.get(axis, term) is None:
        raise UsageError(f"{axis} has no term {term[:80]!r}", f"all of them: ketlit terms {axis}")
    else:
        printed = taxonomy.printed(axis, term)
    intake = Intake(connection, taxonomy, at=at)
    writer = intake.writer
    with begin(connection):
        _key(writer, study)
        old = writer.whole([study])[study]
        said = old.annotations.tags if old.annotations else []
        mine = next((tag for tag in said if (tag.axis, tag.term) == (axis, printed)), None)
        others = old.tags + (curated_values(old.facts) if old.facts else [])
        given = any((tag.axis, tag.term) == (axis, printed) for tag in others)
        if not applies and (mine.negated if mine else not given):
            return False
        tag = Tag(axis, printed, Origin.USER, section="user", negated=not applies, at=writer.now)
        keep = applies or given
        before = [one for one in said if applies and _gives_way(one, tag, taxonomy)]
        if applies and mine and not mine.negated and not before:
            return False
        gone = [one.term for one in before] + ([] if keep else [printed])
        columns = "study_id = ? AND axis = ? AND term = ? AND origin = ?"
        writer.many(f"DELETE FROM tag WHERE {columns}", [(study, axis.value, one, Origin.USER.value) for one in gone])
        kept = [one for one in said if (one.axis, one.term) != (axis, printed) and one not in before]
        tags = kept + [tag] * keep
        _restudy(intake, study, old, _with_tags(old, tags))
    return True


def read_alone(axis: Axis, typed: str) -> str:
    """The number of people, or the direction, that a person says a study has. Raises UsageError."""
    if axis is Axis.DIRECTION:
        return closed_word("direction", Direction, typed)
    said = typed.strip()
    number = (_BLANKS.sub("", said) if _THOUSANDS.fullmatch(said) else said).lstrip("0")
    if not is_value(axis, number):
        raise UsageError(f"{said[:40]!r} is no number of people", "type a whole number: participants:120")
    return str(int(number))


def _gives_way(one: Tag, new: Tag, taxonomy: Taxonomy) -> bool:
    """Whether a person's tag is of an axis on which a study has one value, and another is said now."""
    if one.negated or one.axis != new.axis or one.term == new.term:
        return False
    return new.axis in READ_ALONE or (
        new.axis in SINGLE and not _is_flag(one, taxonomy) and not _is_flag(new, taxonomy)
    )


def _is_flag(tag: Tag, taxonomy: Taxonomy) -> bool:
    term = taxonomy.get(tag.axis, tag.term)
    return bool(term and term.flag)


def set_screening(connection: Connection, study: int, *, excluded: bool, why: str, at: str = "") -> bool:
    """Leave a study out, or take it back in; False where that was the last decision already. All are kept.

    Raises UsageError where no reason is given for leaving out, or one that is no text, NotFound for a study that is not
    there.
    """
    reason = " ".join(readable(why, "the reason").split())
    if excluded and not reason:
        raise UsageError("a study is excluded for a reason", "say it with --why TEXT")
    writer = Writer(connection, at or now())
    with begin(connection):
        _key(writer, study)
        last = writer.db.rows(
            "SELECT excluded, why FROM screening WHERE study_id = :study ORDER BY at DESC, id DESC LIMIT 1",
            {"study": study},
        )
        if (bool(last[0][0]), last[0][1]) == (excluded, reason) if last else not excluded:
            return False
        decision = Screening(excluded, reason, writer.now)
        writer.insert("screening", [(decision.excluded, decision.why, decision.at, study)])
        writer.many("UPDATE study SET excluded = ? WHERE id = ?", [(excluded, study)])
    return True


def readable(text: str, what: str) -> str:
    """The text, which came from a shell or a pipe as bytes. Raises UsageError where they were not of its encoding."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{what} is not readable text: its character {error.start + 1} is not UTF-8",
            "type it in a terminal whose locale is UTF-8 (LC_ALL=C.UTF-8), or convert it",
        ) from error
    return text


def _restudy(intake: Intake, study: int, old: Record, new: Record) -> None:
    have = intake.writer.have(ids=[study])[0]
    intake.writer.change({study: (old, intake.restudy(have, old, new))})


def _with_tags(old: Record, tags: list[Tag]) -> Record:
    new = copy(old)
    new.annotations = deepcopy(old.annotations) if old.annotations else Annotations()
    new.annotations.tags = tags
    return new


def _key(writer: Writer, study: int) -> str:
    found = writer.db.rows("SELECT key FROM study WHERE id = :study", {"study": study})
    if not found:
        raise NotFound(f"there is no study {study}")
    return str(found[0][0])


def _labelled(writer: Writer, study: int, label: str) -> bool:
    asked = "SELECT 1 FROM label WHERE study_id = :study AND label = :label"
    return bool(writer.db.rows(asked, {"study": study, "label": label}))
