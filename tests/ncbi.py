"""The stand-in for NCBI's E-utilities: a world of PubMed records served over real HTTP on this machine.

    with serve(world) as server:
        server.url          # http://127.0.0.1:PORT/entrez/eutils/
        server.faults = [faults.too_many("2"), None, faults.cut_xml().at("efetch")]
        server.log[-1].params

By hand, or for benchmarks: python tests/ncbi.py --records 10000 --port 8080 [--latency 50] [--enforce-rate] [FILE ...]
"""

from __future__ import annotations

import argparse
import sys
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

if __name__ == "__main__":  # as a program, the folder above is not yet where modules are looked for
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.eutils_faults import Fault, Script, next_fault, page, rate_body
from tests.eutils_replies import Desk
from tests.eutils_wire import HTML, JSON, Asked, Reply, send
from tests.eutils_world import World

__all__ = ["Fault", "Server", "World", "made_up", "main", "serve"]

HERE: Final = "/entrez/eutils/"
_UTILITIES: Final = {
    f"{name}.{end}": name
    for name in ("einfo", "esearch", "epost", "efetch", "esummary", "elink", "ecitmatch")
    for end in ("fcgi", "cgi")
}
# Requests a second of one address without a key, or of one key
WITHOUT_KEY: Final = 3
WITH_KEY: Final = 10
# The live web servers refuse longer addresses, some hundred ids in a GET
_LONGEST_LINE: Final = 8000


