"""Whether the process lives, and whether it can serve."""

import asyncio
import time

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from models.database import Database
from models.revisions import Standing, standing_of


PATIENCE_SECONDS: Final = 1.5
KEPT_SECONDS: Final = 1.0
UNCACHED = {"Cache-Control": "no-store"}


class Health:
    """
    Answers /livez and /readyz.

    Ready means: the database answers in time, and its tables are those of this version. The
    answer is kept for a second, so that asking costs nothing.
    """

    def __init__(self, database: Database) -> None:
        """Watch *database*."""
        self._database = database
        self._asked_at = 0.0
        self._ready = False

    def routes(self) -> list[BaseRoute]:
        """Give the routes."""
        return [Route("/livez", self.live), Route("/readyz", self.ready)]

    async def live(self, _request: Request) -> Response:
        """Answer while the event loop runs."""
        return JSONResponse({"status": "alive"}, headers=UNCACHED)

    async def ready(self, _request: Request) -> Response:
        """Answer 200 when operations can be served, 503 otherwise."""
        now = time.monotonic()
        if now - self._asked_at > KEPT_SECONDS:
            self._ready = await self._is_ready()
            self._asked_at = time.monotonic()
        status = HTTPStatus.OK if self._ready else HTTPStatus.SERVICE_UNAVAILABLE
        word = "ready" if self._ready else "not ready"
        return JSONResponse({"status": word}, status, headers=UNCACHED)

    async def _is_ready(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await standing_of(self._database) == Standing.CURRENT
        except Exception:  # noqa: BLE001 - whatever hinders the database, the answer is no
            return False
