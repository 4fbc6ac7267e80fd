import type { ConnectionSettings, CustomFieldMapping } from '@jumpring/contracts'
import type { ContactFields, ObjectType, Observation, SheetKind } from '@jumpring/sync'
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
    /** Instead of the one it has. */
    changePhone(uid: string, phone: string): Promise<void>
    /** Beside those it has. */
    addPhone(uid: string, phone: string): Promise<void>
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
  /** Where there is Connector.freezeMerge. The first or the last call of the next merge that changes something: done and never answered. */
  spoilNextMerge?(when: 'beginning' | 'end'): Promise<void>
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
  /** From now on answers and events hold fields that nobody has heard of. Absent where the sandbox cannot. */
  grow?(): Promise<void>
  /** Where the platform has sheets (Connector.freezeSheet). */
  readonly desk?: Desk
}

/** An entry of a client's collection of wishes, or a note, as the platform shows it. */
export interface ShownEntry {
  readonly uid: string
  readonly externalId: string | null
  readonly text: string | null
}
export interface ShownWish extends ShownEntry {
  /** The name of the collection it is in. */
  readonly collection: string
  /** Of its product. */
  readonly itemNumber: string | null
}

/** What staff do with sheets, and what they see of them. Each act may say by the associate with which Edge number (`by`). */
export interface Desk {
  /** The platform's ids of preferences that the settings map, one of a type. */
  readonly preferences: Readonly<Record<CustomFieldMapping['type'], string>>
  /** A choice of the preference of type choice. */
  readonly choice: string
  /** The name of the collection that is synchronized. */
  readonly wishCollection: string
  setPreference(uid: string, preference: string, value: string | number | boolean | null, by?: string): Promise<void>
  preferencesOf(uid: string): Promise<Readonly<Record<string, string | number | boolean | null>>>
  addWish(
    uid: string,
    wish: { readonly collection: string; readonly text: string; readonly product?: string },
    by?: string,
  ): Promise<string>
  editWish(entry: string, text: string, by?: string): Promise<void>
  removeWish(entry: string, by?: string): Promise<void>
  renameCollection(uid: string, from: string, to: string): Promise<void>
  deleteCollection(uid: string, name: string): Promise<void>
  wishesOf(uid: string): Promise<readonly ShownWish[]>
  addNote(uid: string, text: string, by?: string): Promise<string>
  editNote(entry: string, text: string, by?: string): Promise<void>
  deleteNote(entry: string, by?: string): Promise<void>
  notesOf(uid: string): Promise<readonly ShownEntry[]>
  /** The platform writes an entry of its own where notes stand. */
  happen(uid: string): Promise<void>
  send(
    uid: string,
    message: {
      readonly channel: 'text' | 'email'
      readonly subject: string | null
      readonly body: string
      readonly attachments: readonly string[]
    },
    by?: string,
  ): Promise<string>
  /** The next write of a sheet, at its last call: done and never answered. */
  spoilNextSheet(sheet: SheetKind): Promise<void>
  /** From now on events come in another order than they happened. */
  shuffleEvents(): Promise<void>
}

/** A connector and the means to try it. `pageSize` is the largest page the platform gives. */
export interface ConformancePlatform {
  readonly connector: Connector
  readonly pageSize: number
  /** Which objects there are, and whether one is refused while its contact is not there. */
  readonly objects: { readonly kinds: readonly ObjectType[]; readonly needContact: boolean }
  /** By which way texts are sent. */
  readonly texts: ConnectionSettings['texts']['via']
  /** Each test asks for a sandbox of its own. */
  readonly startSandbox: () => Promise<ConformanceSandbox>
}