class Server:
    """The stand-in. All its attributes may be changed while it runs.

    `keys`: the API keys it knows; another one is refused. `enforce_rate`: 429 above 3 requests a second, 10 with a
    key. `latency`: seconds before each answer, for benchmarks alone. `stopwatch`: seconds that only grow, for the log
    and the rate. `faults`: see `eutils_faults`. `log`: every request, in the order they came.
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        keys: Sequence[str] = (),
        enforce_rate: bool = False,
        latency: float = 0.0,
        scalars: bool = False,
        stopwatch: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.world = world
        self.desk = Desk(world, scalars)
        self.keys = set(keys)
        self.enforce_rate = enforce_rate
        self.latency = latency
        self.stopwatch = stopwatch
        self.sleep = sleep
        self.faults: Script = []
        self.log: list[Asked] = []
        self.released = Event()
        self._lock = Lock()
        self._answering: set[int] = set()
        self._recent: dict[str, deque[float]] = {}
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._http = _Listener(("127.0.0.1", port), handler)
        self.port: int = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}{HERE}"
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def start(self) -> Server:
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop; hanging replies are let go."""
        self.release()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def release(self) -> None:
        """Let hanging replies end, those of now and of later."""
        self.released.set()

    def forget_history(self) -> None:
        """All WebEnv expire, as some eight hours after they were made."""
        self.desk.history.clear()

    # --- for assertions

    def asked(self, utility: str = "") -> list[Asked]:
        """The requests so far, of one utility or of all."""
        return [each for each in self.log if utility in ("", each.utility)]

    @property
    def most_together(self) -> int:
        """How many requests were answered at the same time, at most."""
        return max((each.together for each in self.log), default=0)

    def busiest(self, seconds: float = 1.0) -> int:
        """The most requests that came within a time of this length."""
        times = sorted(each.at for each in self.log)
        return max((bisect_left(times, start + seconds) - before for before, start in enumerate(times)), default=0)

    # --- answering

    def enter(self, asked: Asked) -> None:
        with self._lock:
            asked.number, asked.at = len(self.log) + 1, self.stopwatch()
            self._answering.add(asked.number)
            asked.together = len(self._answering)
            self.log.append(asked)

    def leave(self, asked: Asked) -> None:
        with self._lock:
            self._answering.discard(asked.number)

    def reply(self, asked: Asked) -> Reply:
        """What this request is answered: refused, right, or with the fault that is its turn."""
        if self.latency:
            self.sleep(self.latency)
        with self._lock:
            fault = next_fault(self.faults, asked)
        reply = self._refused(asked) or self.desk.answer(asked) or Reply(404, HTML, page(404))
        if fault is not None:
            asked.fault = fault.name
            reply = fault.change(asked, reply)
        asked.status = reply.status
        return reply

    def _refused(self, asked: Asked) -> Reply | None:
        key = asked.params.get("api_key", "")
        if len(asked.path) > _LONGEST_LINE:
            return Reply(414, HTML, page(414))
        if key and key not in self.keys:
            return Reply(
                400,
                JSON,
                f'{{"error":"API key invalid","api-key":"{key}","type":"invalid","status":"unknown"}}\n'.encode(),
            )
        limit = WITH_KEY if key else WITHOUT_KEY
        count = self._count(key or asked.caller, asked.at)
        if self.enforce_rate and count > limit:
            headers = {"Retry-After": "2", "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "0"}
            return Reply(429, JSON, rate_body(key or asked.caller, count, limit), headers)
        return None

    def _count(self, caller: str, at: float) -> int:
        """Requests of this caller within the second that ends now."""
        with self._lock:
            recent = self._recent.setdefault(caller, deque())
            while recent and recent[0] <= at - 1:
                recent.popleft()
            recent.append(at)
            return len(recent)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no matter; anything else is a fault of the stand-in, and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    stand_in: Server
    protocol_version = "HTTP/1.1"
    server_version = "Finatra"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(urlsplit(self.path).query, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer("&".join(filter(None, [urlsplit(self.path).query, body.decode("utf-8", "replace")])), body)

    def _answer(self, parameters: str, body: bytes) -> None:
        path = urlsplit(self.path).path
        asked = Asked(
            number=0,
            at=0.0,
            method=self.command,
            path=self.path,
            utility=_UTILITIES.get(path.removeprefix(HERE), "") if path.startswith(HERE) else "",
            params=_parameters(parameters),
            headers={name.casefold(): value for name, value in self.headers.items()},
            body=body,
            caller=self.client_address[0],
        )
        self.stand_in.enter(asked)
        try:
            self._send(asked, self.stand_in.reply(asked))
        finally:
            self.stand_in.leave(asked)

    def _send(self, asked: Asked, reply: Reply) -> None:
        def done() -> None:
            self.stand_in.leave(asked)

        if reply.ending == "silence":
            self.stand_in.released.wait()
        if reply.ending in ("drop", "silence"):
            self.close_connection = True
            return
        data = reply.sent()
        self.send_response(reply.status)
        for name, value in reply.head(len(data)):
            self.send_header(name, value)
        if not data and reply.ending == "close":
            done()
        self.end_headers()
        keep = send(reply, data, self.connection, self.stand_in.released, done)
        self.close_connection = self.close_connection or not keep

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.stand_in.world.now, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """The log is `Server.log`."""


def _parameters(text: str) -> dict[str, str]:
    """Parameters by name; several `id` are one list; WebEnv is known in either spelling."""
    params: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        name = "WebEnv" if name.casefold() == "webenv" else name
        params[name] = f"{params[name]},{value}" if name == "id" and "id" in params else value
    return params


@contextmanager
def serve(world: World, **how: Any) -> Iterator[Server]:
    """A running stand-in for this world; `how` as for `Server`."""
    server = Server(world, **how).start()
    try:
        yield server
    finally:
        server.close()


def made_up(number: int, world: World | None = None) -> World:
    """A world of so many records on ketamine for pain and depression and on other matters, always the same."""
    world = world or World()
    drugs = ("ketamine", "esketamine", "placebo", "midazolam", "lidocaine", "morphine", "propofol")
    conditions = ("depression", "chronic pain", "fibromyalgia", "complex regional pain syndrome", "migraine")
    for each in range(number):
        drug, condition = drugs[each % len(drugs)], conditions[each % len(conditions)]
        world.new(
            10_000_001 + each,
            title=f"{drug.title()} for {condition}: report {each}.",
            abstract=f"We gave {drug} to {20 + each % 80} patients with {condition}. Scores fell by {each % 9} points.",
            authors=(f"Doe{each % 997} Jane A", f"Roe{each % 89} Richard"),
            year=1990 + each % 36,
            month=1 + each % 12,
            mesh=(f"*{drug.title()}/therapeutic use", "Humans"),
            doi=f"10.1000/test.{each}",
            pages=f"{each % 900 + 1}-{each % 900 + 9}",
            created=None if each % 50 else world.today,
        )
    return world


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted; the address stands on the first line of the output."""
    parser = argparse.ArgumentParser(description="A stand-in for NCBI's E-utilities on this machine.")
    parser.add_argument("files", nargs="*", type=Path, help="PubMed XML files to serve (.xml, .xml.gz)")
    parser.add_argument("--records", type=int, default=0, help="make up so many records")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds before each answer")
    parser.add_argument("--enforce-rate", action="store_true", help="429 above 3 requests a second, 10 with a key")
    parser.add_argument("--key", action="append", default=[], help="an API key to accept")
    chosen = parser.parse_args(arguments)
    world = made_up(chosen.records)
    world.load(*chosen.files)
    how = {
        "port": chosen.port,
        "latency": chosen.latency / 1000,
        "enforce_rate": chosen.enforce_rate,
        "keys": chosen.key,
    }
    with serve(world, **how) as server:
        server.desk.search.ask("ketamine")  # reads all records once, so that the first request is not slow
        print(server.url, flush=True)
        print(f"{len(world)} records", flush=True)
        try:
            server.released.wait()
        except KeyboardInterrupt:
            print(f"{len(server.log)} requests, at most {server.busiest()} in a second", flush=True)


if __name__ == "__main__":
    main()
