"""Messages between a worker and its helper: a length, then a pickle."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!Q")


def send(line: socket.socket, message: Any) -> None:
    """One message. Raises OSError when the other side is gone."""
    content = pickle.dumps(message)
    line.sendall(_LENGTH.pack(len(content)) + content)


def receive(line: socket.socket) -> Any:
    """The next message; None when the other side is gone. Raises TimeoutError as the socket is set to."""
    head = _exactly(line, _LENGTH.size)
    content = head and _exactly(line, _LENGTH.unpack(head)[0])
    return pickle.loads(content) if content else None  # noqa: S301 - both sides are this very program


def _exactly(line: socket.socket, size: int) -> bytes | None:
    parts = []
    while size:
        part = line.recv(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
