from collections.abc import AsyncIterator

import pytest

from tests.kept import Kept
from tests.world import World


@pytest.fixture
async def service(kept_sqlite_url: str, kept: Kept) -> AsyncIterator[World]:
    """A service whose schema can be explored without signing in."""
    service = World(kept_sqlite_url, kept.folder, kept, anonymous_introspection=True)
    yield service
    await service.close()


@pytest.fixture(params=["anonymous", "signed in"])
async def caller(request: pytest.FixtureRequest, service: World) -> dict[str, str]:
    """The headers of a caller: once without a token, once with one."""
    if request.param == "anonymous":
        return {}
    return {"Authorization": f"Bearer {await service.token(await service.user())}"}
