"""What becomes of mutations that are given ids of users and of what they hold, in any state."""

from tests.rights.states.table import read


TABLE = read("""
# anonymous newcomer stranger requester former inactive simple secondary primary support

Mutation.cancelRequests(input.requestIds)
  pending connection request                    | - ? ? ok ? ? ? x x x
  validated connection request                  | - ? ? ? ? ? REQUEST_ALREADY_DECIDED x x x
  refused connection request                    | - ? ? REQUEST_ALREADY_DECIDED ? ? ? x x x
  cancelled connection request                  | - ? ? ok ? ? ? x x x
  expired connection request                    | - ? ? ? ? ? ? x x x
  connection request of a deactivated account   | - ? ? ? ? ? ? x x x
  connection request of an inactive structure   | - ? ? REQUEST_ALREADY_DECIDED ? ? ? x x x
  pending subscription request                  | - ? ? ? ? ? ok x x x
  validated subscription request                | - ? ? ? ? ? REQUEST_ALREADY_DECIDED x x x
  refused subscription request                  | - ? ? ? ? ? REQUEST_ALREADY_DECIDED x x x
  cancelled subscription request                | - ? ? ? ? ? ok x x x
  expired subscription request                  | - ? ? ? ? ? REQUEST_ALREADY_DECIDED x x x
  subscription request of a deactivated account | - ? ? ? ? ? ? x x x
  subscription request of an inactive structure | - ? ? ? ? ? REQUEST_ALREADY_DECIDED x x x

Mutation.validateConnectionRequests(input.requests.id)
  pending connection request                  | - - ? - - - - ok ok -
  validated connection request                | - - ? - - - - ok REQUEST_ALREADY_DECIDED -
  refused connection request                  | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  cancelled connection request                | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  expired connection request                  | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  connection request of a deactivated account | - - ? - - - - REQUESTER_INACTIVE*2 -
  connection request of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -

Mutation.refuseConnectionRequests(input.requests.id)
  pending connection request                  | - - ? - - - - ok ok -
  validated connection request                | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  refused connection request                  | - - ? - - - - ok REQUEST_ALREADY_DECIDED -
  cancelled connection request                | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  expired connection request                  | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  connection request of a deactivated account | - - ? - - - - ok ok -
  connection request of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -

Mutation.validateSubscriptionRequests(input.requests.id)
  pending subscription request                  | - - ? - - - - ok ok -
  validated subscription request                | - - ? - - - - ok REQUEST_ALREADY_DECIDED -
  refused subscription request                  | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  cancelled subscription request                | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  expired subscription request                  | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  subscription request of a deactivated account | - - ? - - - - REQUESTER_INACTIVE*2 -
  subscription request of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -

Mutation.refuseSubscriptionRequests(input.requests.id)
  pending subscription request                  | - - ? - - - - ok ok -
  validated subscription request                | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  refused subscription request                  | - - ? - - - - ok REQUEST_ALREADY_DECIDED -
  cancelled subscription request                | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  expired subscription request                  | - - ? - - - - REQUEST_ALREADY_DECIDED*2 -
  subscription request of a deactivated account | - - ? - - - - ok ok -
  subscription request of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -

Mutation.createStructure(input.primaryManager.userId)
  user                          | - INVALID*8 ok
  manager                       | - INVALID*8 ok
  inactive user                 | - INVALID*8 ok
  former user                   | - INVALID*8 ok
  requester                     | - INVALID*8 ok
  user of another structure     | - INVALID*8 ok
  deactivated account           | - INVALID*8 USER_NOT_ELIGIBLE
  account that is not activated | - INVALID*8 USER_NOT_ELIGIBLE

Mutation.transferPrimaryManager(input.successor.userId)
  user                          | - - x - - - - - ok ok
  manager                       | - - x - - - - - ok ok
  inactive user                 | - - x - - - - - ok ok
  former user                   | - - x - - - - - ok ok
  requester                     | - - x - - - - - ok ok
  user of another structure     | - - x - - - - - ok ok
  deactivated account           | - - x - - - - - USER_NOT_ELIGIBLE*2
  account that is not activated | - - x - - - - - USER_NOT_ELIGIBLE*2

Mutation.closeAreas(input.structureAreaIds)
  opening                          | - - ? - - - - ok ok -
  closed opening                   | - - ? - - - - ok ok -
  opening on an inactive service   | - - ? - - - - ok ok -
  opening of an inactive structure | - - ? - - - - ok ok -

Mutation.endSubscriptions(input.subscriptionIds)
  right                          | - ? ? ? ? ? ok ok ok x
  ended right                    | - ? ? ? ? ? ok ok ok x
  right of a manager             | - ? ? ? ? ? ? ok ok x
  right of an inactive user      | - ? ? ? ? x ? ok ok x
  right of a deleted user        | - ? ? ? x ? ? ok ok x
  right of a deactivated account | - ? ? ? ? ? ? ok ok x
  right on an inactive service   | - ? ? ? ? ? ? ok ok x
  right of an inactive structure | - ? ? ? ? ? ok ok ok x

Mutation.closeBankAccount(input.bankAccountId)
  bank account                          | - - ? - - - - ok ok -
  closed bank account                   | - - ? - - - - ok ok -
  bank account of an inactive structure | - - ? - - - - ok ok -

Mutation.setDefaultBankAccount(input.bankAccountId)
  bank account                          | - - ? - - - - ok ok -
  closed bank account                   | - - ? - - - - CONFLICT*2 -
  bank account of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -
""")
