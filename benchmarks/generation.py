"""The rows of any number of structures; the same at every run, but for requests' dates."""

import random

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from benchmarks.invention import (
    AUTHORITIES,
    COMPANIES,
    DEPARTMENTS,
    LAST_NAMES,
    MADE,
    SEED,
    TABLES,
    USERS_PER_STRUCTURE,
    Row,
    Template,
    siret,
)
from models.areas import PUBLIC_AREAS, STORED_AREAS, AreaSubscription, StructureArea
from models.base import sort_key
from models.history import ManagerAction
from models.memberships import Membership, ServiceMembership
from models.requests import Request, RequestedService
from models.services import RESERVED_CODE, Service
from models.structures import Structure, StructureApplication


Rows = dict[Table, list[Row]]

BATCH = 200
"""Structures that are made, and written, at a time."""

# The areas that are opened; on small structures one of them by service, one to consult only.
PRIVATE = tuple(area.value for area in STORED_AREAS if area not in PUBLIC_AREAS)
ALL = tuple(area.value for area in STORED_AREAS)
BY_SERVICE = "WORK_INVOICES"
TO_CONSULT = "DATA_FLOW_OVERVIEW"


@dataclass(slots=True)
class Team:
    """Who belongs to a structure: pairs of user and membership, by what they may do."""

    primary: tuple[int, int]
    everywhere: tuple[int, int] | None
    listed: list[tuple[int, int]]
    users: set[int]


