"""Messages between a worker and its helper: a length, then a pickle; an open file may go along."""

from __future__ import annotations

import os
import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("!Q")


def send(line: socket.socket, message: Any, file: int | None = None) -> None:
    """One message, with an open file (its descriptor) or none. Raises OSError when the other side is gone."""
    content = pickle.dumps(message)
    head = _LENGTH.pack(len(content))
    socket.send_fds(line, [head], [] if file is None else [file])
    line.sendall(content)


def receive(line: socket.socket) -> tuple[Any, int | None]:
    """The next message, and the file that came with it; (None, None) when the other side is gone.

    Raises TimeoutError as the socket is set to.
    """
    head, files, _, _ = socket.recv_fds(line, _LENGTH.size, 1)
    file = files[0] if files else None
    rest = _exactly(line, _LENGTH.size - len(head)) if head else None
    content = None if rest is None else _exactly(line, _LENGTH.unpack(head + rest)[0])
    if content is None:
        if file is not None:
            os.close(file)
        return None, None
    return pickle.loads(content), file  # noqa: S301 - both sides are this very program


def _exactly(line: socket.socket, size: int) -> bytes | None:
    parts = []
    while size:
        part = line.recv(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
