"""Creating a structure: its card, its primary manager and what it has from the start."""

from typing import Annotated, Any

from typing_extensions import override

from models.accounts import User, UserKind
from models.errors import ErrorCode, Invalid, RuleRefused
from models.founding import Founding, Identity, individual, legal_entity
from models.general_block import told_changes
from models.history import MASK, TargetType
from models.identifiers import IdentifierType
from models.memberships import Membership, MembershipOrigin
from models.outbox import NotificationKind
from models.policy import Action
from models.structures import Structure
from resolvers.acts import Act, perform
from resolvers.changes import change, right_changes
from resolvers.effects import EffectKind
from resolvers.holders import holder_of, refuse_taken
from resolvers.naming import named_account
from resolvers.node_ids import NodeKind
from resolvers.operation import Info, Operation
from resolvers.outcomes import Outcome, Target, camel
from resolvers.request_inputs import WHAT_TO_DO
from resolvers.siret_lookup import SiretRecord, consult_register, require_registered
from resolvers.structure_inputs import (
    CreateStructureInput,
    IndividualInput,
    LegalEntityInput,
    general_columns,
)


async def create_structure(
    info: Info,
    input: Annotated[CreateStructureInput, WHAT_TO_DO],
) -> Outcome:
    """Create a structure."""
    return await perform(info, CreateStructure, input)


class CreateStructure(Act):
    """The creation of one structure, which nobody has to do with before."""

    action = Action.STRUCTURE_CREATE
    given: CreateStructureInput
    consulted: SiretRecord | None

    @classmethod
    @override
    async def consult(cls, operation: Operation, given: CreateStructureInput) -> SiretRecord | None:
        entity = given.identity.legal_entity
        if not isinstance(entity, LegalEntityInput):
            return None
        kind, value = entity.identifier.type, entity.identifier.value
        return await consult_register(operation.settings, kind, value)

    @override
    async def aim(self) -> list[int]:
        return []

    @override
    async def prepare(self) -> None:
        """Read nothing more: what there is to read depends on the identifier's form."""

    @override
    def target(self, item: Any) -> None:
        """Answer with nothing but the refusal: the object would be the new card."""

    @override
    async def apply(self, item: Any) -> Target | None:
        if self.writing.viewer.kind != UserKind.HUMAN:
            message = "Only a personal account creates a structure."
            raise RuleRefused(ErrorCode.USER_NOT_ELIGIBLE, message)
        identity = self._identity()
        await self._require_free(identity)
        general = general_columns(
            self.given.general, self.given.sector, checksum=self.writing.settings.checks_siret
        )
        manager = await self._manager()
        founding = Founding(
            identity=identity,
            sector=self.given.sector,
            general=general,
            manager_id=self.writing.viewer.id if manager is None else manager.id,
            origin=MembershipOrigin.CREATOR if manager is None else MembershipOrigin.SUPPORT,
        )
        founding.check(by_support=self.writing.viewer.is_support)
        require_registered(self.consulted, *self._field)
        try:
            async with self.writing.saving():
                number = await self._found(founding)
        except RuleRefused:
            # Another card may have taken the identifier at this very moment.
            await self._require_free(identity)
            raise
        return None if self.given.dry_run else Target(NodeKind.STRUCTURE, number)

    def _identity(self) -> Identity:
        given = self.given.identity
        entity, person = given.legal_entity, given.individual
        try:
            if isinstance(person, IndividualInput):
                today = self.writing.now.date()
                field = "individual"
                return individual(person.last_name, person.first_name, person.birth_date, today)
            assert isinstance(entity, LegalEntityInput)  # noqa: S101 - GraphQL says one of them
            field = "legalEntity"
            kind, value = entity.identifier.type, entity.identifier.value
            return legal_entity(
                kind, value, entity.name, checksum=self.writing.settings.checks_siret
            )
        except Invalid as refused:
            raise refused.at("identity", field, *(refused.field or ())) from None

    @property
    def _field(self) -> tuple[str, ...]:
        if isinstance(self.given.identity.individual, IndividualInput):
            return ("identity", "individual")
        return ("identity", "legalEntity", "identifier", "value")

    async def _manager(self) -> User | None:
        """Read who is named to become the primary manager; nobody where the actor becomes it."""
        asked, field = self.given.primary_manager, ("primaryManager",)
        if not self.writing.viewer.is_support:
            if asked is not None:
                message = "You become the primary manager of what you create yourself."
                raise Invalid(message, expected="nobody", field=field)
            return None
        if asked is None:
            message = "The support manages nothing: name who becomes the primary manager."
            raise Invalid(message, expected="an active personal account", field=field)
        account = await named_account(self.writing, asked)
        if account is None or not account.may_manage:
            message = "No active personal account has this login or id."
            raise RuleRefused(ErrorCode.USER_NOT_ELIGIBLE, message, field=field)
        return account

    async def _require_free(self, identity: Identity) -> None:
        holder = await holder_of(self.writing, identity.kind, identity.identifier)
        if holder is not None:
            known = self.writing.viewer.knows(holder.number)
            hidden = identity.kind == IdentifierType.INDIVIDUAL and not known
            refuse_taken(holder, self._field, hidden=hidden)

    async def _found(self, founding: Founding) -> int:
        writing, now = self.writing, self.writing.now
        card = founding.card(now)
        card.address_withheld = self.consulted is not None and self.consulted.withheld
        writing.session.add(card)
        await writing.session.flush()
        belongings = founding.belongings(card.id, now)
        membership = founding.membership(card.id, now)
        writing.session.add_all([membership, *belongings])
        await writing.session.flush()
        self._record(founding, card)
        self._tell(founding, card, membership)
        return card.id

    def _tell(self, founding: Founding, card: Structure, membership: Membership) -> None:
        writing, user_id = self.writing, founding.manager_id
        shown = None if self.given.dry_run else card.id
        identifier = card.told_identifier
        writing.tell(EffectKind.STRUCTURE_CREATED, structure_id=shown, after=identifier)
        place = {"structure_id": shown}
        writing.alter(membership, EffectKind.MEMBERSHIP_CREATED, after=membership.scope, **place)
        writing.alter(membership, EffectKind.ROLE_CHANGED, after=membership.role, **place)
        for area, mode in founding.opened:
            writing.tell(EffectKind.AREA_OPENED, area=area, after=mode, **place)
        if user_id != writing.viewer.id:
            writing.notify(NotificationKind.STRUCTURE_CREATED, card.id, [user_id])
            writing.tell(EffectKind.NOTIFICATION, user_id=user_id, **place)

    def _record(self, founding: Founding, card: Structure) -> None:
        given = {"name": card.name, **founding.general}
        made = {camel(name): (None, value) for name, value in given.items() if value is not None}
        changes = [
            change("identifier", None, card.told_identifier or MASK),
            change("sector", None, card.sector.value),
            *told_changes(card, made),
        ]
        for area, mode in founding.opened:
            changes += right_changes(area, None, None, mode.value)
        target, user_id = (TargetType.STRUCTURE, card.id), founding.manager_id
        self.writing.record(self.action, card.id, target, user_id=user_id, changes=changes)
