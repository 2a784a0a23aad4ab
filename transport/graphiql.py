"""The GraphiQL page: one document and its assets, from this origin alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from settings import Settings


BUILT_PAGE: Final = Path(__file__).resolve().parent.parent / "web" / "dist"

# The editor writes style elements and carries its icons inside its style sheets.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# The name of an asset holds a digest of its content; the document names the assets.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """The files that the build left in *folder*."""

    folder: Path

    async def document(self, request: Request) -> Response:
        """Answer the page itself, or 503 where it is not built."""
        path = self.folder / "index.html"
        if not path.is_file():
            return PlainTextResponse(
                "The GraphiQL page is not built: run `python web/build.py`.\n", 503, _HEADERS
            )
        return _answer(request, path, _ASK_EACH_TIME)

    async def asset(self, request: Request) -> Response:
        """
        Answer one asset by its name.

        Raises:
            HTTPException: 404, there is no such asset.
        """
        path = self.folder / "assets" / request.path_params["name"]
        if path.suffix not in _MEDIA_TYPES or not path.is_file():
            raise HTTPException(404)
        return _answer(request, path, _FOR_EVER)


def graphiql_routes(settings: Settings, folder: Path = BUILT_PAGE) -> list[BaseRoute]:
    """Return the routes of the page that was built into *folder*; none where it is switched off."""
    if not settings.graphiql:
        return []
    page = BuiltPage(folder)
    return [
        Route("/graphiql", page.document),
        # One path segment, so that a name never leaves the folder.
        Route("/graphiql/assets/{name}", page.asset),
    ]


def _answer(request: Request, path: Path, caching: str) -> Response:
    headers = {**_HEADERS, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    media_type = _MEDIA_TYPES[path.suffix]
    twin = path.with_name(path.name + ".gz")
    if _takes_gzip(request.headers.get("Accept-Encoding", "")) and twin.is_file():
        headers["Content-Encoding"] = "gzip"
        path = twin
    return FileResponse(path, headers=headers, media_type=media_type)


def _takes_gzip(accepted: str) -> bool:
    for entry in accepted.lower().split(","):
        coding, _, weight = entry.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
