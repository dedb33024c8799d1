"""Which addresses are asked, which are refused, and that the key shows itself nowhere."""

from __future__ import annotations

import copy
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.errors import UsageError
from ketlit.sources.endpoint import NCBI, Key, base_from, is_loopback

SECRET = "0a1b2c3d4e5f60718293a4b5c6d7e8f90123"


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_without_an_address_ncbi_is_asked(nothing: str | None) -> None:
    assert base_from(nothing) == (NCBI, "eutils.ncbi.nlm.nih.gov", False)


@pytest.mark.parametrize(
    ("given", "url", "loopback"),
    [
        ("https://eutils.ncbi.nlm.nih.gov/entrez/eutils", NCBI, False),
        ("https://EUTILS.ncbi.nlm.nih.gov:443/e/", "https://eutils.ncbi.nlm.nih.gov:443/e/", False),
        ("https://preview.ncbi.nlm.nih.gov/e/", "https://preview.ncbi.nlm.nih.gov/e/", False),
        ("https://mirror.example.org", "https://mirror.example.org/", False),
        ("https://eutils.ncbi.nlm.nih.gov./entrez/eutils/", NCBI, False),
        ("http://127.0.0.1:8080/entrez/eutils/", "http://127.0.0.1:8080/entrez/eutils/", True),
        ("http://localhost:1/", "http://localhost:1/", True),
        ("http://[::1]:8080/e/", "http://[::1]:8080/e/", True),
        ("https://127.0.0.1/e/", "https://127.0.0.1/e/", True),
    ],
)
def test_https_and_this_machine_are_asked(given: str, url: str, loopback: bool) -> None:
    base = base_from(given)
    assert (base.url, base.loopback) == (url, loopback)


@pytest.mark.parametrize(
    "given",
    [
        "http://eutils.ncbi.nlm.nih.gov/entrez/eutils/",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.org/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://localhost.example.org/",
        "https://host@evil/",
        "https://eutils.ncbi.nlm.nih.gov@evil.example/entrez/eutils/",
        "https://eutils.ncbi.nlm.nih.gov:443@evil.example/",
        "https://eutils.ncbi.nlm.nih.gov\\@evil.example/",
        "https://evil.example\\.ncbi.nlm.nih.gov/",
        "https://eutils.ncbi.nlm.nih.gov.evil.example/",
        "https://eutils-ncbi-nlm-nih-gov.example/",
        "https://eutils.ncbi.n1m.nih.g0v/",
        "https://eutils.ncbi.nlm.nlh.gov/",
        "https://eutils.ncbi.nlm.nih-gov.example/",
        "https://eutilѕ.ncbi.nlm.nih.gov/",  # a Cyrillic letter
        "https://eutils。ncbi。nlm。nih。gov/",
        "https://xn--eutil-5of.example/",
        "https://evil%2eexample/",
        "https://host/path?x=",
        "https://host/path?",
        "https://host/path#here",
        "https://host:0/",
        "https://host:99999/",
        "https://host:abc/",
        "https://[::1/",
        "https://[::g]/",
        "https:///entrez/",
        "https://./",
        "https://a..b/",
        "https:/host/",
        "//host/",
        "host",
        "ftp://host/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://host /",
        "https://host/\nX: y",
        "https://ho\tst/",
        "https://host/\x00",
    ],
)
def test_other_addresses_are_refused(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        base_from(given)
    assert refused.value.hint


def test_a_password_in_an_address_is_not_shown() -> None:
    with pytest.raises(UsageError) as refused:
        base_from("https://me:hunter2@host/")
    assert "hunter2" not in str(refused.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    for given_text in (text, f"https://{text}", f"http://{text}/"):
        try:
            base = base_from(given_text)
        except UsageError:
            continue
        assert base.url.startswith("https://") or is_loopback(base.host)
        assert base.url.isascii()
        assert base.url.endswith("/")


def test_a_key_shows_itself_nowhere() -> None:
    key = Key(f" {SECRET}\n")
    assert key.field() == f"api_key={SECRET}"
    for text in (repr(key), str(key), f"{key}", repr([key]), repr(copy.copy(key))):
        assert SECRET not in text
    assert not hasattr(key, "__dict__")


@pytest.mark.parametrize("value", ["", "  ", "two words", "schlüssel", "a\nb", "x" * 201])
def test_what_can_be_no_key_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(UsageError) as refused:
        Key(value)
    shown = "".join(traceback.format_exception(refused.value))
    assert not value.strip() or f"{value.strip()!r}" not in shown


def test_a_key_is_taken_out_of_bytes_as_it_is_and_as_an_address_has_it() -> None:
    assert Key("a+b/c").hide(b"x=a+b/c&y=a%2Bb%2Fc&z=1") == b"x=[key]&y=[key]&z=1"


@pytest.mark.parametrize(("value", "unmistakable"), [(SECRET, True), ("ketamine", False)])
def test_a_key_that_may_be_a_word_is_known_for_one(value: str, unmistakable: bool) -> None:
    assert Key(value).unmistakable is unmistakable
