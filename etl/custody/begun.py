"""What a forgetting has found, kept beside the archive from before its first change until it is done.

An attempt that was killed has taken the person out of files already; the next one could not find any more which they
were, whose answers show them, and what the ledger has to say about it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from etl import durable
from etl.custody.archived import Found, Sent
from etl.settings import Settings

_NAME = ".forgetting"


@dataclass(frozen=True)
class Begun:
    """salt: of the made-up names and numbers; who: tells the person from others and nothing else; files: what held the
    person; token: under which the ledger enters it, "" before anything was changed."""

    salt: bytes = field(repr=False)
    who: str
    files: tuple[Found, ...] = ()
    token: str = ""

    def with_files(self, found: Iterable[Found]) -> tuple[Found, ...]:
        """What an earlier attempt has found, and what holds the person now besides."""
        known = {one.sha256: one for one in (*found, *self.files)}
        return tuple(known[sha256] for sha256 in sorted(known))


def begun(settings: Settings, number: str) -> Begun:
    """The forgetting of a person that is under way, or a new one.

    Raises ValueError while another person's is under way.
    """
    place = _place(settings)
    if not place.exists():
        salt = secrets.token_bytes(16)
        return Begun(salt, _who(salt, number))
    kept = json.loads(place.read_text("utf-8"))
    salt = bytes.fromhex(kept["salt"])
    if kept["who"] != _who(salt, number):
        raise ValueError("the forgetting of another person was interrupted: run that again first, with the same number")
    files = tuple(
        replace(Found(**one), sent=tuple(Sent(**sent) for sent in one["sent"])) for one in kept["files"]
    )  # fmt: skip
    return Begun(salt, kept["who"], files, kept["token"])


def is_under_way(settings: Settings) -> bool:
    """Whether a forgetting was begun and not finished: running it again, with the same number, completes it."""
    return _place(settings).exists()


def keep(settings: Settings, one: Begun) -> None:
    """Keep what was found, so that only its owner can read it. Raises OSError."""
    content = {
        "salt": one.salt.hex(), "who": one.who, "token": one.token, "files": [asdict(found) for found in one.files],
    }  # fmt: skip
    durable.write(_place(settings), json.dumps(content, ensure_ascii=False).encode(), 0o600)


def finish(settings: Settings) -> None:
    """Nothing is left to do. Raises OSError."""
    _place(settings).unlink(missing_ok=True)


def _place(settings: Settings) -> Path:
    return settings.archive / _NAME


def _who(salt: bytes, number: str) -> str:
    return hashlib.sha256(salt + number.encode()).hexdigest()
