"""What one operation carries: who asks, the state he sees, and its loaders."""

import asyncio

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any

import strawberry

from models.database import Database, Snapshot
from models.paging import Listing, page, total
from models.reading import Build
from models.records import Chosen, Layout
from models.requests import LIFETIME
from resolvers.columns import chosen_by
from resolvers.invoicing import GUARDED, inform_simple_user
from resolvers.loaders import Loader
from resolvers.node_ids import NodeIds
from resolvers.pages import Page, PageArguments
from resolvers.refusals import Refusals
from resolvers.throttles import Throttles
from resolvers.tokens import current_time
from resolvers.viewer import Discretion, Viewer, read_viewer
from settings import Settings


Clock = Callable[[], datetime]
Read = Callable[["Operation", list[Any]], Awaitable[list[Any]]]


class Operation:
    """
    The context of one operation: one snapshot, one viewer, loaders of its own.

    A mutation field calls `renew` after its commit, so that what follows is read from a fresh
    snapshot with the caller's new rights.
    """

    def __init__(
        self,
        *,
        database: Database,
        settings: Settings,
        node_ids: NodeIds,
        principal: tuple[int, int] | None,
        clock: Clock = current_time,
        refusals: Refusals | None = None,
        throttles: Throttles | None = None,
    ) -> None:
        """
        Prepare for the user and session of *principal*, or for an anonymous caller.

        What rules refuse is told to *refusals*, if they are gathered; *throttles* are those of the
        process, else its own.
        """
        self.database = database
        self.settings = settings
        self.node_ids = node_ids
        self.principal = principal
        self.clock = clock
        self.refusals = refusals
        self.throttles = throttles or Throttles(settings.searches_per_minute)
        self.now = clock()
        self.viewer: Viewer | None = None
        self.snapshot: Snapshot = database.snapshot()
        self.coordinates: frozenset[str] | None = None
        self._loaders: dict[Hashable, Loader] = {}
        self._running: set[asyncio.Task[Any]] = set()

    async def open(self) -> bool:
        """Read the viewer; false if his session has ended."""
        if self.principal is None:
            return True
        self.viewer = await read_viewer(self.snapshot, *self.principal, self.now)
        return self.viewer is not None

    async def select(self, coordinates: frozenset[str]) -> None:
        """Take note of the fields at *coordinates*, and read what their rules ask for."""
        self.coordinates = coordinates
        await self._inform()

    async def _inform(self) -> None:
        if self.viewer is not None and any(map(self.selects, GUARDED)):
            await inform_simple_user(self, self.viewer)

    async def close(self) -> None:
        """End the loaders' tasks and the snapshot."""
        while self._running:
            running = list(self._running)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        self._loaders.clear()
        await self.snapshot.close()

    async def renew(self) -> None:
        """Read everything that follows from a fresh snapshot, with the viewer's new rights."""
        await self.close()
        self.now = self.clock()
        self.snapshot = self.database.snapshot()
        await self.open()
        await self._inform()

    @property
    def parameters(self) -> dict[str, Any]:
        """What any statement may refer to."""
        viewer = self.viewer
        return {
            "viewer_id": None if viewer is None else viewer.id,
            "managed": [] if viewer is None else viewer.managed,
            "member": [] if viewer is None else viewer.active,
            "known": [] if viewer is None else viewer.known,
            "everything": viewer is not None and viewer.is_support,
            "expired_before": self.now - LIFETIME,
            "today": self.now.date(),
        }

    def selects(self, coordinate: str) -> bool:
        """Say whether the document selects a field, written `Type.field` with a concrete type."""
        return self.coordinates is None or coordinate in self.coordinates

    def columns(self, layout: Layout) -> Chosen:
        """Tell which columns the fields of the document read of the records of *layout*."""
        return layout.among(chosen_by(self.coordinates))

    @property
    def discreet(self) -> Discretion:
        """Which cards are hidden: from support none, from the anonymous all but public ones."""
        if self.viewer is None:
            return Discretion.ALL_BUT_PUBLISHED
        support = self.viewer.is_support
        return Discretion.NOTHING if support else Discretion.UNKNOWN_INDIVIDUALS

    async def fetch(self, build: Build, *key: Hashable, **parameters: Any) -> list[Any]:
        """Read at once, outside any batch."""
        return await self.snapshot.fetch(build, *key, **(self.parameters | parameters))

    def one(self, build: Build, identity: Any, *key: Hashable) -> "asyncio.Future[Any]":
        """Load the one record that *build* reads for *identity*, or nothing; see `each_one`."""
        return self._ones(build, key, None).load(identity)

    def each_one(
        self, build: Build, identities: list[Any], *key: Hashable, missing: Any = None
    ) -> Awaitable[list[Any]]:
        """
        Load the one record that *build* reads for each of *identities*, or *missing*.

        The statement takes `keys`, a list, and ends each row with the key that it belongs to.
        """
        return self._ones(build, key, missing).load_level(identities)

    def _ones(self, build: Build, key: tuple[Hashable, ...], missing: Any) -> Loader:
        async def batch(keys: list[Any]) -> list[Any]:
            found = await self.grouped(build, key, {"keys": keys})
            return [found[key][0] if key in found else missing for key in keys]

        return self._loader((build, key, 1), batch)

    def each_many(
        self, build: Build, identities: list[Any], *key: Hashable
    ) -> Awaitable[list[list[Any]]]:
        """Load every record that *build* reads for each identity, in the statement's order."""

        async def batch(keys: list[Any]) -> list[Any]:
            found = await self.grouped(build, key, {"keys": keys})
            return [found.get(key, []) for key in keys]

        return self._loader((build, key), batch).load_level(identities)

    def batch(self, read: Read, key: Any) -> "asyncio.Future[Any]":
        """Load *key* with *read*, a function that reads many keys at once."""
        return self._reads(read).load(key)

    def each(self, read: Read, keys: list[Any]) -> Awaitable[list[Any]]:
        """Load all of *keys* with *read*."""
        return self._reads(read).load_level(keys)

    def _reads(self, read: Read) -> Loader:
        async def batch(keys: list[Any]) -> list[Any]:
            return await read(self, keys)

        return self._loader(read, batch)

    def pages(
        self, listing: Listing, arguments: PageArguments, parents: list[int]
    ) -> Awaitable[list[Page]]:
        """Load the page of *listing* below each of *parents*."""

        async def batch(parents: list[Any]) -> list[Any]:
            parameters = arguments.parameters | {"parents": parents}
            build, shape = page, arguments.shape
            if listing.parent is None:
                records = await self.fetch(build, listing, shape, **parameters)
                return arguments.cut([records] * len(parents))
            found = await self.grouped(build, (listing, shape), parameters)
            return arguments.cut([found.get(key, []) for key in parents])

        return self._loader((listing, arguments), batch).load_level(parents)

    def totals(
        self, listing: Listing, arguments: PageArguments, parents: list[int]
    ) -> Awaitable[list[int]]:
        """Count what the pages of *listing* below each of *parents* show in all."""

        async def batch(parents: list[Any]) -> list[Any]:
            parameters = arguments.filters | {"parents": parents}
            filters = arguments.shape.filters
            if listing.parent is None:
                counted = await self.fetch(total, listing, filters, **parameters)
                return counted * len(parents)
            found = await self.grouped(total, (listing, filters), parameters)
            return [found[key][0] if key in found else 0 for key in parents]

        return self._loader((listing, arguments.counted, "total"), batch).load_level(parents)

    async def grouped(
        self, build: Build, key: tuple[Hashable, ...], parameters: Mapping[str, Any]
    ) -> dict[Any, list[Any]]:
        """Read at once, outside any batch, by the key of each row."""
        reading, rows = await self.snapshot.rows(build, key, {**self.parameters, **parameters})
        return reading.group(rows)

    def _loader(self, key: Hashable, batch: Any) -> Loader:
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = Loader(batch, self._running)
        return loader


def ids(records: Iterable[Any]) -> list[int]:
    """Give the numbers of *records*."""
    return [record.id for record in records]


Info = strawberry.Info[Operation, None]
