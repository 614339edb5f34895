"""Data Docs in Airflow's UI: what the checks said of each file, for those who are signed in."""

from __future__ import annotations

from typing import ClassVar

from airflow.plugins_manager import AirflowPlugin
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import FileResponse, RedirectResponse

PREFIX = "/giamngheo/data-docs"


def _app() -> FastAPI:
    from airflow.api_fastapi.core_api.security import get_user

    app = FastAPI(title="Data Docs", openapi_url=None, dependencies=[Depends(get_user)])

    @app.get("/")
    def front() -> RedirectResponse:
        """The list of sectors and periods."""
        return RedirectResponse(f"{PREFIX}/index.html")

    @app.get("/{path:path}")
    def page(path: str) -> FileResponse:
        """One page. Nothing outside of the folder, nothing that is no page, nothing that could run."""
        from etl.settings import settings

        folder = settings().data_docs.resolve()
        place = (folder / path).resolve()
        if folder not in place.parents or place.suffix != ".html" or not place.is_file():
            raise HTTPException(404, "Chưa có trang này: các trang được lập sau khi số liệu được kiểm tra.")
        safe = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"}
        return FileResponse(place, headers=safe)

    return app


class DataDocsPage(AirflowPlugin):
    """A page of the UI and what it shows."""

    name = "giamngheo_data_docs"
    fastapi_apps: ClassVar = [{"app": _app(), "url_prefix": PREFIX, "name": "Data Docs"}]
    external_views: ClassVar = [
        {
            "name": "Kiểm tra số liệu",
            "href": f"{PREFIX}/index.html",
            "destination": "nav",
            "category": "browse",
            "url_route": "data-docs",
        }
    ]
