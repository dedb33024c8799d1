"""Which address is asked, and the key that goes to it and to no other."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from ketlit.errors import UsageError

NCBI: Final = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
_FORM: Final = re.compile(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_WAY_OUT: Final = f"give an https address as {NCBI}, or leave --base-url and KETLIT_EUTILS_URL out"
# NLM's own names, as they look when dots and hyphens are taken out and the digits that pass for letters put right
_OWN: Final = ("nihgov", "ncbinlm")
_PASS_FOR: Final = str.maketrans({"0": "o", "1": "i", "l": "i", ".": "", "-": ""})
_SHOWN: Final = 120
_UNMISTAKABLE: Final = 12


class Base(NamedTuple):
    """The address before the utility's name: `url` ends with a slash; `loopback`: this machine."""

    url: str
    host: str
    loopback: bool


class Key:
    """An API key of NCBI's, which shows itself nowhere: not in a repr, a log, an error or a traceback's locals.

    Raises UsageError, without the value, for what can be no key.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value.strip()
        if not re.fullmatch(r"[!-~]{1,200}", self._value):
            raise UsageError("the NCBI API key is empty, or holds a blank or a character that no key has")

    def __repr__(self) -> str:
        return "Key(hidden)"

    def field(self) -> str:
        """The key as a field of a form's body. For the request alone."""
        return f"api_key={quote(self._value, safe='')}"

    @property
    def unmistakable(self) -> bool:
        """Whether it cannot be a word of an abstract by chance. NCBI's keys have 36 characters."""
        return len(self._value) >= _UNMISTAKABLE

    def hide(self, data: bytes) -> bytes:
        """The bytes with the key taken out, as it is and as it stands in an address."""
        for form in (quote(self._value, safe=""), self._value):
            data = data.replace(form.encode("ascii"), b"[key]")
        return data


def base_from(text: str | None) -> Base:
    """The address to ask, from an option or a setting; NCBI's own where there is none.

    https, or http to this machine alone; a host, a port and a path, and nothing else. Raises UsageError for user
    information before an @, a query, a fragment, characters outside ASCII, and hosts that are made to look like NLM's.
    """
    given = (text or "").strip() or NCBI
    found = _FORM.fullmatch(given)
    if found is None:
        raise _refused(given, _what_is_odd(given))
    host = found[2].lower().strip("[]").rstrip(".")
    local = is_loopback(host)
    try:
        if urlsplit(given).port == 0:
            raise ValueError("0 is no port")
        if found[2].startswith("["):
            ip_address(host)
    except ValueError as error:
        raise _refused(given, str(error)) from error
    if found[1] == "http" and not local:
        raise _refused(given, "http is for this machine alone")
    if not host or any(label.startswith("xn--") or not label for label in host.split(".")):
        raise _refused(given, "its host is empty or not in plain letters")
    plain = host.translate(_PASS_FOR)
    imitated = any(name.translate(_PASS_FOR) in plain for name in _OWN)
    if imitated and host != "nih.gov" and not host.endswith(".nih.gov"):
        raise _refused(given, "its host looks like NLM's and is not")
    path = found[4] or "/"
    authority = found[2].lower().rstrip(".") + (found[3] or "")
    return Base(f"{found[1]}://{authority}{path if path.endswith('/') else path + '/'}", host, local)


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an address without brackets, is this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _what_is_odd(given: str) -> str:
    if not given.isascii():
        return "it holds characters outside ASCII"
    if "@" in given:
        return "it holds a name before an @"
    if "?" in given or "#" in given:
        return "it holds a query or a fragment"
    return "it is no address of the form https://host/path/"


def _refused(given: str, why: str) -> UsageError:
    # what is typed before an @ may be a password
    shown = re.sub(r"//.*@", "//...@", given[:_SHOWN])
    return UsageError(f"{shown!r} is not asked for PubMed's records: {why}", _WAY_OUT)
