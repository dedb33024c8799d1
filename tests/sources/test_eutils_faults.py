"""Every fault of the wire, over real HTTP: waited for, asked again, or told; and the key is found nowhere."""

from __future__ import annotations

import socket
import ssl
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from threading import Thread
from urllib.request import Request

import pytest

from ketlit.errors import SourceError
from ketlit.sources.endpoint import Key, base_from
from ketlit.sources.eutils import Citation, Limits
from ketlit.sources.pace import LONGEST_HOLD
from ketlit.sources.replies import Wrong
from ketlit.sources.wire import Halt, Wire
from tests import eutils_faults as faults
from tests.eutils_caller import Caller
from tests.eutils_faults import Fault
from tests.eutils_wire import Reply
from tests.ncbi import Server, made_up, serve

KEY = "0a1b2c3d4e5f60718293a4b5c6d7e8f90123"
IDS = list(range(10_000_001, 10_000_021))
PERMANENT = [faults.status(code) for code in (400, 401, 403, 404, 414)]
HURRIED = [
    faults.too_many("2"),
    faults.too_many("Thu, 27 Nov 2025 06:33:02 GMT"),
    faults.too_many("9999"),
    faults.too_many("-5"),
    faults.too_many(None),
    faults.too_many_in_200(),
    faults.status(503, retry_after="2"),
]
PASSING = [
    *(faults.status(code) for code in (408, 500, 502, 503, 504)),
    faults.relayed_502(),
    *(faults.error_in_200(text) for text in faults.OUTAGES.values() if "\n" not in text),
    *(faults.broken_off(text) for text in faults.MID_STREAM),
    *(faults.broken_off(text, share, plus=False) for text in faults.MID_STREAM[:2] for share in (0.0, 0.99, 1.0)),
    faults.html_in_200(),
    faults.empty(),
    *(faults.reset(share) for share in (0.0, 0.5)),
    *(faults.closed(share) for share in (0.0, 0.5)),
    faults.dropped(),
    faults.wrong_length(100),
    faults.wrong_length(-5),
    *(faults.cut_gzip(share) for share in (0.0, 0.6, 0.99)),
    *(faults.cut_xml(share) for share in (0.0, 0.05, 0.6, 0.99)),
    faults.cut_chunks(),
    faults.other_body(b"\x1f\x8b\x08\x00garbage"),
    faults.other_body(b'{"esearchresult":"busy"}'),
    faults.other_body(b"null"),
]
ASKING: dict[str, Callable[[Caller], object]] = {
    "efetch": lambda caller: caller.fetch(IDS),
    "esearch": lambda caller: caller.search("ketamine OR fibromyalgia").ids,
    "einfo": lambda caller: caller.info().count,
    "ecitmatch": lambda caller: caller.cite_match([Citation("x", "1990", "1", "1", "doe j", "a")]),
}


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(made_up(40), keys=[KEY]) as running:
        yield running


def named(fault: Fault) -> str:
    return fault.name.replace(" ", "-")[:40]


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_what_passes_is_asked_again_and_then_right(server: Server, fault: Fault, asking: str) -> None:
    right = ASKING[asking](Caller(server))
    server.faults = [fault]
    caller = Caller(server)
    assert ASKING[asking](caller) == right
    assert caller.requests == 2
    assert caller.time.slept == [1.0]


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("fault", HURRIED, ids=named)
def test_what_was_too_fast_waits_and_goes_on(server: Server, fault: Fault, asking: str) -> None:
    right = ASKING[asking](Caller(server))
    server.faults = [fault]
    caller = Caller(server)
    assert ASKING[asking](caller) == right
    expected = {"9999": LONGEST_HOLD, "2": 2.0, "GMT": 2.0}.get(fault.name.rpartition(" ")[2], 1.0)
    expected = 2.0 if fault.name == "503" else expected
    assert caller.time.slept == [expected]
    assert [seconds for seconds, _ in caller.waits] == [expected]


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("fault", PERMANENT, ids=named)
def test_what_cannot_pass_is_told_at_once(server: Server, fault: Fault, asking: str) -> None:
    server.faults = [fault]
    caller = Caller(server)
    with pytest.raises(SourceError, match=f"{asking} failed: HTTP {fault.name}") as failed:
        ASKING[asking](caller)
    assert failed.value.exit_code == 5
    assert (caller.requests, caller.time.slept) == (1, [])


@pytest.mark.parametrize("fault", [*PASSING, *HURRIED], ids=named)
def test_what_never_passes_is_told_after_five_more_tries(server: Server, fault: Fault) -> None:
    server.faults = [fault.repeated()]
    caller = Caller(server)
    with pytest.raises(SourceError, match="efetch failed 6 times: ") as failed:
        caller.fetch(IDS)
    assert caller.requests == 6
    assert len(caller.time.slept) == 5
    assert all(1 <= each <= LONGEST_HOLD for each in caller.time.slept)
    assert caller.time.slept == sorted(caller.time.slept)
    assert failed.value.hint
    assert str(failed.value).isprintable()


