"""What becomes of mutations that are given the ids of memberships in any state."""

from tests.rights.states.table import read


TABLE = read("""
# anonymous newcomer stranger requester former inactive simple secondary primary support

Mutation.enableServiceUsers(input.membershipIds)
  membership                          | - - ? - - - - ok ok -
  inactive membership                 | - - ? - - - - CONFLICT*2 -
  deleted membership                  | - - ? - - - - CONFLICT*2 -
  membership of a manager             | - - ? - - - - CONFLICT*2 -
  inactive membership of a manager    | - - ? - - - - CONFLICT*2 -
  membership of the primary manager   | - - ? - - - - CONFLICT*2 -
  membership of a deactivated account | - - ? - - - - USER_INACTIVE*2 -
  membership of an inactive structure | - - ? - - - - ? ? -

Mutation.disableServiceUsers(input.membershipIds)
  membership                          | - - ? - - - - ok ok -
  inactive membership                 | - - ? - - - - CONFLICT*2 -
  deleted membership                  | - - ? - - - - CONFLICT*2 -
  membership of a manager             | - - ? - - - - CONFLICT*2 -
  inactive membership of a manager    | - - ? - - - - CONFLICT*2 -
  membership of the primary manager   | - - ? - - - - CONFLICT*2 -
  membership of a deactivated account | - - ? - - - - CONFLICT*2 -
  membership of an inactive structure | - - ? - - - - ? ? -

Mutation.setMembershipScope(input.membershipId)
  membership                          | - - ? - - - - ok ok -
  inactive membership                 | - - ? - - - - ok ok -
  deleted membership                  | - - ? - - - - CONFLICT*2 -
  membership of a manager             | - - ? - - - - CONFLICT*2 -
  inactive membership of a manager    | - - ? - - - - CONFLICT*2 -
  membership of the primary manager   | - - ? - - - - CONFLICT*2 -
  membership of a deactivated account | - - ? - - - - ok ok -
  membership of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -

Mutation.setSubscriptions(input.subscriptions.membershipId)
  membership                          | - - ? - - - - ok ok -
  inactive membership                 | - - ? - - - - CONFLICT*2 -
  deleted membership                  | - - ? - - - - CONFLICT*2 -
  membership of a manager             | - - ? - - - - ok ok -
  inactive membership of a manager    | - - ? - - - - x CONFLICT -
  membership of the primary manager   | - - ? - - - - x ok -
  membership of a deactivated account | - - ? - - - - USER_INACTIVE*2 -
  membership of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -

Mutation.appointSecondaryManager(input.membershipId)
  membership                          | - - ? - - - - - ok -
  inactive membership                 | - - ? - - - - - CONFLICT -
  deleted membership                  | - - ? - - - - - CONFLICT -
  membership of a manager             | - - ? - - - - - ok -
  inactive membership of a manager    | - - ? - - - - - ok -
  membership of the primary manager   | - - ? - - - - - PRIMARY_MUST_TRANSFER -
  membership of a deactivated account | - - ? - - - - - USER_NOT_ELIGIBLE -
  membership of an inactive structure | - - ? - - - - - STRUCTURE_INACTIVE -

Mutation.revokeSecondaryManager(input.membershipId)
  membership                          | - - ? - - - - - ok -
  inactive membership                 | - - ? - - - - - ok -
  deleted membership                  | - - ? - - - - - ok -
  membership of a manager             | - - ? - - - - - ok -
  inactive membership of a manager    | - - ? - - - - - ok -
  membership of the primary manager   | - - ? - - - - - PRIMARY_MUST_TRANSFER -
  membership of a deactivated account | - - ? - - - - - ok -
  membership of an inactive structure | - - ? - - - - - ok -

Mutation.duplicateRights(input.sourceMembershipId)
  membership                          | - - ? - - - - INVALID*2 -
  inactive membership                 | - - ? - - - - ok ok -
  deleted membership                  | - - ? - - - - CONFLICT*2 -
  membership of a manager             | - - ? - - - - ok ok -
  inactive membership of a manager    | - - ? - - - - ok ok -
  membership of the primary manager   | - - ? - - - - ok ok -
  membership of a deactivated account | - - ? - - - - ok ok -
  membership of an inactive structure | - - ? - - - - INVALID*2 -

Mutation.duplicateRights(input.membershipIds)
  membership                          | - - ? - - - - ok ok -
  inactive membership                 | - - ? - - - - CONFLICT*2 -
  deleted membership                  | - - ? - - - - CONFLICT*2 -
  membership of a manager             | - - ? - - - - INVALID*2 -
  inactive membership of a manager    | - - ? - - - - CONFLICT*2 -
  membership of the primary manager   | - - ? - - - - CONFLICT*2 -
  membership of a deactivated account | - - ? - - - - USER_INACTIVE*2 -
  membership of an inactive structure | - - ? - - - - INVALID*2 -

Mutation.deactivateMemberships(input.membershipIds)
  membership                          | - - ? - - - - ok ok ok
  inactive membership                 | - - ? - - - - ok ok ok
  deleted membership                  | - - ? - - - - CONFLICT*3
  membership of a manager             | - - ? - - - - x ok ok
  inactive membership of a manager    | - - ? - - - - ok ok ok
  membership of the primary manager   | - - ? - - - - PRIMARY_MUST_TRANSFER*3
  membership of a deactivated account | - - ? - - - - ok ok ok
  membership of an inactive structure | - - ? - - - - ok ok ok

Mutation.reactivateMemberships(input.membershipIds)
  membership                          | - - ? - - - - ok ok ok
  inactive membership                 | - - ? - - - - ok ok x
  deleted membership                  | - - ? - - - - CONFLICT*2 x
  membership of a manager             | - - ? - - - - ok ok ok
  inactive membership of a manager    | - - ? - - - - x ok ok
  membership of the primary manager   | - - ? - - - - ok ok ok
  membership of a deactivated account | - - ? - - - - ok ok ok
  membership of an inactive structure | - - ? - - - - ok ok ok

Mutation.deleteMemberships(input.membershipIds)
  membership                          | - - ? - - - - ok ok x
  inactive membership                 | - - ? - - - - ok ok x
  deleted membership                  | - - ? - - - - ok ok ok
  membership of a manager             | - - ? - - - - x ok ok
  inactive membership of a manager    | - - ? - - - - x ok ok
  membership of the primary manager   | - - ? - - - - PRIMARY_MUST_TRANSFER*3
  membership of a deactivated account | - - ? - - - - ok ok x
  membership of an inactive structure | - - ? - - - - ok ok x
""")
