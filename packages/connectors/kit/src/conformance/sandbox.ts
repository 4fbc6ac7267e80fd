import type { ConnectionSettings } from '@jumpring/contracts'
import type { ContactFields, Observation } from '@jumpring/sync'
import type { Connector } from '../connector.ts'

export type ShownContact = Pick<Observation, 'uid' | 'name' | 'phones' | 'emails'>

/** A platform's sandbox, fresh and empty, as the conformance suite sees it. */
export interface ConformanceSandbox extends AsyncDisposable {
  readonly baseUrl: string
  /** What a person would enter to connect the account. */
  readonly secrets: unknown
  /** Settings with a location for every store. */
  readonly settings: ConnectionSettings
  /** All contacts that the platform holds by now, seen past its API. */
  contacts(): Promise<readonly ShownContact[]>
  /** What people do at the platform. `create` answers the new contact's uid. */
  readonly staff: {
    create(contact: Required<Pick<ContactFields, 'name' | 'phone' | 'email'>>): Promise<string>
    changePhone(uid: string, phone: string): Promise<void>
    optOut(uid: string, phone: string): Promise<void>
    remove(uid: string): Promise<void>
    merge(contacts: { readonly kept: string; readonly gone: string }): Promise<void>
  }
  limitTo(requestsPerMinute: number): Promise<void>
  /** How long tokens live that are given from now on. */
  setTokenLife(seconds: number): Promise<void>
  /** The next contact write: refused as invalid, failed, or done and never answered. */
  spoilNextWrite(how: 'refused' | 'failed' | 'doneUnanswered'): Promise<void>
  /** From now on each event is delivered twice. */
  deliverTwice(): Promise<void>
}

/** A connector and the means to try it. `pageSize` is the largest page the platform gives. */
export interface ConformancePlatform {
  readonly connector: Connector
  readonly pageSize: number
  /** Each test asks for a sandbox of its own. */
  readonly startSandbox: () => Promise<ConformanceSandbox>
}
