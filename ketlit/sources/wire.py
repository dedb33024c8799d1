"""One request over HTTP and its whole reply: bounded in time and size, to one address, and never half a body."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import Message
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    RemoteDisconnected,
)
from threading import Event, Lock
from typing import Any, Final, NamedTuple, cast
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, UnknownHandler

from ketlit import __version__
from ketlit.sources.endpoint import NCBI, Base, Key
from ketlit.sources.replies import ADDRESS, Kind, Wrong, said
from ketlit.sources.unpacking import Damaged, Unpacking

_PIECE: Final = 1 << 16


class Limits(NamedTuple):
    """`connect`, `read`: seconds for a connection, and without a byte; `total`: seconds for a request and its reply;
    `most_bytes`: the largest reply, packed or unpacked. 200 records are 2 to 4 MB.
    """

    connect: float = 20.0
    read: float = 60.0
    total: float = 120.0
    most_bytes: int = 64 << 20


DEFAULT_LIMITS: Final = Limits()


class Halt:
    """Ends, from another thread, requests that are under way and waits that are not over."""

    def __init__(self) -> None:
        self.stopped = Event()
        self._sockets: set[socket.socket] = set()
        self._lock = Lock()

    def stop(self) -> None:
        """End them: they raise Wrong. One that has no connection yet ends when it has, or in `Limits.connect`."""
        with self._lock:
            self.stopped.set()
            for each in self._sockets:
                _shut(each)

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection when stopped, at once if it is so already."""
        with self._lock:
            self._sockets.add(connection)
            if self.stopped.is_set():
                _shut(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.discard(connection)


class Answer(io.BytesIO):
    """A whole reply, unpacked and without the key, as callers of urllib's urlopen expect it: a file with headers."""

    def __init__(self, body: bytes, status: int, headers: Message, url: str) -> None:
        super().__init__(body)
        self.status = status
        self.headers = headers
        self.url = url


class Wire:
    """Sends requests to `base` and nowhere else. `stopwatch`: seconds that only grow, for the total time."""

    def __init__(
        self,
        base: Base,
        key: Key | None,
        limits: Limits,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base
        self._key = key
        self._limits = limits
        self._stopwatch = stopwatch
        self._context = ssl.create_default_context() if base.url.startswith("https:") else None

    def send(self, request: Request, halt: Halt) -> Answer:
        """The reply to a request made for NCBI's address, which is asked of `base`, by POST, with the key in the body.

        Redirects are not followed: a reply is given back whatever its status. Raises Wrong where there is none, or
        only a part of one.
        """
        connection = _Connecting(self._limits, self._stopwatch, halt)
        try:
            with self._opener(connection).open(self._posted(request), timeout=self._limits.connect) as response:
                return self._answer(response)
        except (OSError, HTTPException) as error:
            wrong = self._wrong(error.reason if isinstance(error, URLError) else error)
        finally:
            connection.close()
        raise wrong  # outside of the handler: what was raised there knows the request, and with it the key

    def _posted(self, request: Request) -> Request:
        address, _, query = request.full_url.partition("?")
        if isinstance(request.data, bytes):
            query = request.data.decode("ascii")
        fields = [field for field in query.split("&") if not field.endswith("=")]
        if self._key is not None:
            fields.append(self._key.field())
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": f"ketlit/{__version__}",
            "Accept-Encoding": "gzip",
        }
        url = self._base.url + address.rpartition("/")[2]
        return Request(url, "&".join(fields).encode("ascii"), headers, method="POST")

    def _opener(self, connection: _Connecting) -> OpenerDirector:
        """Without urllib's handlers for redirects, errors, cookies and passwords; to this machine without a proxy."""
        opener = OpenerDirector()
        opener.add_handler(ProxyHandler({} if self._base.loopback else None))
        # one of them alone: an HTTPSHandler without a context reads all certificates anew
        own = _Http(connection) if self._context is None else _Https(connection, self._context)
        opener.add_handler(own)
        opener.add_handler(UnknownHandler())
        return opener

    def _answer(self, response: HTTPResponse) -> Answer:
        packed = bytearray()
        while piece := response.read1(_PIECE):
            packed += piece
            if len(packed) > self._limits.most_bytes:
                raise self._too_large()
        promised = response.headers.get("Content-Length", "")
        if promised.isascii() and promised.isdigit() and len(packed) != int(promised):
            raise Wrong(Kind.RETRY, f"the reply is cut short: {len(packed)} of {promised} bytes")
        body = self._unpacked(bytes(packed), response.headers.get("Content-Encoding", "identity").strip().lower())
        headers = Message()
        for name, value in response.headers.items():
            headers[name] = self.without_key(value)
        if self._key is not None and (self._key.unmistakable or response.status != 200):
            body = self._key.hide(body)
        return Answer(body, response.status, headers, self._base.url)

    def without_key(self, text: str) -> str:
        """What the server said, with the key taken out: it repeats a wrong one."""
        return text if self._key is None else self._key.hide(text.encode("utf-8", "replace")).decode("utf-8")

    def _unpacked(self, packed: bytes, encoding: str) -> bytes:
        if encoding in ("", "identity"):
            return packed
        if encoding not in ("gzip", "x-gzip"):
            raise Wrong(Kind.RETRY, f"the reply is packed in a way that was not asked for ({encoding[:20]!r})")
        body = bytearray()
        try:
            for piece in Unpacking(io.BytesIO(packed)):
                body += piece
                if len(body) > self._limits.most_bytes:
                    raise self._too_large()
        except Damaged as error:
            raise Wrong(Kind.RETRY, f"the reply cannot be unpacked: {error}") from None
        return bytes(body)

    def _too_large(self) -> Wrong:
        return Wrong(Kind.PERMANENT, f"the reply is larger than {self._limits.most_bytes:,} bytes")

    def _wrong(self, error: BaseException | str) -> Wrong:
        """What a failure below HTTP is to a user. What cannot change by asking again is permanent."""
        host, own = self._base.host, self._base.url == NCBI
        if isinstance(error, ssl.SSLCertVerificationError):
            return Wrong(
                Kind.PERMANENT,
                f"the certificate of {host} is not valid ({error.verify_message})",
                hint="a proxy or a network's login page may stand between; the key was not sent",
            )
        if isinstance(error, TimeoutError):
            return Wrong(Kind.RETRY, f"{host} did not answer in time")
        if isinstance(error, socket.gaierror):
            online = "is there a connection to the Internet?"
            return Wrong(Kind.RETRY, f"{host} is not found", hint=online if own else ADDRESS)
        if isinstance(error, ConnectionRefusedError):
            return Wrong(Kind.RETRY, f"{host} refuses the connection", hint="" if own else ADDRESS)
        if isinstance(error, RemoteDisconnected):
            return Wrong(Kind.RETRY, f"{host} closed the connection without an answer")
        if isinstance(error, IncompleteRead):
            return Wrong(Kind.RETRY, "the reply is cut short")
        # HTTPException's texts may be bytes that the server sent; OSError's are the system's, or a proxy's answer
        words = (error.strerror or said(str(error).encode())) if isinstance(error, OSError) else ""
        return Wrong(Kind.RETRY, f"the connection to {host} broke ({words or type(error).__name__})")


class _Connecting:
    """Makes the connection of one request; its socket can be shut by `halt`, its reply ends with the total time."""

    def __init__(self, limits: Limits, stopwatch: Callable[[], float], halt: Halt) -> None:
        self._limits = limits
        self._stopwatch = stopwatch
        self._end = stopwatch() + limits.total
        self._halt = halt
        self._sockets: list[socket.socket] = []

    def plain(self, host: str, **how: Any) -> HTTPConnection:
        return self._set_up(_Plain(host, **how))

    def secure(self, host: str, **how: Any) -> HTTPConnection:
        return self._set_up(_Secure(host, **how))

    def connected(self, connection: socket.socket) -> None:
        self._sockets.append(connection)
        self._halt.watch(connection)

    def close(self) -> None:
        for each in self._sockets:
            self._halt.forget(each)

    def before_reading(self, connection: socket.socket) -> None:
        """Give the next read no more time than is left."""
        left = self._end - self._stopwatch()
        if left <= 0:
            raise TimeoutError("the total time is over")
        connection.settimeout(min(self._limits.read, left))

    def _set_up(self, connection: _Plain | _Secure) -> HTTPConnection:
        connection.on_connect = self.connected
        # http.client calls it with the socket, which is all that a response class is for here
        connection.response_class = cast(type[HTTPResponse], partial(_Response, self.before_reading))
        return connection


class _Plain(HTTPConnection):
    on_connect: Callable[[socket.socket], None]

    def connect(self) -> None:
        super().connect()
        self.on_connect(self.sock)


class _Secure(HTTPSConnection):
    on_connect: Callable[[socket.socket], None]

    def connect(self) -> None:
        super().connect()
        self.on_connect(self.sock)


class _Response(HTTPResponse):
    """A response that looks at the time before each read, of its head too: a byte a second does not go on for ever."""

    def __init__(self, before_reading: Callable[[socket.socket], None], sock: socket.socket, **how: Any) -> None:
        super().__init__(sock, **how)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), partial(before_reading, sock)))


class _Timed(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, before_reading: Callable[[], None]) -> None:
        self._raw = raw
        self._before_reading = before_reading

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._before_reading()
        return cast("int | None", cast(Any, self._raw).readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Http(HTTPHandler):
    def __init__(self, connecting: _Connecting) -> None:
        super().__init__()
        self._connecting = connecting

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(cast(Any, self._connecting.plain), req)


class _Https(HTTPSHandler):
    def __init__(self, connecting: _Connecting, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._connecting = connecting
        self._tls = context

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(cast(Any, self._connecting.secure), req, context=self._tls)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        # not SSLSocket's own, which takes the encryption off under a thread that reads
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
