"""Who asks, and what he is towards each object."""

from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    String,
    Subquery,
    cast,
    null,
    select,
    true,
    union_all,
)

from models.accounts import PlatformRole, SignInSession, User, UserKind, UserStatus
from models.areas import AreaMode
from models.base import Expression
from models.database import Snapshot, TransactionReader
from models.invoicing import Invoicing
from models.memberships import MANAGERS, Membership, MembershipScope, MembershipStatus, Role
from models.policy import POLICY, AccessRole, Action, Rule
from models.reading import Reading, value
from models.records import Layout
from models.requests import LIFETIME, Request, RequestKind, RequestStatus


class Discretion(IntEnum):
    """Which cards are hidden from whoever asks; false where none is."""

    NOTHING = 0
    UNKNOWN_INDIVIDUALS = 1
    ALL_BUT_PUBLISHED = 2


class Connection(NamedTuple):
    """What one row of the viewer's statement says of him and one structure."""

    user_id: int
    login: str
    first_name: str
    last_name: str
    kind: UserKind
    user_status: UserStatus
    platform_role: PlatformRole
    previous_connection_at: datetime | None
    revoked_at: datetime | None
    expires_at: datetime | None
    structure_id: int | None
    membership_id: int | None
    role: Role | None
    status: MembershipStatus | None
    scope: MembershipScope | None
    request_status: RequestStatus | None
    requested_at: datetime | None


def _ties(*, only_there: bool = False) -> Subquery:
    """Select the memberships and connection requests of a user, *only_there* on one structure."""
    word = cast(null(), String)
    memberships = select(
        Membership.structure_id,
        Membership.id.label("membership_id"),
        Membership.role,
        Membership.status,
        Membership.scope,
        word.label("request_status"),
        cast(null(), Request.created_at.type).label("requested_at"),
    ).where(Membership.user_id == value("user_id", User.id))
    requests = select(
        Request.structure_id,
        cast(null(), BigInteger),
        word,
        word,
        word,
        Request.status,
        Request.created_at,
    ).where(
        Request.requester_id == value("user_id", User.id), Request.kind == RequestKind.CONNECTION
    )
    if only_there:
        place = value("structure_id", Membership.structure_id)
        memberships = memberships.where(Membership.structure_id == place)
        requests = requests.where(Request.structure_id == place)
    return union_all(memberships, requests).subquery("tie")


def _selected(ties: Subquery, *session: Expression) -> tuple[Expression, ...]:
    return (
        User.id,
        User.login,
        User.first_name,
        User.last_name,
        User.kind,
        User.status,
        User.platform_role,
        *session,
        ties.c.structure_id,
        ties.c.membership_id,
        ties.c.role,
        ties.c.status,
        ties.c.scope,
        cast(ties.c.request_status, Request.status.type),
        ties.c.requested_at,
    )


def viewer_rows(_dialect_name: str, hold: bool) -> Reading:
    """
    Read session and user, with a row for each membership and each connection request.

    With *hold* neither can end before the transaction does.
    """
    ties = _ties()
    session = SignInSession
    selected = _selected(
        ties, session.previous_connection_at, session.revoked_at, session.expires_at
    )
    statement = (
        select(*selected)
        .select_from(SignInSession)
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(ties, true())
        .where(
            SignInSession.id == value("session_id", SignInSession.id),
            User.id == value("user_id", User.id),
        )
    )
    if hold:
        statement = statement.with_for_update(read=True, of=[SignInSession, User])
    return Reading(statement, Layout(Connection, selected))


def user_rows(_dialect_name: str) -> Reading:
    """Read a user without any session, with what ties him to one structure."""
    ties = _ties(only_there=True)
    never = cast(null(), SignInSession.revoked_at.type)
    selected = _selected(ties, never, never, never)
    statement = (
        select(*selected)
        .select_from(User)
        .outerjoin(ties, true())
        .where(User.id == value("user_id", User.id))
    )
    return Reading(statement, Layout(Connection, selected))


_STRANGER = frozenset({AccessRole.ANYONE, AccessRole.SIGNED_IN})
_ROLES = {
    Role.PRIMARY_MANAGER: AccessRole.PRIMARY_MANAGER,
    Role.SECONDARY_MANAGER: AccessRole.SECONDARY_MANAGER,
    Role.SIMPLE_USER: AccessRole.SIMPLE_USER,
}


