"""A slow line on this machine: one bottleneck for all connections, and a delay for each request.

It is shaped at the socket, because shaping in the browser misses what a worker fetches by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from build_scripts.serve import SiteHandler, serving

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: Bytes that go over the line in one piece, so that connections share it fairly.
PIECE = 1460


@dataclass(kw_only=True)
class Line:
    """A line of `mbps` megabits a second and `latency` seconds from a request to its answer.

    `sent` is what has gone over it: for each path the bytes of its answers, headers included.
    """

    name: str
    mbps: float
    latency: float
    sent: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _free: float = 0.0

    def carry(self, path: str, size: int) -> None:
        """Wait until so many bytes have had their turn."""
        with self._lock:
            self.sent[path] = self.sent.get(path, 0) + size
            self._free = max(self._free, time.monotonic()) + size * 8 / (self.mbps * 1_000_000)
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))


def lines() -> tuple[Line, ...]:
    """The lines of the measurements: this machine itself, a usual one, and a train's."""
    return (
        Line(name="loopback", mbps=100_000, latency=0),
        Line(name="10 Mbps, 40 ms", mbps=10, latency=0.04),
        Line(name="1.6 Mbps, 150 ms", mbps=1.6, latency=0.15),
    )


class ShapedHandler(SiteHandler):
    """The site over a line."""

    def __init__(self, *args: Any, line: Line, **options: Any) -> None:
        self.line = line
        super().__init__(*args, **options)

    def setup(self) -> None:
        """Put the line between the answers and the socket."""
        super().setup()
        self.wfile = _Slow(self.wfile, self)

    def parse_request(self) -> bool:
        """Read a request, which has had its way to go."""
        parsed = super().parse_request()
        time.sleep(self.line.latency)
        return parsed


class _Slow(BufferedIOBase):
    """A stream whose bytes wait for the line."""

    def __init__(self, stream: BufferedIOBase, handler: ShapedHandler) -> None:
        self._stream = stream
        self._handler = handler

    def write(self, content: Buffer) -> int:
        """Send the bytes as the line takes them."""
        whole = memoryview(content)
        path = getattr(self._handler, "path", "")
        for start in range(0, len(whole), PIECE):
            piece = whole[start : start + PIECE]
            self._handler.line.carry(path, len(piece))
            self._stream.write(piece)
        return len(whole)

    def flush(self) -> None:
        """Send what the stream below still holds."""
        self._stream.flush()

    def close(self) -> None:
        """Close the stream below as well, once it has sent what it still holds."""
        try:
            super().close()
        finally:
            self._stream.close()


@contextmanager
def shaped(folder: Path, line: Line, handler: type[ShapedHandler] = ShapedHandler) -> Iterator[str]:
    """Serve `folder` over `line` while the context lasts; gives the address."""
    with serving(folder, handler=partial(handler, line=line)) as address:
        yield address
