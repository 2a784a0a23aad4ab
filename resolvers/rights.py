"""What the viewer may do, and why not: the rules that fields and acts ask, and what acts meet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from models.access import ANYONE
from models.areas import AreaMode
from models.memberships import MembershipStatus
from models.policy import POLICY, AccessRole, Action, DenyReason, Rule
from models.requests import RequestKind
from resolvers.node_ids import NodeKind
from resolvers.obstacles import obstacle, obstacle_anywhere
from resolvers.subjects import ASKED_OF, Subject
from resolvers.viewer import Viewer


MESSAGES = {
    DenyReason.NOT_AUTHENTICATED: "Nobody is signed in.",
    DenyReason.NOT_FOUND: "There is no such object, or you may not know of it.",
    DenyReason.NOT_A_MEMBER: "You have no active membership on the structure.",
    DenyReason.ROLE_TOO_LOW: "Your role on the structure does not allow it.",
    DenyReason.MEMBERSHIP_INACTIVE: "Your membership on the structure is inactive.",
    DenyReason.STRUCTURE_INACTIVE: "The structure is inactive.",
    DenyReason.SELF_ONLY: "Only the user concerned may do it.",
    DenyReason.SELF_DECISION: "Nobody decides his own request.",
    DenyReason.SERVICE_RESERVED: "The service is the platform's own: nobody changes it.",
    DenyReason.TARGET_PROTECTED: "The user holds a role that yours may not touch.",
    DenyReason.CONTACT_SUPPORT: "Only the platform's support may do it here.",
    DenyReason.ACCOUNT_INACTIVE: "The account is not active.",
    DenyReason.AREA_NOT_GRANTED: "You have no right on the area.",
    DenyReason.MODIFICATION_REQUIRED: (
        "Your right on the area is consultation; modification is needed."
    ),
    DenyReason.MANDATE_REQUIRED: "The structure has no active invoicing mandate.",
    DenyReason.TARGET_DOES_NOT_FIT: "The action is not asked of an object of this kind.",
    DenyReason.NOT_FOR_SUPPORT: "The platform's support does not do it.",
    DenyReason.USER_NOT_CONNECTED: "The user is not connected to the structure at present.",
    DenyReason.MEMBERSHIP_DELETED: "The membership was deleted: the user begins with a new one.",
    DenyReason.USER_INACTIVE: "The account of the user concerned is not active.",
    DenyReason.USER_NOT_ELIGIBLE: "It takes the active account of a person.",
    DenyReason.REACHES_ALL_SERVICES: (
        "The user reaches all services: he is not taken off a single one."
    ),
    DenyReason.ALREADY_CONNECTED: "You reach the whole structure already.",
    DenyReason.REQUEST_PENDING: "Your earlier request for the same waits for a decision.",
    DenyReason.REQUEST_ALREADY_DECIDED: "The request is no longer pending.",
    DenyReason.SERVICE_INACTIVE: "The service is inactive.",
    DenyReason.STRUCTURE_REPLACED: (
        "The structure was replaced before: the support reactivates its successor."
    ),
    DenyReason.SUCCESSION_ACTIVE: "A card that it replaced, or that replaced it, is active.",
}

MESSAGES_OF_OTHERS = MESSAGES | {
    DenyReason.NOT_FOUND: "There is no such object, or the user may not know of it.",
    DenyReason.NOT_A_MEMBER: "The user has no active membership on the structure.",
    DenyReason.ROLE_TOO_LOW: "The user's role on the structure does not allow it.",
    DenyReason.MEMBERSHIP_INACTIVE: "The user's membership on the structure is inactive.",
    DenyReason.ALREADY_CONNECTED: "The user reaches the whole structure already.",
    DenyReason.REQUEST_PENDING: "An earlier request of the user for the same waits for a decision.",
    DenyReason.AREA_NOT_GRANTED: "The user has no right on the area.",
    DenyReason.MODIFICATION_REQUIRED: (
        "The user's right on the area is consultation; modification is needed."
    ),
}
"""The same where the answer is about somebody else than whoever asks."""

KNOWN_BY: Mapping[NodeKind, Action] = MappingProxyType(
    {
        NodeKind.STRUCTURE: Action.CARD_READ,
        NodeKind.SERVICE: Action.SERVICE_LIST,
        NodeKind.SERVICE_USER: Action.MEMBERSHIP_READ,
        NodeKind.MEMBERSHIP: Action.MEMBERSHIP_READ,
        NodeKind.USER: Action.USER_CONTACT_READ,
        NodeKind.STRUCTURE_AREA: Action.OPENED_AREA_LIST,
        NodeKind.AREA_SUBSCRIPTION: Action.SUBSCRIPTION_LIST,
        NodeKind.CONNECTION_REQUEST: Action.REQUEST_LIST,
        NodeKind.SUBSCRIPTION_REQUEST: Action.REQUEST_LIST,
        NodeKind.MANAGER_ACTION: Action.HISTORY_READ,
        NodeKind.BANK_ACCOUNT: Action.BANK_ACCOUNT_LIST,
        NodeKind.INVOICING_MANDATE: Action.MANDATE_READ,
    }
)
"""The rule that lets know of objects of a kind."""

REQUEST_KINDS: Mapping[NodeKind, RequestKind] = MappingProxyType(
    {
        NodeKind.CONNECTION_REQUEST: RequestKind.CONNECTION,
        NodeKind.SUBSCRIPTION_REQUEST: RequestKind.SUBSCRIPTION,
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule."""

    rule: Rule
    reason: DenyReason | None
    of_other: bool = False

    @property
    def action(self) -> Action:
        """The action asked about."""
        return self.rule.action

    @property
    def allowed(self) -> bool:
        """Whether it is allowed."""
        return self.reason is None

    @property
    def message(self) -> str | None:
        """The reason in a sentence."""
        messages = MESSAGES_OF_OTHERS if self.of_other else MESSAGES
        return None if self.reason is None else messages[self.reason]

    @property
    def passing_roles(self) -> tuple[AccessRole, ...]:
        """Who may."""
        return self.rule.passing_roles


