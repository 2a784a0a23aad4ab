"""An application behind a real server, so that real sockets can be tried on it."""

import threading

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from starlette.types import ASGIApp

from settings import Settings
from transport import listening


@contextmanager
def serving(application: ASGIApp) -> Iterator[int]:
    """Serve *application* on a free port of the loopback, from a thread; give the port."""
    options = listening._options(Settings(port=0))
    server = uvicorn.Server(uvicorn.Config(application, **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            assert thread.is_alive(), "the service did not start"
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
