"""What becomes of mutations that are given the ids of structures in any state."""

from tests.rights.states.table import read


TABLE = read("""
# anonymous newcomer stranger requester former inactive simple secondary primary support

Mutation.requestConnection(input.structureId)
  structure                 | - ok ok CONFLICT ok ok ALREADY_CONNECTED*3 -
  inactive structure        | - STRUCTURE_INACTIVE*8 -
  inactive public structure | - STRUCTURE_INACTIVE*8 -
  replaced structure        | - STRUCTURE_INACTIVE*8 -

Mutation.requestSubscription(input.structureId)
  structure                 | - - x - - - ok ok ok -
  inactive structure        | - - x - - - STRUCTURE_INACTIVE*3 -
  inactive public structure | - - x - - - STRUCTURE_INACTIVE*3 -
  replaced structure        | - - x - - - STRUCTURE_INACTIVE*3 -

Mutation.updateStructure(input.structureId)
Mutation.changeIdentifier(input.structureId)
  structure                 | - - x - - - - ok ok ok
  inactive structure        | - - x - - - - STRUCTURE_INACTIVE*3
  inactive public structure | - - x - - - - STRUCTURE_INACTIVE*3
  replaced structure        | - - x - - - - STRUCTURE_INACTIVE*3

Mutation.deactivateStructures(input.structureIds)
  structure                 | - - - - - - - - - ok
  inactive structure        | - - - - - - - - - ok
  inactive public structure | - - - - - - - - - ok
  replaced structure        | - - - - - - - - - ok

Mutation.reactivateStructures(input.structureIds)
  structure                 | - - - - - - - - - ok
  inactive structure        | - - - - - - - - - ok
  inactive public structure | - - - - - - - - - ok
  replaced structure        | - - - - - - - - - CONFLICT

Mutation.transferPrimaryManager(input.structureIds)
  structure                 | - - x - - - - - ok ok
  inactive structure        | - - x - - - - - STRUCTURE_INACTIVE ok
  inactive public structure | - - x - - - - - STRUCTURE_INACTIVE ok
  replaced structure        | - - x - - - - - STRUCTURE_INACTIVE ok

Mutation.createService(input.structureId)
Mutation.openAreas(input.areas.structureId)
Mutation.attachUsers(input.users.structureId)
Mutation.addBankAccount(input.structureId)
  structure                 | - - x - - - - ok ok -
  inactive structure        | - - x - - - - STRUCTURE_INACTIVE*2 -
  inactive public structure | - - x - - - - STRUCTURE_INACTIVE*2 -
  replaced structure        | - - x - - - - STRUCTURE_INACTIVE*2 -

Mutation.leaveStructures(input.structureIds)
  structure                 | - CONFLICT*3 ok ok ok ok PRIMARY_MUST_TRANSFER CONFLICT
  inactive structure        | - CONFLICT*3 ok ok ok ok PRIMARY_MUST_TRANSFER CONFLICT
  inactive public structure | - CONFLICT*5 ok ok PRIMARY_MUST_TRANSFER CONFLICT
  replaced structure        | - CONFLICT*5 ok ok PRIMARY_MUST_TRANSFER CONFLICT

Mutation.subscribeMandate(input.structureId)
  structure                          | - - x - - - - ok ok -
  inactive structure                 | - - x - - - - STRUCTURE_INACTIVE*2 -
  inactive public structure          | - - x - - - - STRUCTURE_INACTIVE*2 -
  replaced structure                 | - - x - - - - STRUCTURE_INACTIVE*2 -
  structure whose mandate is revoked | - - x - - - - ok ok -

Mutation.revokeMandate(input.structureId)
  structure                          | - - x - - - - - ok -
  inactive structure                 | - - x - - - - - ok -
  inactive public structure          | - - x - - - - - MANDATE_REQUIRED -
  replaced structure                 | - - x - - - - - MANDATE_REQUIRED -
  structure whose mandate is revoked | - - x - - - - - ok -
""")
