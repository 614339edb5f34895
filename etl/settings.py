"""One typed place for paths, the warehouse URL and limits.

Everything is read from the environment (``GIAMNGHEO_*``), with defaults that work from a fresh clone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds etl/, dags/, expectations/ and warehouse_sql/."""

SECTORS = ("register", "credit", "health_insurance", "education", "housing", "water")
"""The agencies that send data, in the order in which their datasets depend on one another."""


@dataclass(frozen=True)
class Limits:
    """What one file may ask for. Absolute caps: how well a file is packed says nothing about who sent it."""

    file_bytes: int
    streamed_bytes: int
    entries: int
    sheets: int
    columns: int
    cells: int
    memory: int
    seconds: float


class Settings(BaseSettings):
    """Where things are kept and how much a single file may ask for."""

    model_config = SettingsConfigDict(env_prefix="GIAMNGHEO_", extra="ignore", frozen=True)

    home: Path = Field(default=Path("data"), description="inbox, outbox, archive, reports, postgres, airflow")
    warehouse_url: str | None = Field(
        default=None, description="SQLAlchemy URL of a given PostgreSQL; unset: an embedded one is started"
    )
    reviewed: Path = Field(
        default_factory=lambda given: Path(given["home"]) / "reviewed",
        description="waivers.yml, corrections.yml, aliases.yml; default: reviewed/ below home",
    )
    settle_seconds: float = Field(default=1.0, ge=0, description="a drop must not change for this long")
    endless_seconds: float = Field(
        default=30.0,
        ge=0,
        description="text, pages, XML and .xls have no end mark: they must lie untouched for this long",
    )
    incomplete_seconds: float = Field(
        default=60.0, ge=0, description="a file that breaks off is waited for until it is this old, then answered"
    )
    watch_seconds: float = Field(
        default=3600.0, ge=0, description="content that arrives for a file so long after it was taken is a new drop"
    )
    max_file_bytes: int = Field(default=512 * 1024**2, gt=0, description="of a file as it was dropped")
    max_streamed_bytes: int = Field(default=2 * 1024**3, gt=0, description="of all that a workbook or zip unpacks to")
    max_entries: int = Field(default=10_000, gt=0, description="parts of a workbook, files in a zip")
    max_sheets: int = Field(default=1_000, gt=0)
    max_columns: int = Field(default=16_384, gt=0, description="of a text file or a page; a workbook has no more")
    max_cells: int = Field(default=20_000_000, gt=0, description="cells with a value, and of the area that they span")
    max_memory_bytes: int = Field(default=3 * 1024**3, gt=0, description="of the process that reads one file")
    max_seconds: float = Field(default=300.0, gt=0, description="of reading one file")
    keep_answers_days: int = Field(default=400, gt=0, description="answers in the outbox, since they were written")
    keep_rejected_days: int = Field(default=400, gt=0, description="originals of files that were rejected as a whole")
    data_docs_periods: int = Field(default=8, gt=0, description="the newest periods of which Data Docs are kept")
    least_completeness: float = Field(
        default=0.5, ge=0, le=1, description="of the sources that a quarter needs: with fewer nothing is published"
    )
    quarter_deadline_working_days: int = Field(default=15, ge=0, description="working days after quarter's end")
    holidays: Annotated[tuple[date, ...], NoDecode] = Field(
        default=(), description="days off besides those of fixed date (Tết, days in lieu): 2019-02-04,2019-02-05"
    )

    @field_validator("holidays", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return [day for part in value.split(",") if (day := part.strip())] if isinstance(value, str) else value

    @field_validator("home", "reviewed")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def limits(self) -> Limits:
        """What one file may ask for."""
        return Limits(
            self.max_file_bytes, self.max_streamed_bytes, self.max_entries, self.max_sheets, self.max_columns,
            self.max_cells, self.max_memory_bytes, self.max_seconds,
        )  # fmt: skip

    @property
    def inbox(self) -> Path:
        """``inbox/<sector>/``: where sectors drop files."""
        return self.home / "inbox"

    @property
    def outbox(self) -> Path:
        """``outbox/<sector>/``: where their answers appear."""
        return self.home / "outbox"

    @property
    def archive(self) -> Path:
        """Every file ever received, by sha256, and what each step made of it."""
        return self.home / "archive"

    @property
    def reports(self) -> Path:
        """Published reports."""
        return self.home / "reports"

    @property
    def data_docs(self) -> Path:
        """Data Docs: ``data_docs/<sector>/<period>/``, what the checks said."""
        return self.home / "data_docs"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's cluster."""
        return self.home / "postgres"

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME of the local stack."""
        return self.home / "airflow"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
