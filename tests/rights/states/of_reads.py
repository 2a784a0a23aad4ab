"""What is read by ids of objects in any state."""

from tests.rights.states.table import read


TABLE = read("""
# anonymous newcomer stranger requester former inactive simple secondary primary support

Query.node(id)
Query.nodes(ids)
  structure                                     | ? yes yes yes yes yes yes yes yes yes
  inactive structure                            | ? yes yes yes yes yes yes yes yes yes
  inactive public structure                     | ? yes yes yes yes yes yes yes yes yes
  replaced structure                            | ? yes yes yes yes yes yes yes yes yes
  service                                       | ? ? ? ? ? ? yes yes yes yes
  inactive service                              | ? ? ? ? ? ? yes yes yes yes
  ended service                                 | ? ? ? ? ? ? yes yes yes yes
  coming service                                | ? ? ? ? ? ? yes yes yes yes
  service of an inactive structure              | ? ? ? ? ? ? yes yes yes yes
  public service                                | yes yes yes yes yes yes yes yes yes yes
  inactive public service                       | ? ? ? ? ? ? yes yes yes yes
  reserved service                              | yes yes yes yes yes yes yes yes yes yes
  user of a service                             | ? ? ? ? ? ? yes yes yes yes
  user of an inactive service                   | ? ? ? ? ? ? ? yes yes yes
  user taken off a service                      | ? ? ? ? ? ? ? yes yes yes
  inactive user of a service                    | ? ? ? ? ? yes ? yes yes yes
  deleted user of a service                     | ? ? ? ? yes ? ? yes yes yes
  user of a service of an inactive structure    | ? ? ? ? ? ? yes yes yes yes
  membership                                    | ? ? ? ? ? ? yes yes yes yes
  inactive membership                           | ? ? ? ? ? yes ? yes yes yes
  deleted membership                            | ? ? ? ? yes ? ? yes yes yes
  membership of a manager                       | ? ? ? ? ? ? ? yes yes yes
  inactive membership of a manager              | ? ? ? ? ? ? ? yes yes yes
  membership of the primary manager             | ? ? ? ? ? ? ? yes yes yes
  membership of a deactivated account           | ? ? ? ? ? ? ? yes yes yes
  membership of an inactive structure           | ? ? ? ? ? ? yes yes yes yes
  user                                          | ? ? ? ? ? ? yes yes yes yes
  manager                                       | ? ? ? ? ? ? ? yes yes yes
  inactive user                                 | ? ? ? ? ? yes ? yes yes yes
  former user                                   | ? ? ? ? yes ? ? ? ? yes
  requester                                     | ? ? ? yes ? ? ? yes yes yes
  user of another structure                     | ? ? yes ? ? ? ? ? ? yes
  deactivated account                           | ? ? ? ? ? ? ? yes yes yes
  account that is not activated                 | ? ? ? ? ? ? ? ? ? yes
  opening                                       | ? ? ? ? ? ? yes yes yes yes
  closed opening                                | ? ? ? ? ? ? ? ? ? ?
  opening on an inactive service                | ? ? ? ? ? ? yes yes yes yes
  opening of an inactive structure              | ? ? ? ? ? ? yes yes yes yes
  right                                         | ? ? ? ? ? ? yes yes yes yes
  ended right                                   | ? ? ? ? ? ? ? ? ? ?
  right of a manager                            | ? ? ? ? ? ? ? yes yes yes
  right of an inactive user                     | ? ? ? ? ? yes ? yes yes yes
  right of a deleted user                       | ? ? ? ? ? ? ? ? ? ?
  right of a deactivated account                | ? ? ? ? ? ? ? yes yes yes
  right on an inactive service                  | ? ? ? ? ? ? ? yes yes yes
  right of an inactive structure                | ? ? ? ? ? ? yes yes yes yes
  pending connection request                    | ? ? ? yes ? ? ? yes yes yes
  validated connection request                  | ? ? ? ? ? ? yes yes yes yes
  refused connection request                    | ? ? ? yes ? ? ? yes yes yes
  cancelled connection request                  | ? ? ? yes ? ? ? yes yes yes
  expired connection request                    | ? ? ? ? ? ? ? yes yes yes
  connection request of a deactivated account   | ? ? ? ? ? ? ? yes yes yes
  connection request of an inactive structure   | ? ? ? yes ? ? ? yes yes yes
  pending subscription request                  | ? ? ? ? ? ? yes yes yes yes
  validated subscription request                | ? ? ? ? ? ? yes yes yes yes
  refused subscription request                  | ? ? ? ? ? ? yes yes yes yes
  cancelled subscription request                | ? ? ? ? ? ? yes yes yes yes
  expired subscription request                  | ? ? ? ? ? ? yes yes yes yes
  subscription request of a deactivated account | ? ? ? ? ? ? ? yes yes yes
  subscription request of an inactive structure | ? ? ? ? ? ? yes yes yes yes
  act                                           | ? ? ? ? ? ? ? yes yes yes
  act of a former user                          | ? ? ? ? yes ? ? yes yes yes
  act on an inactive structure                  | ? ? ? ? ? ? ? yes yes yes
  refused act                                   | ? ? ? ? ? ? yes yes yes yes
  bank account                                  | ? ? ? ? ? ? yes yes yes ?
  closed bank account                           | ? ? ? ? ? ? yes yes yes ?
  bank account of an inactive structure         | ? ? ? ? ? ? yes yes yes ?
  mandate                                       | ? ? ? ? ? ? ? yes yes yes
  revoked mandate                               | ? ? ? ? ? ? ? yes yes yes
  mandate of an inactive structure              | ? ? ? ? ? ? ? yes yes yes

Query.structure(by.id)
  structure                 | ? yes yes yes yes yes yes yes yes yes
  inactive structure        | ? yes yes yes yes yes yes yes yes yes
  inactive public structure | ? yes yes yes yes yes yes yes yes yes
  replaced structure        | ? yes yes yes yes yes yes yes yes yes

Query.explainAccess(userId)
  user                          | x x x x x x yes yes yes yes
  manager                       | x x x x x x x yes yes yes
  inactive user                 | x x x x x MEMBERSHIP_INACTIVE x MEMBERSHIP_INACTIVE*3
  former user                   | x x x x NOT_A_MEMBER x x ? ? ?
  requester                     | x x x NOT_A_MEMBER x x x NOT_A_MEMBER*3
  user of another structure     | x x NOT_A_MEMBER x x x x ? ? ?
  deactivated account           | x x x x x x x ACCOUNT_INACTIVE*3
  account that is not activated | x x x x x x x ? ? ?

Viewer.areaTabs(structureId)
  structure                 | - ? ? ? ? ? 4 5 4 ?
  inactive structure        | - ? ? ? ? ? 4 5 4 ?
  inactive public structure | - ? ? ? ? ? 3 4 4 ?
  replaced structure        | - ? ? ? ? ? 3 4 4 ?

Viewer.requests(filter.structureId)
  structure                 | - ? ? 3 ? ? 6 ? ? ?
  inactive structure        | - ? ? 1 ? ? 1 ? ? ?
  inactive public structure | - ? ? ? ? ? ? ? ? ?
  replaced structure        | - ? ? ? ? ? ? ? ? ?

Viewer.decisions(filter.structureId)
  structure                 | - ? ? ? ? ? ? 4 4 ?
  inactive structure        | - ? ? ? ? ? ? ? ? ?
  inactive public structure | - ? ? ? ? ? ? ? ? ?
  replaced structure        | - ? ? ? ? ? ? ? ? ?

Viewer.history(filter.actorId)
  user                          | - ? ? ? ? ? 1 ? ? ?
  manager                       | - ? ? ? ? ? ? 9 ? ?
  inactive user                 | - ? ? ? ? ? ? ? ? ?
  former user                   | - ? ? ? 1 ? ? ? ? ?
  requester                     | - ? ? ? ? ? ? ? ? ?
  user of another structure     | - ? ? ? ? ? ? ? ? ?
  deactivated account           | - ? ? ? ? ? ? ? ? ?
  account that is not activated | - ? ? ? ? ? ? ? ? ?

Viewer.history(filter.userId)
  user                          | - ? ? ? ? ? ? 3 ? ?
  manager                       | - ? ? ? ? ? ? ? ? ?
  inactive user                 | - ? ? ? ? ? ? 1 ? ?
  former user                   | - ? ? ? ? ? ? 1 ? ?
  requester                     | - ? ? ? ? ? ? 1 ? ?
  user of another structure     | - ? ? ? ? ? ? ? ? ?
  deactivated account           | - ? ? ? ? ? ? 1 ? ?
  account that is not activated | - ? ? ? ? ? ? ? ? ?

Structure.users(filter.serviceId)
  service                          | - x x x x x x 6 6 6
  inactive service                 | - x x x x x x 5 5 5
  ended service                    | - x x x x x x 5 5 5
  coming service                   | - x x x x x x 5 5 5
  service of an inactive structure | - x x x x x x ? ? ?
  public service                   | - x x x x x x ? ? ?
  inactive public service          | - x x x x x x ? ? ?
  reserved service                 | - x x x x x x ? ? ?

Structure.connectionRequests(filter.structureId)
Structure.subscriptionRequests(filter.structureId)
  structure                 | - x x x x x x 6 6 6
  inactive structure        | - x x x x x x ? ? ?
  inactive public structure | - x x x x x x ? ? ?
  replaced structure        | - x x x x x x ? ? ?

Structure.history(filter.actorId)
  user                          | - x x x x x x 1 1 1
  manager                       | - x x x x x x 8 8 8
  inactive user                 | - x x x x x x ? ? ?
  former user                   | - x x x x x x 1 1 1
  requester                     | - x x x x x x ? ? ?
  user of another structure     | - x x x x x x ? ? ?
  deactivated account           | - x x x x x x ? ? ?
  account that is not activated | - x x x x x x ? ? ?

Structure.history(filter.userId)
  user                          | - x x x x x x 3 3 3
  manager                       | - x x x x x x ? ? ?
  inactive user                 | - x x x x x x 1 1 1
  former user                   | - x x x x x x 1 1 1
  requester                     | - x x x x x x 1 1 1
  user of another structure     | - x x x x x x ? ? ?
  deactivated account           | - x x x x x x 1 1 1
  account that is not activated | - x x x x x x ? ? ?

Membership.areas(filter.serviceId)
  service                          | - - - - - - 1 1 1 1
  inactive service                 | - - - - - - ? ? ? ?
  ended service                    | - - - - - - ? ? ? ?
  coming service                   | - - - - - - ? ? ? ?
  service of an inactive structure | - - - - - - ? ? ? ?
  public service                   | - - - - - - ? ? ? ?
  inactive public service          | - - - - - - ? ? ? ?
  reserved service                 | - - - - - - ? ? ? ?
""")
