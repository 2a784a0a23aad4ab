"""Who holds an identifier already."""

from typing import NamedTuple, Never

from sqlalchemy import select
from sqlalchemy.orm import aliased

from models.errors import Refused, StructureExists, StructureInactive
from models.identifiers import IdentifierType
from models.structures import Structure, StructureStatus
from resolvers.writing import Writing


class Holder(NamedTuple):
    """The card that has an identifier, and the one that replaced it."""

    number: int
    status: StructureStatus
    successor_id: int | None


async def holder_of(writing: Writing, kind: IdentifierType, identifier: str) -> Holder | None:
    """Read which card has *identifier*, of whatever status (domain.md 1.2)."""
    successor = aliased(Structure)
    statement = (
        select(Structure.id, Structure.status, successor.id)
        .outerjoin(successor, successor.predecessor_id == Structure.id)
        .where(Structure.identifier_type == kind, Structure.identifier == identifier)
    )
    found = (await writing.session.execute(statement)).one_or_none()
    return None if found is None else Holder(*found)


def refuse_taken(holder: Holder, field: tuple[str, ...], *, hidden: bool = False) -> Never:
    """
    Refuse to give the identifier of *holder* to a new card (domain.md 3.2).

    Raises:
        StructureExists: naming its card, which is not for everyone to read.
        StructureInactive: naming its successor; never of a card that is *hidden* from the actor.
    """
    refused: Refused = StructureExists(holder.number)
    if holder.status == StructureStatus.INACTIVE and not hidden:
        refused = StructureInactive(holder.successor_id)
    raise refused.at(*field)