class Generator:
    """
    Makes the rows of *number* structures, batch by batch.

    The first hundredth is large: 40 services with 10 users of 3 areas each. The others have 1 to 8
    services, 10 to 50 members, 5 to 16 of them on each service. A tenth of the members is inactive
    and stands on no service; a twentieth of the structures is inactive; a tenth is public.
    """

    def __init__(self, number: int, stamp: Callable[[datetime], Any], today: datetime) -> None:
        """Prepare; *stamp* writes an instant as the database takes it."""
        self.number = number
        self.large = max(1, number // 100)
        self.users = number * USERS_PER_STRUCTURE
        self._last = dict.fromkeys(TABLES, 0)
        self._rows: Rows = {}
        self._source = random.Random()
        self._made, self._asked = stamp(MADE), stamp(today - timedelta(days=5))
        self._decided = stamp(today - timedelta(days=4))
        dates = {"created_at": self._made, "updated_at": self._made}
        asked = {"created_at": self._asked, "updated_at": self._asked}
        self._structure = Template(Structure, identifier_type="SIRET", **dates)
        self._service = Template(Service, **dates)
        self._request = Template(Request, **asked)
        self._act = Template(
            ManagerAction,
            at=self._decided,
            action="CONNECTION_REQUEST_DECIDE",
            target_type="REQUEST",
            changes="[]",
        )

    def batches(self) -> Iterator[tuple[int, Rows]]:
        """Give how many structures a batch has, and its rows by table."""
        for first in range(1, self.number + 1, BATCH):
            keys = range(first, min(first + BATCH, self.number + 1))
            self._rows = {table: [] for table in TABLES}
            for key in keys:
                self._source.seed(SEED * 1_000_003 + key)
                self._make(key)
            yield len(keys), self._rows

    def _key(self, model: Any) -> int:
        self._last[model.__table__] += 1
        return self._last[model.__table__]

    def _add(self, model: Any, row: Row) -> None:
        self._rows[model.__table__].append(row)

    def _make(self, structure: int) -> None:
        large = structure <= self.large
        public = not large and self._source.random() < 0.1  # noqa: PLR2004 - see the docstring
        active = large or self._source.random() < 0.95  # noqa: PLR2004 - see the docstring
        self._make_structure(structure, public=public, active=active)
        team = self._make_team(structure, large=large)
        services = self._make_services(structure, large=large, public=public)
        areas = ALL if public else PRIVATE
        self._open_areas(structure, areas, services, large=large)
        for service in services:
            self._enable(structure, service, team, areas, large=large)
        if team.everywhere is not None:
            self._subscribe(structure, team.everywhere[1], None, "ISSUED_INVOICES")
        self._decide_requests(structure, team)
        if active:
            self._ask(structure, team, services[0])

    def _make_structure(self, key: int, *, public: bool, active: bool) -> None:
        kind = self._source.choice(AUTHORITIES if public else COMPANIES)
        name = f"{kind} {self._source.choice(LAST_NAMES)} {key}"
        self._add(
            Structure,
            self._structure(
                id=key,
                identifier=siret(key),
                name=name,
                name_key=sort_key(name),
                sector="PUBLIC" if public else "PRIVATE",
                status="ACTIVE" if active else "INACTIVE",
                deactivated_at=None if active else self._made,
                city="Lyon",
                country="FR",
            ),
        )
        self._add(StructureApplication, (key, "PAYMENT_REQUEST", self._made))

    def _make_team(self, structure: int, *, large: bool) -> Team:
        size = min(60 if large else self._source.randint(10, 50), self.users)
        users = self._source.sample(range(1, self.users + 1), size)
        idle = {*users[-(size // 10 or 1) :]}
        pairs = []
        for place, user in enumerate(users):
            role, scope = "SIMPLE_USER", "LISTED"
            if place < 4 - large:
                role = ("PRIMARY_MANAGER", "SECONDARY_MANAGER", "SECONDARY_MANAGER", role)[place]
                scope = "ALL_SERVICES"
            status = "INACTIVE" if user in idle else "ACTIVE"
            origin = "MANAGER" if place else "CREATOR"
            key = self._key(Membership)
            pairs.append((user, key))
            self._add(
                Membership,
                (key, structure, user, role, status, scope, origin, self._made, self._made, 1),
            )
        return Team(
            primary=pairs[0],
            everywhere=None if large else pairs[3],
            listed=[pair for pair in pairs[4 - large :] if pair[0] not in idle],
            users={*users},
        )

    def _make_services(self, structure: int, *, large: bool, public: bool) -> list[int]:
        keys = []
        for place in range(40 if large else self._source.randint(1, 8)):
            name = f"{self._source.choice(DEPARTMENTS)} {place + 1}"
            key = self._key(Service)
            keys.append(key)
            self._add(
                Service,
                self._service(
                    id=key,
                    structure_id=structure,
                    code=f"SRV-{place + 1:02d}",
                    name=name,
                    name_key=sort_key(name),
                    enabled=place == 0 or self._source.random() < 0.8,  # noqa: PLR2004 - most are
                ),
            )
        if public:
            self._add(
                Service,
                self._service(
                    id=self._key(Service),
                    structure_id=structure,
                    code=RESERVED_CODE,
                    name="Factures publiques",
                    name_key="factures publiques",
                ),
            )
        return keys

    def _open_areas(
        self, structure: int, areas: tuple[str, ...], services: list[int], *, large: bool
    ) -> None:
        made = self._made
        for area in areas:
            mode = "CONSULTATION" if area == TO_CONSULT and not large else "MODIFICATION"
            for service in services if area == BY_SERVICE and not large else (None,):
                key = self._key(StructureArea)
                row = (key, structure, service, area, mode, made, None, None, made, made, 1)
                self._add(StructureArea, row)

    def _enable(
        self, structure: int, service: int, team: Team, areas: tuple[str, ...], *, large: bool
    ) -> None:
        source, made = self._source, self._made
        number = min(10 if large else source.randint(5, 16), len(team.listed))
        for _user, membership in source.sample(team.listed, number):
            row = (structure, membership, service, "ACTIVE", made, made)
            self._add(ServiceMembership, row)
            for area in source.sample(areas, 3 if large else source.choice((2, 2, 2, 3, 3))):
                mode = source.choice(("CONSULTATION", "MODIFICATION"))
                if area == TO_CONSULT and not large:
                    mode = "CONSULTATION"
                self._subscribe(structure, membership, service, area, mode)

    def _subscribe(
        self,
        structure: int,
        membership: int,
        service: int | None,
        area: str,
        mode: str = "MODIFICATION",
    ) -> None:
        key, made = self._key(AreaSubscription), self._made
        row = (key, structure, membership, service, area, mode, None, made, made, 1)
        self._add(AreaSubscription, row)

    def _decide_requests(self, structure: int, team: Team) -> None:
        """Tell of a request that was validated, and of one that was refused."""
        if self._source.random() < 0.5 and team.listed:  # noqa: PLR2004 - every second structure
            self._decide(structure, team, team.listed[0][0], "VALIDATED")
        if self._source.random() < 0.2:  # noqa: PLR2004 - every fifth structure
            self._decide(structure, team, self._source.randint(1, self.users), "REFUSED")

    def _decide(self, structure: int, team: Team, requester: int, status: str) -> None:
        key, reason = self._key(Request), "Inconnu ici." if status == "REFUSED" else None
        self._add(
            Request,
            self._request(
                id=key,
                kind="CONNECTION",
                structure_id=structure,
                requester_id=requester,
                status=status,
                decided_at=self._decided,
                decided_by_id=team.primary[0],
                refusal_reason=reason,
            ),
        )
        self._add(
            ManagerAction,
            self._act(
                id=self._key(ManagerAction),
                structure_id=structure,
                actor_id=team.primary[0],
                user_id=requester,
                target_id=key,
                reason=reason,
            ),
        )

    def _ask(self, structure: int, team: Team, service: int) -> None:
        """Tell of a pending request of each kind."""
        stranger = self._source.randint(1, self.users)
        if self._source.random() < 0.3 and stranger not in team.users:  # noqa: PLR2004 - some
            key = self._key(Request)
            row = {"id": key, "structure_id": structure, "requester_id": stranger}
            self._add(Request, self._request(kind="CONNECTION", **row))
            self._add(RequestedService, (structure, key, service))
        if self._source.random() < 0.3 and team.listed:  # noqa: PLR2004 - some
            self._add(
                Request,
                self._request(
                    id=self._key(Request),
                    kind="SUBSCRIPTION",
                    structure_id=structure,
                    requester_id=team.listed[-1][0],
                    area="COMMITMENTS",
                    mode="CONSULTATION",
                ),
            )
