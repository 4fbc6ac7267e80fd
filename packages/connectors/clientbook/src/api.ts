// Made from api.openapi.json by `npm run generate -w @jumpring/connector-clientbook`; not to be edited.

/** RFC 9457, application/problem+json. */
export type Problem = {
  readonly type?: string
  readonly title: string
  readonly status: number
  /** Stable. See the answers of each operation. */
  readonly code: string
  /** For a person; may quote what was sent. */
  readonly detail?: string
  readonly errors?: readonly {
    /** JSON pointer into the request's body. */
    readonly pointer: string
    readonly code: string
    readonly detail?: string
  }[]
  /** With `pos_id_taken` and `name_taken`: who has it. */
  readonly existing_id?: string
  readonly request_id?: string
}

export type Token = {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  /** Always a new one: it takes the place of the one that was used. */
  readonly refresh_token: string
  readonly scope?: string
}

/** RFC 6749, 5.2. */
export type TokenError = {
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'invalid_grant'
    | 'unauthorized_client'
    | 'unsupported_grant_type'
    | 'invalid_scope'
  readonly error_description?: string
}

export type Account = {
  readonly id: string
  readonly name: string
  /** IANA. */
  readonly time_zone: string
  readonly currency: string
  readonly sms_enabled: boolean
}

export type Location = {
  readonly id: string
  readonly name: string
  readonly updated_at: string
}

/** Who did it. */
export type Actor = {
  /** `integration`: by this API. `system`: by Clientbook itself. `client`: by the person concerned. */
  readonly type: 'associate' | 'integration' | 'system' | 'client'
  readonly associate_id: string | null
  /** The associate's at that time. */
  readonly point_of_sale_id: string | null
}

export type Associate = {
  readonly id: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string | null
  /** What the point of sale calls this associate; entered by hand in Clientbook. */
  readonly point_of_sale_id: string | null
  readonly active: boolean
  readonly updated_at: string
}

export type Phone = {
  readonly id: string
  /** Unique among the client's entries of this sort. Free text: Mobile, Work, POS. */
  readonly label: string
  /** E.164 where Clientbook could make sense of it, else as entered. */
  readonly number: string
  readonly is_primary: boolean
  /** Since when its owner wants no texts (STOP); null after START. Cannot be written. */
  readonly sms_opted_out_at: string | null
}

export type Email = {
  readonly id: string
  /** Unique among the client's entries of this sort. Free text: Mobile, Work, POS. */
  readonly label: string
  readonly address: string
  readonly is_primary: boolean
}

export type Address = {
  readonly id: string
  /** Unique among the client's entries of this sort. Free text: Mobile, Work, POS. */
  readonly label: string
  readonly line1: string | null
  readonly line2: string | null
  readonly city: string | null
  readonly region: string | null
  readonly postal_code: string | null
  /** ISO 3166 alpha-2. */
  readonly country: string | null
  readonly is_primary: boolean
}

/** Of a deleted or merged one only `id`, the stamps and `merged_into_id` are kept; all else is null or empty. */
export type Client = {
  readonly id: string
  /** The client's number at the point of sale. No two clients share one. */
  readonly pos_id: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly phones: readonly Phone[]
  readonly emails: readonly Email[]
  readonly addresses: readonly Address[]
  readonly acquisition_source: string | null
  readonly assigned_associate_id: string | null
  readonly home_location_id: string | null
  readonly tags: readonly string[]
  readonly created_at: string
  readonly updated_at: string
  readonly updated_by: Actor
  readonly deleted_at: string | null
  /** Of one that was merged away: who remains. */
  readonly merged_into_id: string | null
}

/** What is absent stays as it is. In the three lists an entry replaces the one with its label, or is added; entries with other labels stay. A number or address stands once on a client: if another label has it, that entry takes the new label. `is_primary: true` takes the mark from the others; the first entry of a list is primary by itself. */
export type ClientWrite = {
  /** PATCH only. `null` takes it off. */
  readonly pos_id?: string | null
  readonly first_name?: string | null
  readonly last_name?: string | null
  readonly phones?: readonly {
    /** Unique among the client's entries of this sort. Free text: Mobile, Work, POS. */
    readonly label: string
    /** `null` removes the entry of this label. */
    readonly number: string | null
    readonly is_primary?: boolean
  }[]
  readonly emails?: readonly {
    /** Unique among the client's entries of this sort. Free text: Mobile, Work, POS. */
    readonly label: string
    /** `null` removes the entry of this label. */
    readonly address: string | null
    readonly is_primary?: boolean
  }[]
  readonly addresses?: readonly {
    /** Unique among the client's entries of this sort. Free text: Mobile, Work, POS. */
    readonly label: string
    readonly line1?: string | null
    readonly line2?: string | null
    readonly city?: string | null
    readonly region?: string | null
    readonly postal_code?: string | null
    /** ISO 3166 alpha-2. */
    readonly country?: string | null
    readonly is_primary?: boolean
  }[]
  readonly acquisition_source?: string | null
  readonly home_location_id?: string | null
}

