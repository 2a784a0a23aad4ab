"""Which pages of other origins may call an address with a token, never with cookies."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from settings import Settings


PREFLIGHT_SECONDS = 600
EXPOSED = ("Retry-After", "WWW-Authenticate", "Content-Disposition")


def cross_origin(settings: Settings, *methods: str) -> Middleware:
    """Let the listed origins call an address by *methods*."""
    return Middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_methods=list(methods),
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=list(EXPOSED),
        max_age=PREFLIGHT_SECONDS,
    )