def test_faults_in_a_row_are_survived_up_to_five(server: Server) -> None:
    server.faults = [faults.status(500), faults.empty(), faults.too_many("3"), faults.reset(), faults.cut_gzip()]
    caller = Caller(server)
    assert caller.fetch(IDS)
    assert caller.time.slept == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_one_caller_that_is_too_fast_holds_the_others(server: Server) -> None:
    server.faults = [faults.too_many("30"), faults.status(404)]
    first = Caller(server, interval=0.5)
    second = Caller(server, pacer=first._pacer, sleep=first.time.sleep)
    with pytest.raises(SourceError, match="404"):
        first.fetch(IDS)
    second.count("ketamine")
    assert first.time.slept == [30.0, 0.5]


@pytest.mark.parametrize("fault", [faults.hang(0.5), faults.hang(), faults.silence()], ids=named)
def test_a_server_that_says_no_more_is_given_up(server: Server, fault: Fault) -> None:
    server.faults = [fault]
    caller = Caller(server, limits=Limits(read=0.1))
    assert caller.fetch(IDS)
    assert caller.said[0] == "request 1, efetch: 127.0.0.1 did not answer in time (retry)"


def test_a_reply_that_trickles_in_does_not_go_on_for_ever(server: Server) -> None:
    server.faults = [Fault("trickle", lambda asked, right: replace(right, body=b" " * 8_000_000, step=1000))]
    seconds = count()  # each look at the clock comes a second later
    caller = Caller(server, stopwatch=lambda: next(seconds), limits=Limits(total=20))
    assert caller.search("ketamine").ids
    assert caller.said[0] == "request 1, esearch: 127.0.0.1 did not answer in time (retry)"


def test_a_reply_without_an_end_is_given_up(server: Server) -> None:
    server.faults = [faults.other_body(b"<PubmedArticleSet>" + b" " * 3_000_000)]
    caller = Caller(server, limits=Limits(most_bytes=2_000_000))
    with pytest.raises(SourceError, match="larger than 2,000,000 bytes"):
        caller.fetch(IDS)
    assert caller.requests == 1


def test_a_packed_reply_that_swells_is_given_up(server: Server) -> None:
    server.faults = [
        Fault("bomb", lambda asked, right: Reply(body=b" " * 30_000_000, gzipped=True)),
    ]
    caller = Caller(server, limits=Limits(most_bytes=2_000_000))
    with pytest.raises(SourceError, match="larger than 2,000,000 bytes"):
        caller.fetch(IDS)


def test_a_server_that_is_not_there_is_told(server: Server) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(SourceError, match=r"failed 6 times: 127\.0\.0\.1 refuses the connection"):
            Caller(server, base=base).count("ketamine")


def test_a_server_that_does_not_speak_http_is_told(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            for _each in range(2):
                connection, _ = listening.accept()
                connection.recv(1 << 16)
                connection.sendall(b"220 mail.example.org ESMTP\r\n")
                connection.close()

        talking = Thread(target=talk)
        talking.start()
        base = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(SourceError, match=r"the connection to 127\.0\.0\.1 broke"):
            Caller(server, base=base, retries=1).count("ketamine")
        talking.join()


def test_a_name_that_is_not_found_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*how: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceError, match=r"eutils\.ncbi\.nlm\.nih\.gov is not found") as failed:
        Caller(server, base="").count("ketamine")
    assert "Internet" in failed.value.hint


def test_a_certificate_that_is_not_valid_is_not_asked_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def shake(self: ssl.SSLContext, sock: socket.socket, **how: object) -> None:
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.verify_message = "self-signed certificate"
        raise error

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", shake)
    caller = Caller(server, base=server.url.replace("http:", "https:"), key=KEY)
    with pytest.raises(SourceError, match=r"certificate of 127\.0\.0\.1 is not valid \(self-signed"):
        caller.count("ketamine")
    assert caller.requests == 1
    assert server.log == []


def test_a_proxy_that_refuses_is_told_and_never_sees_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            connection, _ = listening.accept()
            seen.append(connection.recv(1 << 16))
            connection.sendall(b"HTTP/1.1 403 Not \x1b[31mtoday\r\nContent-Length: 0\r\n\r\n")
            connection.close()

        refusing = Thread(target=refuse)
        refusing.start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{listening.getsockname()[1]}/")
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(SourceError, match=r"Tunnel connection failed: 403 Not .\[31mtoday") as failed:
            Caller(server, base="", key=KEY, retries=0).count("ketamine")
        refusing.join()
    assert seen[0].startswith(b"CONNECT eutils.ncbi.nlm.nih.gov:443 HTTP/1.")
    assert KEY.encode() not in seen[0]
    assert str(failed.value).isprintable()