export type PreferenceDefinition = {
  readonly id: string
  readonly name: string
  readonly type: 'text' | 'number' | 'date' | 'choice' | 'boolean'
  /** Of type choice: the values there are, exactly so written. Else empty. */
  readonly choices: readonly string[]
  /** Of type text; at most 255. */
  readonly max_length: number | null
  readonly archived: boolean
  readonly updated_at: string
}

/** All values that a client has; one that was taken away may be there as `null`. */
export type ClientPreferences = {
  readonly client_id: string
  readonly client_pos_id: string | null
  readonly values: readonly {
    readonly preference_id: string
    /** text: a string; number: at most 12 digits before and 4 after the point; date: YYYY-MM-DD; choice: one of `choices`; boolean: true or false. `null`: no value. */
    readonly value: string | number | boolean | null
    readonly updated_at: string
    readonly updated_by: Actor
  }[]
  readonly updated_at: string
}

/** Preferences that are not named stay as they are. All or nothing. */
export type PreferencesWrite = {
  readonly values: readonly {
    readonly preference_id: string
    /** text: a string; number: at most 12 digits before and 4 after the point; date: YYYY-MM-DD; choice: one of `choices`; boolean: true or false. `null`: no value. */
    readonly value: string | number | boolean | null
  }[]
}

export type Money = {
  readonly amount: string
  readonly currency: string
}

export type Product = {
  readonly id: string
  /** The integration's own id. Unique within the account and the resource. */
  readonly external_id: string | null
  readonly title: string
  readonly description: string | null
  /** What the point of sale calls the item. */
  readonly sku: string | null
  /** `stock`: merchandise. `job`: work done for a client. `wish`: something a client wants that is not in stock. */
  readonly kind: 'stock' | 'job' | 'wish'
  readonly status: 'active' | 'archived'
  readonly price: Money | null
  readonly category: string | null
  readonly supplier: string | null
  readonly images: readonly {
    readonly url: string
  }[]
  /** Shown under the description, in this order. */
  readonly attributes: readonly {
    readonly name: string
    readonly value: string
  }[]
  /** Whose job or wish it is. Nobody needs to have it yet. */
  readonly client_pos_id: string | null
  /** How many writes changed it. */
  readonly revision: number
  readonly created_at: string
  readonly updated_at: string
}

/** Made or changed by `external_id`; what is absent stays as it is (staff may reword a product). A product that is new needs `title` and `kind`; its `status` is `active` unless said. */
export type ProductWrite = {
  /** The integration's own id. Unique within the account and the resource. */
  readonly external_id: string
  readonly title?: string
  readonly description?: string | null
  /** What the point of sale calls the item. */
  readonly sku?: string | null
  /** `stock`: merchandise. `job`: work done for a client. `wish`: something a client wants that is not in stock. */
  readonly kind?: 'stock' | 'job' | 'wish'
  readonly status?: 'active' | 'archived'
  readonly price?: Money | null
  readonly category?: string | null
  readonly supplier?: string | null
  readonly images?: readonly {
    readonly url: string
  }[]
  /** Shown under the description, in this order. */
  readonly attributes?: readonly {
    readonly name: string
    readonly value: string
  }[]
  /** Whose job or wish it is. Nobody needs to have it yet. */
  readonly client_pos_id?: string | null
}

/** Made or replaced by `external_id`. */
export type PurchaseWrite = {
  /** The integration's own id. Unique within the account and the resource. */
  readonly external_id: string
  readonly client_pos_id: string
  readonly purchased_at: string
  readonly title?: string | null
  /** Negative for what was brought back. */
  readonly amount?: Money | null
  readonly is_return?: boolean
  readonly receipt_number?: string | null
  readonly line_number?: number | null
  /** The product may come later. */
  readonly product_external_id?: string | null
  /** The same by `sku`, where the external id is not known. */
  readonly product_sku?: string | null
  readonly associate_point_of_sale_id?: string | null
  readonly location_id?: string | null
  readonly voided?: boolean
}

export type BulkResult = {
  /** One per item, in the order of the items. */
  readonly results: readonly {
    readonly external_id: string
    readonly outcome: 'created' | 'updated' | 'unchanged' | 'rejected'
    readonly id: string | null
    /** Of a rejected one. Codes: `invalid`, `client_not_found`, `too_long`. */
    readonly problem?: Problem | null
  }[]
}

export type ProductRef = {
  readonly id: string
  readonly external_id: string | null
  readonly sku: string | null
  readonly title: string
  readonly kind: 'stock' | 'job' | 'wish'
}