class Viewer:
    """
    The signed-in user, with his memberships and requests.

    *memberships* and *requested* tell by structure; *active* are the structures of his active
    memberships, *managed* those where he is primary or secondary manager, *known* all that he
    has or had to do with. *invoicing* are his rights on the area of issued invoices, once they were
    read.
    """

    def __init__(self, rows: list[Connection], session_id: int, now: datetime) -> None:
        """Read him from the *rows* of his statement, at *now*."""
        first = rows[0]
        self.id = first.user_id
        self.session_id = session_id
        self.login = first.login
        self.display_name = f"{first.first_name} {first.last_name}"
        self.kind = first.kind
        self.status = first.user_status
        self.platform_role = first.platform_role
        self.last_connection_at = first.previous_connection_at
        self.memberships: dict[int, Connection] = {}
        self.requested: set[int] = set()
        self.invoicing = Invoicing()
        self._standings: dict[int, frozenset[AccessRole]] = {}
        self._everywhere = _STRANGER | ({AccessRole.SUPPORT} if self.is_support else frozenset())
        for row in rows:
            self._read(row, now)
        active = {
            structure_id: row
            for structure_id, row in self.memberships.items()
            if row.status == MembershipStatus.ACTIVE
        }
        self.active = list(active)
        self.managed = [one for one, row in active.items() if row.role in MANAGERS]
        self.known = [*self.memberships, *(self.requested - self.memberships.keys())]

    def _read(self, row: Connection, now: datetime) -> None:
        if row.structure_id is None:
            return
        role: AccessRole | None = None
        if row.request_status is not None and row.requested_at is not None:
            self.requested.add(row.structure_id)
            if row.request_status == RequestStatus.PENDING and now < row.requested_at + LIFETIME:
                role = AccessRole.PENDING_REQUESTER
        else:
            known = self.memberships.get(row.structure_id)
            if known is None or known.status == MembershipStatus.DELETED:
                self.memberships[row.structure_id] = row
            if row.status == MembershipStatus.ACTIVE and row.role is not None:
                role = _ROLES[row.role]
        if role is not None:
            before = self._standings.get(row.structure_id, self._everywhere)
            self._standings[row.structure_id] = before | {role}

    @property
    def is_support(self) -> bool:
        """Whether he belongs to the platform's support."""
        return self.platform_role == PlatformRole.SUPPORT

    def standing(
        self, structure_id: int | None, owner_id: int | None = None
    ) -> frozenset[AccessRole]:
        """Give what he is towards an object of a structure, perhaps about a user."""
        roles = self._everywhere
        if structure_id is not None:
            roles = self._standings.get(structure_id, roles)
        return roles | {AccessRole.SELF} if owner_id == self.id else roles

    def passes(
        self,
        action: Action,
        structure_id: int | None,
        owner_id: int | None = None,
        *,
        published: bool = False,
    ) -> bool:
        """Say whether the policy lets him do *action* on such an object."""
        rule = POLICY[action]
        return rule.passes(
            self.standing(structure_id, owner_id),
            published=published,
            subscribed=self.subscribes(rule, structure_id),
        )

    def subscribes(
        self, rule: Rule, structure_id: int | None, service_id: int | None = None
    ) -> bool:
        """Say whether he has the right that *rule* asks for, on a service or on any."""
        if not rule.subscribed or structure_id is None:
            return False
        mode = self.invoicing.mode(structure_id, service_id)
        return mode is not None and (mode == AreaMode.MODIFICATION or not rule.modifies)

    def passes_anywhere(self, action: Action) -> bool:
        """Say whether he holds *action* on at least one object."""
        rule = POLICY[action]
        own = self._everywhere | {AccessRole.SELF}
        return rule.passes(own) or any(
            rule.passes(standing, subscribed=self.subscribes(rule, structure_id))
            for structure_id, standing in self._standings.items()
        )

    def membership(self, structure_id: int) -> Connection | None:
        """Give his live membership on a structure."""
        row = self.memberships.get(structure_id)
        return None if row is None or row.status == MembershipStatus.DELETED else row

    def role(self, structure_id: int) -> Role | None:
        """Give his role on a structure, if his membership is active."""
        row = self.memberships.get(structure_id)
        return row.role if row is not None and row.status == MembershipStatus.ACTIVE else None

    def knows(self, structure_id: int) -> bool:
        """Say whether he has or had to do with a structure: a membership or own request."""
        return self.is_support or structure_id in self.memberships or structure_id in self.requested


async def read_viewer(
    reader: Snapshot | TransactionReader, user_id: int, session_id: int, now: datetime
) -> Viewer | None:
    """Read who asks; nothing if the session has ended or the account is not active."""
    hold = isinstance(reader, TransactionReader)
    rows: list[Connection] = await reader.fetch(
        viewer_rows, hold, user_id=user_id, session_id=session_id
    )
    if not rows:
        return None
    first = rows[0]
    live = first.revoked_at is None and first.expires_at is not None and now < first.expires_at
    if not live or first.user_status != UserStatus.ACTIVE:
        return None
    return Viewer(rows, session_id, now)


async def read_other(
    snapshot: Snapshot, user_id: int, structure_id: int, now: datetime
) -> Viewer | None:
    """Read another user as he stands towards one structure and its objects; nobody if unknown."""
    rows: list[Connection] = await snapshot.fetch(
        user_rows, user_id=user_id, structure_id=structure_id
    )
    return Viewer(rows, 0, now) if rows else None
