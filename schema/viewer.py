"""The signed-in user and what is his."""

from datetime import datetime

from models.accounts import PlatformRole
from resolvers import explaining, pending_counts, tabs, users
from resolvers import history as resolve_history
from resolvers import memberships as resolve_memberships
from resolvers import requests as resolve_requests
from schema.areas import AreaTab
from schema.fields import computed, object_type, owner, plain, reference
from schema.history import ManagerAction
from schema.memberships import Membership
from schema.pages import Connection
from schema.requests import Request
from schema.rights import Decision
from schema.structures import PendingCounts
from schema.users import User


@object_type(row=None)
class Viewer:
    """The signed-in user and what is his."""

    user: User = owner(reference(users.by_ids, "id"), "The account itself.")
    display_name: str = plain("First and last name.")
    login: str = plain("Login ID, an email address.")
    platform_role: PlatformRole = plain("Whether you belong to the platform's support.")
    last_connection_at: datetime | None = plain("Your last connection before this one.")
    memberships: Connection[Membership] = owner(
        resolve_memberships.of_viewer,
        "My structures connections, with the role on each, by name of structure.",
    )
    requests: Connection[Request] = owner(
        resolve_requests.of_viewer, "Your own requests of both kinds, newest first."
    )
    decisions: Connection[Request] = owner(
        resolve_requests.decisions,
        "Pending requests on all structures that you manage, oldest first; empty for others.",
    )
    pending_counts: PendingCounts = owner(
        pending_counts.of_viewer,
        "How many requests wait for your decision, over all structures that you manage.",
    )
    area_tabs: list[AreaTab] = owner(
        tabs.area_tabs,
        "The tabs of the top menu in the portal's order, with what is missing for those that"
        " you cannot use.",
    )
    history: Connection[ManagerAction] = owner(
        resolve_history.of_viewer, "What you did yourself, on any structure, newest first."
    )
    can: Decision = computed(
        explaining.can,
        "Whether you may do something, on one object or anywhere: what the act would answer to a"
        " good input.",
    )
