"""What a sector is told of a file that cannot be taken: a line in its outbox, as long as that is so."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from etl import durable
from etl.faults import point
from etl.model.answer_sheet import plain_stem
from etl.model.obstacle import Hindrance, Obstacle

LOG = logging.getLogger(__name__)

SUFFIX = ".chua-nhan.txt"
_LONGEST_NAME = 255

_WHY: dict[Hindrance, str] = {
    "unreadable": (
        "hệ thống không có quyền đọc tệp «{name}». Cho phép mọi người đọc tệp này rồi chờ một phút, hoặc chép tệp thành"
        " tệp mới rồi thả lại"
    ),
    "immovable": (
        "hệ thống không lấy được tệp «{name}» khỏi thư mục: tệp đang mở ở một máy khác, hoặc thư mục không cho phép."
        " Đóng tệp nếu đang mở"
    ),
    "link": "«{name}» là lối tắt, không phải tệp. Thả chính tệp số liệu vào thư mục",
    "unlisted": "hệ thống không mở được thư mục «{name}». Thả tệp vào thư mục của ngành",
    "unfinished": "tệp «{name}» tải lên chưa xong. Tải lại tệp, rồi xoá tệp dở dang này",
}
_ELSE = "Nếu sau vài phút vẫn còn thông báo này, báo người phụ trách."


def write_notices(outbox: Path, sectors: Iterable[str], obstacles: Sequence[Obstacle]) -> None:
    """Write a notice for each obstacle into its sector's outbox; those of former obstacles go. Log each obstacle.

    A notice that cannot be written is logged: it must not keep anything else from being done.
    """
    for sector in sectors:
        folder = outbox / sector
        notices = {_place(folder, one): _line(one) for one in obstacles if one.sector == sector}
        for one in obstacles:
            if one.sector == sector:
                LOG.warning("cannot be taken (%s): %s", one.why, os.fsencode(one.path).decode("utf-8", "replace"))
        try:
            for place in folder.glob(f"*{SUFFIX}"):
                if place not in notices:
                    place.unlink(missing_ok=True)
                    point("receive.notice_removed")
            for place, line in notices.items():
                content = f"\ufeff{line}\r\n".encode()
                if not place.exists() or place.read_bytes() != content:
                    durable.write(place, content)
        except OSError as fault:
            LOG.warning("%s: notices cannot be written: %s", folder, fault)


def _place(folder: Path, obstacle: Obstacle) -> Path:
    said = f"{obstacle.folder}/{obstacle.name}"
    tail = f"__{hashlib.sha256(os.fsencode(said)).hexdigest()[:12]}{SUFFIX}"
    return folder / f"{plain_stem(_name(obstacle), _LONGEST_NAME - len(tail.encode()))}{tail}"


def _name(obstacle: Obstacle) -> str:
    return os.fsencode(obstacle.name or PurePath(obstacle.folder).name or obstacle.sector).decode("utf-8", "replace")


def _line(obstacle: Obstacle) -> str:
    return f"CHƯA NHẬN: {_WHY[obstacle.why].format(name=_name(obstacle))}. {_ELSE}".replace("\n", " ")
