"""What a mutation does to others."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import payloads as resolve
from resolvers.effects import Effect as EffectRecord
from resolvers.effects import EffectKind
from schema.areas import Area
from schema.fields import computed, described, object_type, open_field, plain
from schema.services import Service
from schema.users import User


if TYPE_CHECKING:
    from schema.structures import Structure
else:
    Structure = Annotated["Structure", strawberry.lazy("schema.structures")]

described(
    EffectKind,
    ROLE_CHANGED="A user's role on a structure changes.",
    MEMBERSHIP_CREATED="A user becomes connected.",
    MEMBERSHIP_CHANGED="A membership changes status, scope or services.",
    SUBSCRIPTION_ADDED="A user gets a right on an area.",
    SUBSCRIPTION_CHANGED="A user's right on an area changes mode.",
    SUBSCRIPTION_ENDED="A user loses a right on an area.",
    REQUEST_DECIDED="A request gets its decision.",
    REQUEST_CANCELLED="A pending request is cancelled.",
    REQUEST_MOVED="A pending request moves to the successor structure.",
    STRUCTURE_CREATED="A structure is created.",
    STRUCTURE_DEACTIVATED="A structure becomes inactive.",
    STRUCTURE_REACTIVATED="A structure becomes active again.",
    COPIED="Data is copied to the successor structure.",
    AREA_OPENED="An area is opened, or an opened one changes its mode.",
    AREA_CLOSED="An area is closed.",
    DEFAULT_BANK_ACCOUNT_CHANGED="Another bank account is proposed first, or none any more.",
    SERVICE_DEACTIVATED="A service becomes inactive.",
    NOTIFICATION="A message will be sent.",
)


@object_type(row=None, records=EffectRecord)
class Effect:
    """
    One consequence of a mutation, done or (with `dryRun`) only foreseen.

    Beyond 100 of a kind one entry stands for the rest.
    """

    kind: EffectKind = plain("What happens.")
    count: int = plain("1, or how many this entry stands for.")
    user: User | None = open_field(
        resolve.effect_user, "The user concerned, if any and if you may see him."
    )
    structure: Structure | None = open_field(
        resolve.effect_structure, "The structure concerned, if any."
    )
    service: Service | None = open_field(resolve.effect_service, "The service concerned, if any.")
    area: Area | None = computed(resolve.effect_area, "The area concerned, if any.")
    before: str | None = plain("The value before.")
    after: str | None = plain("The value after.")
