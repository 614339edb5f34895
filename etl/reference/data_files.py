"""Reading the reference files beside this module."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    """A csv of ``etl/reference/data`` as one dict a row, every value text."""
    with (_HERE / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def json_of(name: str) -> Any:
    """A json file of ``etl/reference/data``."""
    return json.loads((_HERE / "data" / name).read_text(encoding="utf-8"))


def yaml_of(name: str) -> Any:
    """A YAML file of ``etl/reference``."""
    return yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))
