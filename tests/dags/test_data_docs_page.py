"""The page of Airflow's UI that shows Data Docs: for those who are signed in, and nothing but the pages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from etl.settings import ROOT, settings

pytestmark = pytest.mark.airflow


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FastAPI:
    monkeypatch.setenv("GIAMNGHEO_HOME", str(tmp_path))
    settings.cache_clear()
    monkeypatch.setattr(sys, "path", [str(ROOT / "plugins"), *sys.path])
    from data_docs_page import DataDocsPage

    (mounted,) = DataDocsPage.fastapi_apps
    (view,) = DataDocsPage.external_views
    assert view["href"].startswith(mounted["url_prefix"])
    folder = settings().data_docs / "credit" / "2018-Q4"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<p>quý IV</p>")
    (folder / "built.json").write_text("{}")
    (tmp_path / "secret.html").write_text("secret")
    yield mounted["app"]
    mounted["app"].dependency_overrides.clear()
    settings.cache_clear()


def test_nobody_sees_it_without_signing_in(app: FastAPI) -> None:
    assert TestClient(app).get("/credit/2018-Q4/index.html").status_code == 401


def test_pages_and_nothing_else(app: FastAPI) -> None:
    from airflow.api_fastapi.core_api.security import get_user

    app.dependency_overrides[get_user] = lambda: object()
    client = TestClient(app)
    page = client.get("/credit/2018-Q4/index.html")
    assert (page.status_code, page.text) == (200, "<p>quý IV</p>")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    for path in ("/credit/2018-Q4/built.json", "/../secret.html", "/%2e%2e/secret.html", "/credit", "/nothing.html"):
        assert client.get(path).status_code == 404
