"""The server program: its socket, what it tells at the start, how long it takes to stop."""

import os
import sys

from typing import Any, Final

import uvicorn

from starlette.types import ASGIApp

from models.demonstration.people import ACCOUNTS, PASSWORD
from settings import Settings


GRACE_SECONDS: Final = 20
"""How long a stopping server lets running operations end; longer than any may take."""


def listen(settings: Settings, application: ASGIApp) -> None:
    """Serve *application* from this process until it is told to stop."""
    server = uvicorn.Server(uvicorn.Config(application, **_options(settings)))
    # Bound before anything is announced: an address in use ends here.
    socket = server.config.bind_socket()
    _announce(settings, socket.getsockname()[1])
    server.run(sockets=[socket])


def listen_with_workers(settings: Settings, factory: str) -> None:
    """Serve from several processes, each of which calls *factory*, `module:function`."""
    # They read their own settings, and an option of the command is not in the environment.
    os.environ["WORKERS"] = str(settings.workers)
    _announce(settings, settings.port)
    uvicorn.run(factory, factory=True, workers=settings.workers, **_options(settings))


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "ws": "none",
    }


def _announce(settings: Settings, port: int) -> None:
    address = _address(settings.host, port)
    lines = [f"GraphQL   {address}/graphql"]
    if settings.graphiql:
        lines.append(f"GraphiQL  {address}/graphiql")
    lines.append(f"Sign in   {address}/auth/token")
    lines.append(f"Health    {address}/livez  {address}/readyz")
    if settings.metrics_port:
        lines.append(f"Metrics   {_address(settings.metrics_host, settings.metrics_port)}/metrics")
    if settings.demonstration:
        lines.append(f"\nDemonstration accounts, all with the password {PASSWORD}:")
        lines.extend(f"  {account.login:<22}{account.part}" for account in ACCOUNTS)
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