def standing_towards(viewer: Viewer | None, source: Any) -> tuple[frozenset[AccessRole], bool]:
    """
    Tell what *viewer* is towards the record *source*, and whether it is of a public structure.

    A record says of itself: `structure_id` whose roles count, `owner_id` whom it is about,
    `published` whether it is public, `viewer_manages` whether the viewer manages a structure of
    the user.
    """
    published = bool(getattr(source, "published", False))
    if viewer is None:
        return ANYONE, published
    standing = viewer.standing(
        getattr(source, "structure_id", None), getattr(source, "owner_id", None)
    )
    if getattr(source, "viewer_manages", None):
        standing |= {AccessRole.SECONDARY_MANAGER}
    return standing, published


def allows(viewer: Viewer | None, rule: Rule, source: Any) -> bool:
    """Say whether *rule* lets *viewer* pass towards the record *source*."""
    standing, published = standing_towards(viewer, source)
    if rule.passes(standing, published=published):
        return True
    if viewer is None:
        return False
    # What is done is done on a service, where there is one; a right on any lets read.
    service_id = getattr(source, "service_id", None) if rule.acts else None
    place = getattr(source, "structure_id", None)
    return rule.passes(standing, subscribed=viewer.subscribes(rule, place, service_id))


def suffices_for_all(viewer: Viewer, rule: Rule, sources: list[Any]) -> bool:
    """
    Say whether *rule* passes for all records, by what holds for all of a structure at once.

    More roles never take a right away, unless the rule bars some; whom a record is about and
    what is public are left to a look at each one.
    """
    if rule.barred:
        return False
    if rule.passes(viewer.standing(None)):
        return True
    places = {getattr(source, "structure_id", None) for source in sources}
    if None not in places:
        return all(
            rule.passes(viewer.standing(place), subscribed=viewer.subscribes(rule, place))
            for place in places
        )
    if AccessRole.SECONDARY_MANAGER not in rule.roles:
        return False
    return all(getattr(source, "viewer_manages", None) is True for source in sources)