export type Collection = {
  readonly id: string
  readonly client_id: string
  readonly client_pos_id: string | null
  /** Unique within the client, case counts. */
  readonly name: string
  readonly created_at: string
  readonly updated_at: string
  readonly updated_by: Actor
  readonly deleted_at: string | null
}

export type CollectionItem = {
  readonly id: string
  readonly external_id: string | null
  readonly client_id: string
  readonly client_pos_id: string | null
  readonly collection: {
    readonly id: string
    /** The name the collection has now. */
    readonly name: string
  }
  /** Null where staff just wrote something down. */
  readonly product: ProductRef | null
  readonly note: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly updated_by: Actor
  readonly removed_at: string | null
  readonly removed_reason: 'removed' | 'collection_deleted' | null
}

/** What is absent stays. One of both must be there in the end. */
export type CollectionItemWrite = {
  readonly product_id?: string | null
  readonly note?: string | null
}

export type Activity = {
  readonly id: string
  readonly external_id: string | null
  readonly client_id: string
  readonly client_pos_id: string | null
  /** `note`: written by people. All others are made by Clientbook itself and cannot be written; more may come. */
  readonly type: string
  readonly body: string | null
  readonly occurred_at: string
  readonly created_at: string
  readonly created_by: Actor
  readonly updated_at: string
  readonly updated_by: Actor
  readonly deleted_at: string | null
}

export type ActivityPut = {
  readonly client_id: string
  readonly body: string
  /** Now, unless said. */
  readonly occurred_at?: string
  readonly author_point_of_sale_id?: string | null
}

export type ActivityPatch = {
  readonly body: string
}

export type Message = {
  readonly id: string
  readonly client_id: string
  readonly client_pos_id: string | null
  readonly channel: 'sms' | 'email'
  readonly direction: 'outbound' | 'inbound'
  readonly subject: string | null
  readonly body: string | null
  readonly attachments: readonly {
    readonly url: string
    readonly name: string | null
    readonly content_type: string | null
  }[]
  readonly sent_at: string
  readonly sent_by: Actor
  readonly updated_at: string
}

export type SmsWrite = {
  /** E.164. */
  readonly to: string
  readonly body: string
  /** Whose number it comes from; the account's, unless said. */
  readonly location_id?: string
}

export type Sms = {
  readonly id: string
  readonly status: 'queued' | 'sent' | 'delivered' | 'failed'
  readonly failure_reason: string | null
  readonly updated_at: string
}

export type EventType =
  | 'client.created'
  | 'client.updated'
  | 'client.deleted'
  | 'client.merged'
  | 'preferences.updated'
  | 'collection.created'
  | 'collection.updated'
  | 'collection.deleted'
  | 'collection_item.added'
  | 'collection_item.updated'
  | 'collection_item.removed'
  | 'activity.created'
  | 'activity.updated'
  | 'activity.deleted'
  | 'message.sent'
  | 'message.received'
  | 'sms.status'
  | 'product.updated'

/** The secret is never shown. */
export type WebhookEndpoint = {
  readonly id: string
  readonly url: string
  readonly events: readonly EventType[]
  readonly active: boolean
  readonly created_at: string
  readonly failing_since: string | null
}

/** POST needs `url`, `secret` and `events`. */
export type WebhookEndpointWrite = {
  readonly url?: string
  readonly secret?: string
  readonly events?: readonly EventType[]
  readonly active?: boolean
}

export type Event = {
  /** The same in every delivery of this event. */
  readonly id: string
  /** One of EventType; more may come. */
  readonly type: string
  readonly account_id: string
  readonly occurred_at: string
  readonly actor: Actor
  readonly data: {
    /** As it was right after: a Client, ClientPreferences, Collection, CollectionItem, Activity, Message, Sms or Product. */
    readonly object: Readonly<Record<string, unknown>>
    /** Of `…updated`: the values before, of the fields that changed. */
    readonly previous?: Readonly<Record<string, unknown>>
    /** Of `client.merged`: the client that is gone; `object` is who remains. */
    readonly merged_id?: string
  }
}

export type ClientPage = {
  readonly items: readonly Client[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type AssociatePage = {
  readonly items: readonly Associate[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type LocationPage = {
  readonly items: readonly Location[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type PreferenceDefinitionPage = {
  readonly items: readonly PreferenceDefinition[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type ClientPreferencesPage = {
  readonly items: readonly ClientPreferences[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type CollectionPage = {
  readonly items: readonly Collection[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type CollectionItemPage = {
  readonly items: readonly CollectionItem[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type ActivityPage = {
  readonly items: readonly Activity[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type MessagePage = {
  readonly items: readonly Message[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type WebhookEndpointPage = {
  readonly items: readonly WebhookEndpoint[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}

export type ProductPage = {
  readonly items: readonly Product[]
  /** Null on the last page. */
  readonly next_cursor: string | null
}
