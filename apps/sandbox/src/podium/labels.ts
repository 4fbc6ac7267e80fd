import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Documents } from '../documents.ts'
import { stampNow } from './model.ts'

type Label = { uid: string; organizationUid: string; createdAt: string; updatedAt: string }

/** What an organization defines once and puts on many contacts: attributes, or tags. */
export class Labels<T extends Label> {
  readonly #documents: Documents
  readonly #kind: string
  readonly #all = new Map<string, T>()

  constructor(documents: Documents, kind: string, schema: z.ZodType<T>) {
    this.#documents = documents
    this.#kind = kind
    for (const label of documents.read(kind, schema)) this.#all.set(label.uid, label)
  }

  of(organizationUid: string): T[] {
    return [...this.#all.values()].filter((label) => label.organizationUid === organizationUid)
  }

  /** Undefined as well when it is another organization's. */
  get(organizationUid: string, uid: string): T | undefined {
    const label = this.#all.get(uid)
    return label?.organizationUid === organizationUid ? label : undefined
  }

  put(label: T): T {
    this.#all.set(label.uid, label)
    this.#documents.put(this.#kind, label.uid, label)
    return label
  }

  remove(uid: string): void {
    this.#all.delete(uid)
    this.#documents.remove(this.#kind, uid)
  }

  reset(): void {
    this.#all.clear()
    this.#documents.clear(this.#kind)
  }
}

/** The head of a new attribute or tag. */
export function newLabel(organizationUid: string): Label {
  const now = stampNow()
  return { uid: randomUUID(), organizationUid, createdAt: now, updatedAt: now }
}
