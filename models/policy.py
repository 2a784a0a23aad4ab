"""
Who may read and do what: the one table.

Two gates use it. A field's permission class asks whether one of the caller's roles towards the
object passes the field's row. A mutation's class asks whether he holds the action anywhere, unless
the call may repeat an earlier one; the act itself asks again, for each target, under the
structure's lock. What no row names is denied.
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.access import AccessRole, Action, DenyReason, Rule
from models.doings import DOINGS
from models.readings import READINGS


__all__ = ["POLICY", "AccessRole", "Action", "DenyReason", "Rule"]

POLICY: Mapping[Action, Rule] = MappingProxyType({row.action: row for row in READINGS + DOINGS})
