"""What is told of rights to objects in any state."""

from tests.rights.states.table import read


TABLE = read("""
# anonymous newcomer stranger requester former inactive simple secondary primary support

Viewer.can(target)
  structure                                     | - NOT_A_MEMBER*4 MEMBERSHIP_INACTIVE ROLE_TOO_LOW yes yes yes
  inactive structure                            | - NOT_A_MEMBER*4 MEMBERSHIP_INACTIVE ROLE_TOO_LOW STRUCTURE_INACTIVE*3
  inactive public structure                     | - NOT_A_MEMBER*5 ROLE_TOO_LOW STRUCTURE_INACTIVE*3
  replaced structure                            | - NOT_A_MEMBER*5 ROLE_TOO_LOW STRUCTURE_INACTIVE*3
  service                                       | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  inactive service                              | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  ended service                                 | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  coming service                                | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  service of an inactive structure              | - ? ? ? ? ? ROLE_TOO_LOW STRUCTURE_INACTIVE*2 NOT_A_MEMBER
  public service                                | - NOT_A_MEMBER*4 MEMBERSHIP_INACTIVE ROLE_TOO_LOW yes yes NOT_A_MEMBER
  inactive public service                       | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  reserved service                              | - NOT_A_MEMBER*4 MEMBERSHIP_INACTIVE ROLE_TOO_LOW SERVICE_RESERVED*2 NOT_A_MEMBER
  user of a service                             | - ? ? ? ? ? yes yes yes yes
  user of an inactive service                   | - ? ? ? ? ? ? yes yes yes
  user taken off a service                      | - ? ? ? ? ? ? yes yes yes
  inactive user of a service                    | - ? ? ? ? yes ? yes yes yes
  deleted user of a service                     | - ? ? ? yes ? ? yes yes yes
  user of a service of an inactive structure    | - ? ? ? ? ? yes yes yes yes
  membership                                    | - ? ? ? ? ? yes yes yes yes
  inactive membership                           | - ? ? ? ? yes ? yes yes yes
  deleted membership                            | - ? ? ? yes ? ? yes yes yes
  membership of a manager                       | - ? ? ? ? ? ? yes yes yes
  inactive membership of a manager              | - ? ? ? ? ? ? yes yes yes
  membership of the primary manager             | - ? ? ? ? ? ? yes yes yes
  membership of a deactivated account           | - ? ? ? ? ? ? yes yes yes
  membership of an inactive structure           | - ? ? ? ? ? yes yes yes yes
  user                                          | - ? ? ? ? ? yes yes yes yes
  manager                                       | - ? ? ? ? ? ? yes yes yes
  inactive user                                 | - ? ? ? ? yes ? yes yes yes
  former user                                   | - ? ? ? yes ? ? ? ? yes
  requester                                     | - ? ? yes ? ? ? yes yes yes
  user of another structure                     | - ? yes ? ? ? ? ? ? yes
  deactivated account                           | - ? ? ? ? ? ? yes yes yes
  account that is not activated                 | - ? ? ? ? ? ? ? ? yes
  opening                                       | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  closed opening                                | - ? ? ? ? ? ? ? ? ?
  opening on an inactive service                | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  opening of an inactive structure              | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  right                                         | - ? ? ? ? ? yes yes yes yes
  ended right                                   | - ? ? ? ? ? ? ? ? ?
  right of a manager                            | - ? ? ? ? ? ? yes yes yes
  right of an inactive user                     | - ? ? ? ? yes ? yes yes yes
  right of a deleted user                       | - ? ? ? ? ? ? ? ? ?
  right of a deactivated account                | - ? ? ? ? ? ? yes yes yes
  right on an inactive service                  | - ? ? ? ? ? ? yes yes yes
  right of an inactive structure                | - ? ? ? ? ? yes yes yes yes
  pending connection request                    | - ? ? yes ? ? ? yes yes yes
  validated connection request                  | - ? ? ? ? ? yes yes yes yes
  refused connection request                    | - ? ? yes ? ? ? yes yes yes
  cancelled connection request                  | - ? ? yes ? ? ? yes yes yes
  expired connection request                    | - ? ? ? ? ? ? yes yes yes
  connection request of a deactivated account   | - ? ? ? ? ? ? yes yes yes
  connection request of an inactive structure   | - ? ? NOT_A_MEMBER ? ? ? yes yes yes
  pending subscription request                  | - ? ? ? ? ? yes yes yes yes
  validated subscription request                | - ? ? ? ? ? yes yes yes yes
  refused subscription request                  | - ? ? ? ? ? yes yes yes yes
  cancelled subscription request                | - ? ? ? ? ? yes yes yes yes
  expired subscription request                  | - ? ? ? ? ? yes yes yes yes
  subscription request of a deactivated account | - ? ? ? ? ? ? yes yes yes
  subscription request of an inactive structure | - ? ? ? ? ? yes yes yes yes
  act                                           | - ? ? ? ? ? ? yes yes yes
  act of a former user                          | - ? ? ? NOT_A_MEMBER ? ? yes yes yes
  act on an inactive structure                  | - ? ? ? ? ? ? yes yes yes
  refused act                                   | - ? ? ? ? ? yes yes yes yes
  bank account                                  | - ? ? ? ? ? ROLE_TOO_LOW yes yes ?
  closed bank account                           | - ? ? ? ? ? ROLE_TOO_LOW yes yes ?
  bank account of an inactive structure         | - ? ? ? ? ? ROLE_TOO_LOW yes yes ?
  mandate                                       | - ? ? ? ? ? ? ROLE_TOO_LOW yes NOT_A_MEMBER
  revoked mandate                               | - ? ? ? ? ? ? ROLE_TOO_LOW yes NOT_A_MEMBER
  mandate of an inactive structure              | - ? ? ? ? ? ? ROLE_TOO_LOW yes NOT_A_MEMBER
""")
