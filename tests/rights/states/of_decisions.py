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
  user of a service                             | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  user of an inactive service                   | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  user taken off a service                      | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  inactive user of a service                    | - ? ? ? ? MEMBERSHIP_INACTIVE ? REACHES_ALL_SERVICES*2 NOT_A_MEMBER
  deleted user of a service                     | - ? ? ? NOT_A_MEMBER ? ? MEMBERSHIP_DELETED*2 NOT_A_MEMBER
  user of a service of an inactive structure    | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  membership                                    | - ? ? ? ? ? ROLE_TOO_LOW yes yes NOT_A_MEMBER
  inactive membership                           | - ? ? ? ? MEMBERSHIP_INACTIVE ? USER_NOT_CONNECTED*2 NOT_A_MEMBER
  deleted membership                            | - ? ? ? NOT_A_MEMBER ? ? MEMBERSHIP_DELETED*2 NOT_A_MEMBER
  membership of a manager                       | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  inactive membership of a manager              | - ? ? ? ? ? ? TARGET_PROTECTED USER_NOT_CONNECTED NOT_A_MEMBER
  membership of the primary manager             | - ? ? ? ? ? ? TARGET_PROTECTED yes NOT_A_MEMBER
  membership of a deactivated account           | - ? ? ? ? ? ? USER_INACTIVE*2 NOT_A_MEMBER
  membership of an inactive structure           | - ? ? ? ? ? ROLE_TOO_LOW STRUCTURE_INACTIVE*2 NOT_A_MEMBER
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
  right                                         | - ? ? ? ? ? yes yes yes NOT_A_MEMBER
  ended right                                   | - ? ? ? ? ? ? ? ? ?
  right of a manager                            | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  right of an inactive user                     | - ? ? ? ? MEMBERSHIP_INACTIVE ? yes yes NOT_A_MEMBER
  right of a deleted user                       | - ? ? ? ? ? ? ? ? ?
  right of a deactivated account                | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  right on an inactive service                  | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  right of an inactive structure                | - ? ? ? ? ? yes yes yes NOT_A_MEMBER
  pending connection request                    | - ? ? NOT_A_MEMBER ? ? ? yes yes NOT_A_MEMBER
  validated connection request                  | - ? ? ? ? ? ROLE_TOO_LOW yes REQUEST_ALREADY_DECIDED NOT_A_MEMBER
  refused connection request                    | - ? ? NOT_A_MEMBER ? ? ? yes REQUEST_ALREADY_DECIDED NOT_A_MEMBER
  cancelled connection request                  | - ? ? NOT_A_MEMBER ? ? ? REQUEST_ALREADY_DECIDED*2 NOT_A_MEMBER
  expired connection request                    | - ? ? ? ? ? ? REQUEST_ALREADY_DECIDED*2 NOT_A_MEMBER
  connection request of a deactivated account   | - ? ? ? ? ? ? yes yes NOT_A_MEMBER
  connection request of an inactive structure   | - ? ? NOT_A_MEMBER ? ? ? REQUEST_ALREADY_DECIDED*2 NOT_A_MEMBER
  pending subscription request                  | - ? ? ? ? ? yes SELF_ONLY*3
  validated subscription request                | - ? ? ? ? ? REQUEST_ALREADY_DECIDED SELF_ONLY*3
  refused subscription request                  | - ? ? ? ? ? REQUEST_ALREADY_DECIDED SELF_ONLY*3
  cancelled subscription request                | - ? ? ? ? ? yes SELF_ONLY*3
  expired subscription request                  | - ? ? ? ? ? REQUEST_ALREADY_DECIDED SELF_ONLY*3
  subscription request of a deactivated account | - ? ? ? ? ? ? SELF_ONLY*3
  subscription request of an inactive structure | - ? ? ? ? ? REQUEST_ALREADY_DECIDED SELF_ONLY*3
  act                                           | - ? ? ? ? ? ? yes yes yes
  act of a former user                          | - ? ? ? yes ? ? yes yes yes
  act on an inactive structure                  | - ? ? ? ? ? ? yes yes yes
  refused act                                   | - ? ? ? ? ? yes yes yes yes
  bank account                                  | - ? ? ? ? ? ROLE_TOO_LOW yes yes ?
  closed bank account                           | - ? ? ? ? ? ROLE_TOO_LOW yes yes ?
  bank account of an inactive structure         | - ? ? ? ? ? ROLE_TOO_LOW yes yes ?
  mandate                                       | - ? ? ? ? ? ? ROLE_TOO_LOW yes NOT_A_MEMBER
  revoked mandate                               | - ? ? ? ? ? ? ROLE_TOO_LOW yes NOT_A_MEMBER
  mandate of an inactive structure              | - ? ? ? ? ? ? ROLE_TOO_LOW yes NOT_A_MEMBER
""")
