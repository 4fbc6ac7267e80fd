import { z } from 'zod'
import type { StoredObject } from '../podium/objects.ts'
import { type Html, html } from './html.ts'

const moneySchema = z.object({ minor: z.int(), currency: z.string() })
const associateSchema = z.object({ number: z.string(), name: z.string().optional() })

/** An amount as a person reads it: `$45.00`. */
export function money(value: unknown): string {
  const parsed = moneySchema.safeParse(value)
  if (!parsed.success) return ''
  const { minor, currency } = parsed.data
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(minor / 100)
}

/** A UTC instant as a person reads it. */
export function moment(value: unknown): string {
  const parsed = z.iso.datetime().safeParse(value)
  return parsed.success ? parsed.data.slice(0, 16).replace('T', ' ') : ''
}

/** `not_ready` → `Not ready`, `promisedAt` → `Promised at`. */
export function words(name: string): string {
  const spaced = name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** Every field that has a value. */
export function detailsTable(fields: StoredObject['fields']): Html {
  const rows = Object.entries(fields)
    .map(([name, value]) => [words(name), readable(name, value)] as const)
    .filter(([, value]) => value !== '')
  return html`<table>${rows.map(([name, value]) => html`<tr><td class="quiet">${name}</td><td>${value}</td></tr>`)}</table>`
}

/** What has become of it, oldest first. */
export function historyList({ history }: StoredObject): Html {
  return html`<ol>${history.map(
    ({ event, occurredAt, status }) =>
      html`<li>${moment(occurredAt)} ${event}${status === null ? '' : `: ${words(status).toLowerCase()}`}</li>`,
  )}</ol>`
}

function readable(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(String).join(', ')
  const associate = associateSchema.safeParse(value).data
  if (associate) return `${associate.name ?? 'No name'} (${associate.number})`
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (name === 'status' || name === 'jobType' || name === 'archived') return words(String(value))
  return money(value) || moment(value) || String(value)
}
