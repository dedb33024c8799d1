"""The error tree: what is drawn is what there is, and each class carries the exit code of the contract."""

from __future__ import annotations

import inspect
import re

import pytest

from ketlit import errors

CODES = {"UsageError": 2, "NotFound": 3, "LibraryError": 4, "SourceError": 5, "PartlyFailed": 6, "LibraryBusy": 7}
CLASSES = {name: value for name, value in vars(errors).items() if inspect.isclass(value)}


def test_all_that_is_exported_is_all_there_is() -> None:
    assert sorted(errors.__all__) == sorted(CLASSES)


def test_the_drawing_shows_every_class() -> None:
    drawn = re.findall(r"^[ │├└─]*([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE)
    assert set(CLASSES) <= set(drawn)


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_each_class_has_its_exit_code(name: str, code: int) -> None:
    assert CLASSES[name].exit_code == code


def test_every_kind_of_unusable_library_exits_4() -> None:
    kinds = [kind for kind in CLASSES.values() if issubclass(kind, errors.LibraryError)]
    assert len(kinds) > 5
    assert {kind.exit_code for kind in kinds} == {4}


def test_an_error_has_a_message_and_may_have_a_hint() -> None:
    error = errors.UsageError("what is wrong", "what to do")
    assert (str(error), error.hint, errors.NotFound("x").hint) == ("what is wrong", "what to do", "")
