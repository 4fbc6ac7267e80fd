import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { envelope, limitSchema, readCursor, writeCursor } from './envelope.ts'
import { PodiumError } from './errors.ts'
import type { Location, Organization } from './model.ts'
import type { Podium } from './podium.ts'

const uidSchema = z.object({ uid: z.uuid() })
const listSchema = z.object({ cursor: z.string().optional(), limit: limitSchema })

/** Podium docs: locations, organizations and users, to be read. */
export function addAccountRoutes(app: FastifyInstance, podium: Podium): void {
  const own = (organizationUid: string): Organization => {
    const organization = podium.accounts.get(organizationUid)
    if (!organization) throw notFound()
    return organization
  }
  const page = <T>(all: T[], query: unknown) => {
    const { cursor, limit } = listSchema.parse(query)
    const from = cursor === undefined ? { after: 0, limit } : readCursor(cursor, podium.settings.current.cursorSeconds)
    const end = from.after + from.limit
    const next = end < all.length ? { nextCursor: writeCursor({ after: end, limit: from.limit }) } : {}
    return { shown: all.slice(from.after, end), more: { totalItems: all.length, ...next } }
  }

  app.get('/v4/locations', { config: { scope: 'read_locations' } }, async (request) => {
    const organization = own(request.organizationUid)
    const { shown, more } = page(organization.locations, request.query)
    return envelope(
      request,
      shown.map((location) => locationView(location, organization)),
      more,
    )
  })
  app.get('/v4/locations/:uid', { config: { scope: 'read_locations' } }, async (request) => {
    const organization = own(request.organizationUid)
    const { uid } = uidSchema.parse(request.params)
    const location = organization.locations.find((one) => one.uid === uid)
    if (!location) throw notFound()
    return envelope(request, locationView(location, organization))
  })
  app.get('/v4/organizations/:uid', { config: { scope: 'read_organizations' } }, async (request) => {
    const organization = own(request.organizationUid)
    if (organization.uid !== uidSchema.parse(request.params).uid) throw notFound()
    const { uid, name, createdAt } = organization
    return envelope(request, { uid, businessName: name, archived: false, createdAt, updatedAt: createdAt })
  })
  app.get('/v4/users', { config: { scope: 'read_users' } }, async (request) => {
    const organization = own(request.organizationUid)
    const { shown, more } = page(organization.users, request.query)
    return envelope(
      request,
      shown.map((user) => userView(user, organization)),
      more,
    )
  })
  app.get('/v4/users/:uid', { config: { scope: 'read_users' } }, async (request) => {
    const organization = own(request.organizationUid)
    const { uid } = uidSchema.parse(request.params)
    const user = organization.users.find((one) => one.uid === uid)
    if (!user) throw notFound()
    return envelope(request, userView(user, organization))
  })
}

function locationView({ uid, name, phoneNumber }: Location, { uid: organizationUid, createdAt }: Organization) {
  return {
    uid,
    name,
    displayName: name,
    organizationUid,
    address: '12 Main Street, Fairfield, CT 06824, US',
    addressDetails: {
      houseNumber: '12',
      road: 'Main Street',
      unit: null,
      city: 'Fairfield',
      state: 'CT',
      stateLongName: 'Connecticut',
      postalCode: '06824',
      country: 'US',
      countryLongName: 'United States of America',
    },
    phoneNumber,
    podiumPhoneNumber: phoneNumber,
    archived: false,
    archivedAt: null,
    createdAt,
    updatedAt: createdAt,
  }
}

function userView(user: Organization['users'][number], { locations, createdAt }: Organization) {
  return {
    ...user,
    phone: null,
    role: 'owner',
    archived: false,
    locations: locations.map(({ uid }) => ({ uid })),
    createdAt,
    updatedAt: createdAt,
  }
}

function notFound(): PodiumError {
  return new PodiumError('resource_not_found', 'The resource was not found.')
}