# --- redirects


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_key_is_not_sent_there(server: Server, code: int) -> None:
    with serve(made_up(1), keys=[KEY]) as elsewhere:
        server.faults = [faults.redirect(f"{elsewhere.url}efetch.fcgi", code)]
        caller = Caller(server, key=KEY)
        with pytest.raises(SourceError, match=f"HTTP {code}, a redirect to 127.0.0.1") as failed:
            caller.fetch(IDS)
        assert elsewhere.log == []
    assert len(server.log) == 1
    assert failed.value.hint


@pytest.mark.parametrize("location", ["", "//", "http://[", "file:///etc/passwd", "http://\x1b[31m/", "/entrez/here"])
def test_an_odd_redirect_is_told_safely(server: Server, location: str) -> None:
    server.faults = [faults.redirect(location)]
    with pytest.raises(SourceError, match="HTTP 302, a redirect to ") as failed:
        Caller(server).fetch(IDS)
    assert str(failed.value).isprintable()


# --- the key


def shown(failed: BaseException) -> str:
    """All that a traceback with locals shows of the frames below the test, and of what came before."""
    assert failed.__traceback__ is not None
    below = failed.__traceback__.tb_next
    told = traceback.TracebackException(type(failed), failed, below, capture_locals=True)
    return "".join(told.format()) + repr(failed) + repr(vars(failed)) + str(failed.__context__)


ECHO = f'{{"error":"API key {KEY} invalid","api-key":"{KEY}"}}'.encode()


@pytest.mark.parametrize(
    "fault",
    [
        *PASSING,
        *HURRIED,
        *PERMANENT,
        faults.redirect(f"http://127.0.0.1:9/?api_key={KEY}"),
        faults.redirect(f"http://{KEY}.example.org/"),
        faults.status(503, retry_after=KEY),
        *(faults.other_body(ECHO, code=code) for code in (200, 400, 429, 500)),
        *(faults.other_body(f"<ERROR>{KEY}</ERROR>".encode(), code=code) for code in (200, 400)),
        faults.other_body(f"<html><title>{KEY}</title>".encode()),
        faults.other_body(f"<PubmedArticleSet>{KEY}".encode()),
        faults.other_body(f"<PubmedArticleSet>{KEY}</PubmedArticleSet>".encode()),
        faults.other_body(f"{KEY}={KEY}".encode()),
    ],
    ids=named,
)
def test_the_key_is_found_nowhere(server: Server, fault: Fault, capfd: pytest.CaptureFixture[str]) -> None:
    server.faults = [fault.repeated()]
    caller = Caller(server, key=KEY)
    with pytest.raises(SourceError) as failed:
        caller.fetch(IDS)
    assert all(asked.params["api_key"] == KEY for asked in server.log)
    assert KEY not in shown(failed.value)
    assert KEY not in repr([failed.value.hint, caller.said, caller.waits, vars(caller), vars(caller._wire)])
    assert KEY not in "".join(capfd.readouterr())


def test_a_wrong_key_is_told_without_being_shown() -> None:
    with serve(made_up(1), keys=["another"]) as server:
        caller = Caller(server, key=KEY)
        with pytest.raises(SourceError, match="HTTP 400: API key invalid") as failed:
            caller.count("ketamine")
    assert "NCBI_API_KEY" in failed.value.hint
    assert KEY not in shown(failed.value)
    assert caller.requests == 1


def test_a_key_that_a_right_answer_echoes_is_taken_out(server: Server) -> None:
    found = Caller(server, key=KEY).search(f"{KEY} OR ketamine")
    assert KEY not in repr(found)
    assert "[key]" in repr(found)


def test_a_key_that_is_a_word_spoils_no_record_and_is_told_in_no_error() -> None:
    with serve(made_up(20), keys=["patients"]) as server:
        right = Caller(server).fetch(IDS)
        caller = Caller(server, key="patients")
        assert caller.fetch(IDS) == right
        server.faults = [faults.other_body(b"<ERROR>patients</ERROR>").repeated()]
        with pytest.raises(SourceError) as failed:
            caller.fetch(IDS)
    assert "patients" not in f"{failed.value} {caller.said}"


def test_a_request_begun_after_the_halt_ends_too(server: Server) -> None:
    server.faults = [faults.silence()]
    halt = Halt()
    halt.stop()
    wire = Wire(base_from(server.url), Key(KEY), Limits())
    with pytest.raises(Wrong):
        wire.send(Request("https://eutils.ncbi.nlm.nih.gov/entrez/eutils/esearch.fcgi?db=pubmed"), halt)


def test_all_faults_of_the_stand_in_are_met(server: Server) -> None:
    for fault in faults.every():
        server.faults = [fault]
        caller = Caller(server)
        if fault.name in {named.name for named in PERMANENT}:
            with pytest.raises(SourceError):
                caller.fetch(IDS)
        else:
            assert caller.fetch(IDS), fault.name
