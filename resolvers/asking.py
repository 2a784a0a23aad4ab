"""What all requests share that users make for themselves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, select
from typing_extensions import override

from models.accounts import UserKind
from models.errors import ErrorCode, Invalid, NotFound, RuleRefused
from models.history import TargetType
from models.outbox import NotificationKind
from models.requests import (
    REFUSAL_WINDOW,
    REFUSALS_BEFORE_WAITING,
    Request,
    RequestKind,
    RequestStatus,
    require_patience,
)
from models.texts import optional_text
from resolvers.acts import Act
from resolvers.deciding import NODE_KINDS
from resolvers.effects import EffectKind
from resolvers.node_ids import NodeKind
from resolvers.outcomes import Target
from resolvers.telling import managers_of


LONGEST_COMMENT = 500


class Asking(Act):
    """A request that is made."""

    kind: ClassVar[RequestKind]
    given: Any
    earlier: Request | None
    refused_at: list[datetime]

    @property
    def structure_id(self) -> int:
        """The structure that the request is made to."""
        return self.writing.number(self.given.structure_id, NodeKind.STRUCTURE)

    def same_matter(self) -> Iterable[ColumnElement[bool]]:
        """Say which of the actor's requests on the structure ask for the same."""
        return ()

    @override
    async def aim(self) -> Iterable[int]:
        return [self.structure_id]

    @override
    async def prepare(self) -> None:
        session = self.writing.session
        own = select(Request).where(
            Request.requester_id == self.writing.viewer.id,
            Request.structure_id == self.structure_id,
            Request.kind == self.kind,
            *self.same_matter(),
        )
        waiting = own.where(Request.status == RequestStatus.PENDING)
        self.earlier = (await session.scalars(waiting)).first()
        refused = own.where(
            Request.status == RequestStatus.REFUSED,
            Request.decided_at > self.writing.now - REFUSAL_WINDOW,
        ).order_by(Request.decided_at.desc())
        latest = await session.scalars(refused.limit(REFUSALS_BEFORE_WAITING))
        self.refused_at = [one.decided_at for one in latest if one.decided_at is not None]
        self.managers = set(await managers_of(self.writing, self.structure_id))

    @override
    def target(self, item: Any) -> Target | None:
        return None

    async def require_open_door(self) -> None:
        """
        Check who asks, and that the structure takes requests.

        Raises:
            NotFound: there is no such structure, or its card is hidden from the actor.
            Forbidden: his role does not let him ask for this.
            RuleRefused: USER_NOT_ELIGIBLE, a program does not ask.
            StructureInactive: naming the card that replaced it.
        """
        writing = self.writing
        if not writing.sees_card(self.structure_id):
            raise NotFound(field=("structureId",))
        writing.require(self.action, self.structure_id, writing.viewer.id)
        if writing.viewer.kind != UserKind.HUMAN:
            message = "Only a personal account asks for itself."
            raise RuleRefused(ErrorCode.USER_NOT_ELIGIBLE, message)
        await writing.require_active(self.structure_id)

    def new_request(self, **asked: Any) -> Request:
        """
        Make the request, unless an earlier one waits or too many were refused lately.

        Raises:
            Invalid: the comment.
            LimitReached: TOO_MANY_REQUESTS.
            RuleRefused: CONFLICT.
        """
        writing = self.writing
        try:
            comment = optional_text(self.given.comment, maximum=LONGEST_COMMENT, lines=True)
        except Invalid as refused:
            raise refused.at("comment") from None
        if self.earlier is not None:
            self.earlier.require_new(writing.now)
        require_patience(self.refused_at, writing.now)
        return Request(
            kind=self.kind,
            structure_id=self.structure_id,
            requester_id=writing.viewer.id,
            comment=comment,
            created_at=writing.now,
            updated_at=writing.now,
            **asked,
        )

    async def submit(self, request: Request, changes: Mapping[str, str]) -> None:
        """Save *request* and tell the managers; inside a savepoint of the caller."""
        writing = self.writing
        # An expired request is closed first: it would stand in the way of the new one.
        await writing.session.flush()
        writing.session.add(request)
        await writing.session.flush()
        writing.record(
            self.action,
            request.structure_id,
            (TargetType.REQUEST, request.id),
            user_id=writing.viewer.id,
            changes=[
                {"field": field, "before": None, "after": after} for field, after in changes.items()
            ],
        )
        if request.status == RequestStatus.PENDING:
            concerned = self.managers - {writing.viewer.id}
            submitted = NotificationKind.REQUEST_SUBMITTED
            writing.notify(submitted, request.structure_id, concerned, request_id=request.id)
            # Nobody is named or counted: who manages the structure is not for everyone.
            kind = EffectKind.NOTIFICATION
            writing.tell(kind, structure_id=request.structure_id, area=request.area)

    def answer(self, request: Request) -> Target | None:
        """Name the new request, which a dry run takes back."""
        return None if self.given.dry_run else Target(NODE_KINDS[self.kind], request.id)
