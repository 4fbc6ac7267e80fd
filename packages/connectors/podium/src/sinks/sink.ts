import type { Frozen, ObjectWrite } from '@jumpring/connector-kit'
import type { Caller } from '@jumpring/connector-kit/http/caller'
import type { ConnectionSettings, JumpringError } from '@jumpring/contracts'

/** Podium docs: the largest page of a list. That a call may carry as many objects is our assumption. */
export const mostObjects = 100

/** A place on Podium where objects that are no contacts can go. Podium's public API has none made for them: see docs.md. */
export interface ObjectSink {
  /** The path of every route of this sink begins with it. */
  readonly root: string
  /** Throws `configuration` where the settings name no place for it. */
  freeze(write: ObjectWrite, settings: ConnectionSettings): Frozen
  /** Sends objects of one route. Per object, in order: null when it was accepted. Throws what befalls the call as a whole. */
  send(caller: Caller, route: string, frozen: readonly Frozen[]): Promise<readonly (JumpringError | null)[]>
}

/**
 * The object's own fields. A product's title and description are only a beginning, which Podium's staff and its AI go on from:
 * they go with the first write alone (PD-10). Every other field goes whole, each time.
 */
export function fieldsOf({ object, event }: ObjectWrite): Readonly<Record<string, unknown>> {
  const { type: _type, ...fields } = object
  if (!('title' in fields) || event === 'created') return fields
  const { title: _title, description: _description, ...others } = fields
  return others
}