def may_see(viewer: Viewer | None, kind: NodeKind, found: Any) -> bool:
    """Say whether *viewer* may know of the record *found*, of *kind*."""
    if allows(viewer, POLICY[KNOWN_BY[kind]], found):
        return True
    if viewer is None:
        return False
    # What one asked for or did oneself stays readable.
    own = found.owner_id if kind in REQUEST_KINDS else getattr(found, "actor_id", None)
    return own is not None and own == viewer.id


def decide(
    viewer: Viewer | None, action: Action, subject: Subject, *, of_other: bool = False
) -> Decision:
    """
    Ask the rule of *action* for *viewer* and *subject*.

    *of_other*: the viewer is not who asks.
    """
    rule = POLICY[action]
    if viewer is None:
        return Decision(rule, DenyReason.NOT_AUTHENTICATED)
    if subject.kind not in ASKED_OF[action]:
        return Decision(rule, DenyReason.TARGET_DOES_NOT_FIT, of_other)
    return Decision(rule, _reason(viewer, rule, subject), of_other)


def _reason(viewer: Viewer, rule: Rule, subject: Subject) -> DenyReason | None:
    if KNOWN_BY[subject.kind] == rule.action:
        passes = may_see(viewer, subject.kind, subject.record)
    else:
        passes = allows(viewer, rule, subject.record)
    if passes:
        return obstacle(viewer, rule.action, subject)
    # Of a structure, what the user himself does is asked of his own membership there.
    own = viewer.memberships.get(subject.structure_id or 0)
    if subject.kind == NodeKind.STRUCTURE and AccessRole.SELF in rule.roles and own is not None:
        return obstacle(viewer, rule.action, replace(subject, membership=own))
    return _why_not(viewer, rule, subject)


def decide_anywhere(viewer: Viewer | None, action: Action) -> Decision:
    """Ask whether *viewer* holds *action* on at least one object."""
    rule = POLICY[action]
    if viewer is None:
        return Decision(rule, DenyReason.NOT_AUTHENTICATED)
    if viewer.passes_anywhere(action):
        return Decision(rule, obstacle_anywhere(viewer, action))
    if not rule.barred.isdisjoint(viewer.standing(None)):
        return Decision(rule, DenyReason.NOT_FOR_SUPPORT)
    if not viewer.active:
        return Decision(rule, DenyReason.NOT_A_MEMBER)
    if rule.subscribed:
        return Decision(rule, _missing_right(viewer.invoicing.strongest))
    return Decision(rule, DenyReason.ROLE_TOO_LOW)


def unknown(action: Action) -> Decision:
    """Answer for an object that is missing or not for the viewer."""
    return Decision(POLICY[action], DenyReason.NOT_FOUND)


def _why_not(viewer: Viewer, rule: Rule, subject: Subject) -> DenyReason:
    if not rule.barred.isdisjoint(viewer.standing(None)):
        return DenyReason.NOT_FOR_SUPPORT
    if rule.passing_roles == (AccessRole.SELF,) and subject.kind != NodeKind.STRUCTURE:
        return DenyReason.SELF_ONLY
    structure_id = subject.structure_id
    membership = None if structure_id is None else viewer.membership(structure_id)
    if membership is None:
        return DenyReason.NOT_A_MEMBER
    if membership.status == MembershipStatus.INACTIVE:
        return DenyReason.MEMBERSHIP_INACTIVE
    if not rule.subscribed.isdisjoint(viewer.standing(structure_id)):
        service_id = getattr(subject.record, "service_id", None) if rule.acts else None
        return _missing_right(viewer.invoicing.mode(membership.structure_id or 0, service_id))
    return DenyReason.ROLE_TOO_LOW


def _missing_right(held: AreaMode | None) -> DenyReason:
    return DenyReason.AREA_NOT_GRANTED if held is None else DenyReason.MODIFICATION_REQUIRED
