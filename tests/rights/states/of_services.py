"""What becomes of mutations that are given the ids of services in any state."""

from tests.rights.states.table import read


TABLE = read("""
# anonymous newcomer stranger requester former inactive simple secondary primary support

Mutation.requestConnection(input.serviceIds)
  service                          | - ? ? ? ? ? ALREADY_CONNECTED*3 -
  inactive service                 | - ? ? ? ? ? SERVICE_INACTIVE*3 -
  ended service                    | - ? ? ? ? ? SERVICE_INACTIVE*3 -
  coming service                   | - ? ? ? ? ? SERVICE_INACTIVE*3 -
  service of an inactive structure | - ? ? ? ? ? ? ? ? -
  public service                   | - ? ? ? ? ? ? ? ? -
  inactive public service          | - ? ? ? ? ? ? ? ? -
  reserved service                 | - ? ? ? ? ? ? ? ? -

Mutation.requestSubscription(input.scope.serviceId)
  service                          | - - x - - - ALREADY_SUBSCRIBED*2 ok -
  inactive service                 | - - x - - - SERVICE_INACTIVE*3 -
  ended service                    | - - x - - - SERVICE_INACTIVE*3 -
  coming service                   | - - x - - - SERVICE_INACTIVE*3 -
  service of an inactive structure | - - x - - - ? ? ? -
  public service                   | - - x - - - ? ? ? -
  inactive public service          | - - x - - - ? ? ? -
  reserved service                 | - - x - - - ? ? ? -

Mutation.validateConnectionRequests(input.requests.serviceIds)
Mutation.validateSubscriptionRequests(input.requests.scope.serviceId)
Mutation.setMembershipScope(input.serviceIds)
Mutation.setSubscriptions(input.subscriptions.scope.serviceId)
  service                          | - - ? - - - - ok ok -
  inactive service                 | - - ? - - - - SERVICE_INACTIVE*2 -
  ended service                    | - - ? - - - - SERVICE_INACTIVE*2 -
  coming service                   | - - ? - - - - SERVICE_INACTIVE*2 -
  service of an inactive structure | - - ? - - - - ? ? -
  public service                   | - - ? - - - - ? ? -
  inactive public service          | - - ? - - - - ? ? -
  reserved service                 | - - ? - - - - ? ? -

Mutation.updateService(input.serviceId)
Mutation.reactivateService(input.serviceId)
  service                          | - - ? - - - - ok ok -
  inactive service                 | - - ? - - - - ok ok -
  ended service                    | - - ? - - - - ok ok -
  coming service                   | - - ? - - - - ok ok -
  service of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -
  public service                   | - - x - - - - ok ok -
  inactive public service          | - - ? - - - - ok ok -
  reserved service                 | - - x - - - - x x -

Mutation.deactivateService(input.serviceId)
  service                          | - - ? - - - - CONFIRMATION_REQUIRED*2 -
  inactive service                 | - - ? - - - - ok ok -
  ended service                    | - - ? - - - - ok ok -
  coming service                   | - - ? - - - - ok ok -
  service of an inactive structure | - - ? - - - - STRUCTURE_INACTIVE*2 -
  public service                   | - - x - - - - CONFIRMATION_REQUIRED*2 -
  inactive public service          | - - ? - - - - ok ok -
  reserved service                 | - - x - - - - x x -

Mutation.enableServiceUsers(input.serviceId)
  service                          | - - ? - - - - ok ok -
  inactive service                 | - - ? - - - - SERVICE_INACTIVE*2 -
  ended service                    | - - ? - - - - SERVICE_INACTIVE*2 -
  coming service                   | - - ? - - - - SERVICE_INACTIVE*2 -
  service of an inactive structure | - - ? - - - - NOT_FOUND*2 -
  public service                   | - - x - - - - NOT_FOUND*2 -
  inactive public service          | - - ? - - - - NOT_FOUND*2 -
  reserved service                 | - - x - - - - NOT_FOUND*2 -

Mutation.disableServiceUsers(input.serviceId)
  service                          | - - ? - - - - ok ok -
  inactive service                 | - - ? - - - - ok ok -
  ended service                    | - - ? - - - - ok ok -
  coming service                   | - - ? - - - - ok ok -
  service of an inactive structure | - - ? - - - - NOT_FOUND*2 -
  public service                   | - - x - - - - NOT_FOUND*2 -
  inactive public service          | - - ? - - - - NOT_FOUND*2 -
  reserved service                 | - - x - - - - NOT_FOUND*2 -

Mutation.openAreas(input.areas.scope.serviceId)
Mutation.attachUsers(input.users.serviceIds)
  service                          | - - x - - - - ok ok -
  inactive service                 | - - x - - - - SERVICE_INACTIVE*2 -
  ended service                    | - - x - - - - SERVICE_INACTIVE*2 -
  coming service                   | - - x - - - - SERVICE_INACTIVE*2 -
  service of an inactive structure | - - x - - - - ? ? -
  public service                   | - - x - - - - ? ? -
  inactive public service          | - - x - - - - ? ? -
  reserved service                 | - - x - - - - ? ? -
""")
