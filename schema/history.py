"""What managers did."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from strawberry import Parent

from models import history as models
from models.errors import ErrorCode
from models.history import ManagerActionOutcome
from models.policy import Action
from resolvers import history as resolve
from resolvers import nodes, structures, users
from resolvers.node_ids import NodeKind
from resolvers.operation import Info
from schema.fields import computed, object_type, open_field, owner, plain, reference
from schema.nodes import Node, global_id
from schema.users import User


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]


@object_type(row=None)
class FieldChange:
    """A value before and after."""

    field: str = plain("Which value.")
    before: str | None = plain("Before.")
    after: str | None = plain("After.")


async def _target(root: Parent[models.ManagerAction], info: Info) -> Any:
    if root.target_type is None or root.target_id is None:
        return None
    for kind in resolve.TARGETS[root.target_type]:
        found = await nodes.visible(info.context, kind, (root.target_id,))
        if found is not None:
            return found
    return None


@object_type(
    row=Action.HISTORY_READ,
    records=resolve.ManagerActionRecord,
)
class ManagerAction(Node):
    """
    What an act changed of one object, in the history of a structure.

    For its managers, its actor and support.
    """

    id: strawberry.ID = global_id(NodeKind.MANAGER_ACTION)
    at: datetime = plain("When; for tallied refusals the last time.")
    action: Action = plain("What.")
    outcome: ManagerActionOutcome = plain("Done or refused.")
    refusal: ErrorCode | None = plain("Which rule refused it; null where it was done.")
    count: int = plain("1, or how many equal refusals this entry stands for.")
    actor: User | None = owner(
        reference(users.by_ids, "actor_id"), "Who; null for the service itself."
    )
    user: User | None = owner(
        reference(users.by_ids, "user_id"),
        "The user concerned, if any; all that the effects of an act tell of him is under him.",
    )
    structure: Structure = owner(reference(structures.by_ids, "structure_id"), "Where.")
    target: Node | None = open_field(_target, "The object concerned, if you may read it.")
    reason: str | None = plain("The reason that was given, if any.")
    changes: list[FieldChange] = computed(resolve.changes, "What changed, secrets masked.")
