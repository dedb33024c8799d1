"""What goes over the wire of the stand-in server: a request as it was understood, a reply, and how a reply is sent."""

from __future__ import annotations

import gzip
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Final

XML: Final = "text/xml; charset=UTF-8"
JSON: Final = "application/json; charset=UTF-8"
TEXT: Final = "text/plain; charset=UTF-8"
HTML: Final = "text/html; charset=UTF-8"


@dataclass
class Asked:
    """One request as the log keeps it.

    `at`: when it came, in seconds of the server's stopwatch. `together`: how many requests were being answered at
    that moment, this one included. `status` and `fault` (the name of the fault it met) are filled in by the answer.
    """

    number: int
    at: float
    method: str
    path: str
    utility: str  # "esearch", "efetch" ..., "" for an address that is none
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    caller: str = "127.0.0.1"
    together: int = 1
    status: int = 0
    fault: str = ""

    @property
    def ids(self) -> list[str]:
        """The numbers asked for by `id=`."""
        return [each for each in self.params.get("id", "").replace(" ", ",").split(",") if each]


@dataclass
class Reply:
    """What is answered, and how it is sent.

    `cut`: only this share of the data as encoded is sent.
    `promised`: added to Content-Length. `ending`: "close" in good order, "reset" the connection, "hang" until the
    test releases it; "drop" and "silence" come before the first byte. `step`: bytes a write, 0 for all at once.
    `chunked`: sent in chunks, without Content-Length.
    """

    status: int = 200
    kind: str = XML
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    gzipped: bool = False
    cut: float = 1.0
    promised: int = 0
    ending: str = "close"
    step: int = 0
    chunked: bool = False

    def encoded(self) -> bytes:
        """The bytes of the body as the headers promise them, before anything goes wrong."""
        return gzip.compress(self.body, compresslevel=1, mtime=0) if self.gzipped else self.body

    def sent(self) -> bytes:
        """The part of the data that is sent."""
        data = self.encoded()
        return data[: int(len(data) * self.cut)]

    def head(self, length: int) -> list[tuple[str, str]]:
        """The headers, if so many bytes are sent."""
        made = [("Content-Type", self.kind), *self.headers.items()]
        if self.gzipped:
            made.append(("Content-Encoding", "gzip"))
        if self.chunked:
            made.append(("Transfer-Encoding", "chunked"))
        else:
            made.append(("Content-Length", str(length + self.promised)))
        return made


def send(reply: Reply, data: bytes, connection: socket.socket, released: Event, done: Callable[[], None]) -> bool:
    """Send a reply's body after its headers; True if the connection may serve another request.

    `done` is called before the last byte goes out, so that a caller who asks again at once is alone.
    """
    step = reply.step or max(len(data), 1)
    for start in range(0, len(data), step):
        piece = data[start : start + step]
        if start + step >= len(data) and reply.ending != "hang":
            done()
        connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if reply.chunked else piece)
    if reply.ending == "hang":
        released.wait()
        return False
    if reply.ending == "reset":
        # with a linger of no seconds, closing sends RST instead of FIN
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    if reply.chunked:
        connection.sendall(b"0\r\n\r\n")
    return reply.promised == 0 and not reply.step


Change = Callable[[Asked, Reply], Reply]
