"""What tests share: one embedded PostgreSQL a run, a fresh migrated database a test, settings of their own."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from etl import pipeline
from etl.intake import inbox
from etl.model.period import Period
from etl.settings import SECTORS, Settings
from etl.warehouse import upgrade
from etl.warehouse.embedded import create_database, serving
from samples import Sample, write_sample
from tests.scheduling import Together, place
from tests.selection import LeftOut

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
# Quarters of tests are small; what the least is for is tried where it is set.
os.environ.setdefault("GIAMNGHEO_LEAST_COMPLETENESS", "0")
hypothesis_settings.register_profile(
    "project", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("project")


def pytest_configure(config: pytest.Config) -> None:
    """Say at the end what the run left out; hand out long files first."""
    config.pluginmanager.register(LeftOut(), "left_out")
    config.pluginmanager.register(Together(), "together")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put long files first, and mark by its fixtures what needs the embedded PostgreSQL, and what is slow."""
    items.sort(key=place)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & {"server", "stage"}:
            item.add_marker(pytest.mark.warehouse)
        if fixtures & {"small", "files", "apart", "opened"}:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A small clean province, one commune a district: 2018-Q4, all nine datasets."""
    return write_sample(tmp_path_factory.mktemp("small"), Period(2018, 4), scale=0.001, communes=9, seed=3)


@pytest.fixture(scope="session")
def files(small: Sample) -> dict[tuple[str, str], Path]:
    """(dataset, unit) → its workbook in the small province; text files are left out."""
    found = {}
    for path in small.files:
        dataset, unit, _ = path.stem.rsplit("_", 2)
        if path.suffix == ".xlsx":
            found[dataset, unit] = path
    return found


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def first_to_come(marker: Path) -> Iterator[bool]:
    """Whether this process is the first to come here: it makes what the others use, and they wait for it."""
    with marker.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not marker.exists()
        marker.touch()


@pytest.fixture(scope="session")
def server(shared: Path) -> Iterator[URL]:
    """The run's PostgreSQL, with a migrated database ``template`` to copy."""
    with serving(Settings(home=shared, warehouse_url=None), durable=False) as url:
        with first_to_come(shared / "template") as is_first:
            if is_first:
                create_database(url, "template")
                engine = create_engine(url.set(database="template"), poolclass=NullPool)
                upgrade(engine)
                engine.dispose()
        yield url


@pytest.fixture
def warehouse_url(server: URL) -> str:
    """The URL of a fresh migrated database."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    create_database(server, name, template="template")
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Engine]:
    """An engine on a fresh migrated database."""
    engine = create_engine(warehouse_url, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def home(tmp_path: Path, warehouse_url: str) -> Settings:
    """Settings of an installation of its own: folders in a temporary place, a fresh warehouse."""
    return Settings(home=tmp_path / "home", warehouse_url=warehouse_url, settle_seconds=0, endless_seconds=0)


@dataclass(frozen=True)
class Ingested:
    """A province whose files have gone through the whole file journey."""

    settings: Settings
    sample: Sample
    done: tuple[pipeline.Ingested, ...]


@pytest.fixture(scope="session")
def ingested(server: URL, shared: Path) -> Ingested:
    """The sample quarter as «giamngheo sample» writes it, ingested once. Do not change it: take ``province``.

    The database ``ingested`` is a template that nobody connects to. Each process reads a copy.
    """
    kept, own = shared / "ingested.pickle", f"ingested_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with first_to_come(shared / "ingested") as is_first:
        if is_first:
            kept.write_bytes(pickle.dumps(ingest_sample(server, shared)))
    made: Ingested = pickle.loads(kept.read_bytes())  # noqa: S301
    create_database(server, own, template="ingested")
    url = server.set(database=own).render_as_string(hide_password=False)
    return Ingested(made.settings.model_copy(update={"warehouse_url": url}), made.sample, made.done)


def ingest_sample(server: URL, shared: Path) -> Ingested:
    """Write the sample quarter and take it through the file journey."""
    sample = write_sample(shared / "sample", Period(2018, 4))
    create_database(server, "ingested", template="template")
    url = server.set(database="ingested").render_as_string(hide_password=False)
    home = Settings(home=shared / "home", warehouse_url=url, settle_seconds=0, endless_seconds=0)
    drops, _ = inbox.given([shared / "sample"], SECTORS, None)
    return Ingested(home, sample, tuple(pipeline.ingest(home, drops)))


@pytest.fixture
def province(ingested: Ingested, server: URL, tmp_path: Path) -> Ingested:
    """A copy of the ingested province to change: database, archive and outbox of its own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    create_database(server, name, template="ingested")
    home = tmp_path / "home"
    shutil.copytree(ingested.settings.home, home)
    url = server.set(database=name).render_as_string(hide_password=False)
    return Ingested(
        Settings(home=home, warehouse_url=url, settle_seconds=0, endless_seconds=0), ingested.sample, ingested.done
    )


@pytest.fixture
def measured(ingested: Ingested) -> Iterator[Connection]:
    """A connection to the ingested province, rolled back afterwards."""
    engine = create_engine(ingested.settings.warehouse_url or "", poolclass=NullPool)
    with engine.connect() as conn:
        yield conn
        conn.rollback()
    engine.dispose()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the kill matrix was run: a cell is a point, a kind and the task in which it struck."""
    done = [
        str(value).split(" ")
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "kill_cells" and report.when == "call"
    ]
    if done:
        points, kinds = {cell[0] for cell in done}, {cell[1] for cell in done}
        looks = sum(int(cell[-1]) for cell in done)
        terminalreporter.write_line(
            f"kill matrix: {len(points)} points x {len(kinds)} kinds, {len(done)} cells struck;"
            f" meanwhile readers looked {looks} times"
        )
