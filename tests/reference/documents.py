"""What is sent to read: everything that a viewer may read, in one document."""

EVERYTHING = """
query Everything($structures: [ID!]!, $objects: [ID!]!, $more: [ID!]!, $since: DateTime!) {
  viewer {
    history(first: 100, filter: {at: {from: $since}}) { nodes { ...Done structure { id } } }
    memberships(first: 50, filter: {status: [ACTIVE, INACTIVE, DELETED]}) { nodes { ...Tie } }
    areaTabs { area { code } mode missing }
    requests(first: 100) { nodes { id status } }
    decisions(first: 100) { nodes { id } }
    pendingCounts { ...Counts }
  }
  structures: nodes(ids: $structures) { ...Place }
  objects: nodes(ids: $objects) { id }
  more: nodes(ids: $more) { id }
}
fragment Place on Structure {
  id identifierType identifier name sector status version
  predecessor { id } successor { id } primaryManager { id }
  services(first: 10) { nodes { id code version active
    openedAreas { ...Opening }
    users(first: 20) { nodes { id role via user { id }
      areas { area { code } mode scope } } } } }
  openedAreas { ...Opening }
  users(first: 20, filter: {status: [ACTIVE, INACTIVE, DELETED]},
    orderBy: {field: CREATED_AT}) { nodes { ...Tie } }
  bankAccounts(first: 20, filter: {status: [ACTIVE, CLOSED]}) { nodes {
    id version label status default maskedIban iban } }
  invoicingMandate { id status subscribedBy { id } revokedBy { id } }
  connectionRequests(first: 50) { nodes { ...Asked services(first: 10) { nodes { code } } } }
  subscriptionRequests(first: 50) { nodes {
    ...Asked area { code } mode service { code } } }
  pendingCounts { ...Counts }
  history(first: 100, filter: {at: {from: $since}}) { nodes { ...Done } }
  applicationsUsed viewerRole viewerMembership { id } viewerCan { ...May }
}
fragment Tie on Membership { id version role status scope user { id } viewerCan { ...May }
  services(first: 10) { nodes { code } }
  areas(first: 30) { nodes { id version area { code } mode service { code } } } }
fragment Opening on StructureArea { id area { code } mode }
fragment Done on ManagerAction {
  at action outcome refusal count reason actor { id } user { id } target { __typename id } }
fragment May on Decision { action allowed reason }
fragment Counts on PendingCounts { connectionRequests subscriptionRequests }
fragment Asked on Request {
  id version status refusalReason requester { id } decidedBy { id } structure { id } }
"""
ACCOUNTS = """
query Accounts($structures: [ID!]!) {
  structures: nodes(ids: $structures) { ... on Structure {
    bankAccounts(first: 20, filter: {status: [ACTIVE, CLOSED]}) { nodes { id version label } } } }
}
"""
"""The ids and versions of bank accounts, for managers whom no viewer's reading stands for."""
