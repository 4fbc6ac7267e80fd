import type { ConnectionSettings } from '@jumpring/contracts'
import type { ContactFields, Observation } from '@jumpring/sync'
import type { Connector } from '../connector.ts'

/** An object as the platform shows it: `contact` is the name of whose it is, `writes` how many writes changed it. */
export interface ShownObject {
  readonly externalId: string
  readonly type: string
  readonly title: string | null
  readonly archived: boolean
  readonly writes: number
  readonly contact: string | null
  readonly fields: Readonly<Record<string, unknown>>
}

export type ShownContact = Pick<Observation, 'uid' | 'name' | 'phones' | 'emails'>

/** A platform's sandbox, fresh and empty, as the conformance suite sees it. */
export interface ConformanceSandbox extends AsyncDisposable {
  readonly baseUrl: string
  /** What a person would enter to connect the account. */
  readonly secrets: unknown
  /** A location of the account. */
  readonly location: string
  /** Settings with a location for every store, and a place for every object. */
  readonly settings: ConnectionSettings
  /** All contacts that the platform holds by now, seen past its API. */
  contacts(): Promise<readonly ShownContact[]>
  objects(): Promise<readonly ShownObject[]>
  /** All texts that were sent. */
  texts(): Promise<readonly { readonly to: string; readonly body: string }[]>
  /** What people do at the platform. `create` answers the new contact's uid. */
  readonly staff: {
    create(contact: Required<Pick<ContactFields, 'name' | 'phone' | 'email'>>): Promise<string>
    changePhone(uid: string, phone: string): Promise<void>
    optOut(uid: string, phone: string): Promise<void>
    remove(uid: string): Promise<void>
    rewordProduct(externalId: string, title: string): Promise<void>
    merge(contacts: { readonly kept: string; readonly gone: string }): Promise<void>
  }
  limitTo(requestsPerMinute: number): Promise<void>
  /** How long tokens live that are given from now on. */
  setTokenLife(seconds: number): Promise<void>
  /** The next contact write: refused as invalid, failed, or done and never answered. */
  spoilNextWrite(how: 'refused' | 'failed' | 'doneUnanswered'): Promise<void>
  /** The next call with objects: done and never answered. */
  spoilNextObjects(): Promise<void>
  /** From now on the object is refused as invalid. */
  refuseObject(externalId: string): Promise<void>
  /** The next text: sent, and the call never answered. */
  spoilNextText(): Promise<void>
  /** From now on no text reaches the phone. */
  loseTextsTo(phone: string): Promise<void>
  /** From now on each event is delivered twice. */
  deliverTwice(): Promise<void>
}

/** A connector and the means to try it. `pageSize` is the largest page the platform gives. */
export interface ConformancePlatform {
  readonly connector: Connector
  readonly pageSize: number
  /** Whether an object is refused while its contact is not there. */
  readonly objectsNeedContact: boolean
  /** By which way texts are sent. */
  readonly texts: ConnectionSettings['texts']['via']
  /** Each test asks for a sandbox of its own. */
  readonly startSandbox: () => Promise<ConformanceSandbox>
}
