from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World


@pytest.fixture
async def service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A service whose schema can be explored without signing in."""
    service = World(sqlite_url, tmp_path, anonymous_introspection=True)
    yield service
    await service.close()


@pytest.fixture(params=["anonymous", "signed in"])
async def caller(request: pytest.FixtureRequest, service: World) -> dict[str, str]:
    """The headers of a caller: once without a token, once with one."""
    if request.param == "anonymous":
        return {}
    return {"Authorization": f"Bearer {await service.token(await service.user())}"}
