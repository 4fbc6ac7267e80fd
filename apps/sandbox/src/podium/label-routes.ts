import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { attributeCreateSchema, attributePatchSchema, tagCreateSchema, tagPatchSchema } from './bodies.ts'
import { envelope } from './envelope.ts'
import { PodiumError } from './errors.ts'
import { type Labels, newLabel } from './labels.ts'
import { stampNow } from './model.ts'
import type { Podium } from './podium.ts'
import { attributeView, tagView } from './view.ts'

const read = { config: { scope: 'read_contacts' } }
const write = { config: { scope: 'write_contacts' } }
const uidSchema = z.object({ uid: z.uuid() })

/** Podium docs: `contact_attributes` and `contact_tags`, the definitions. Tags cannot be deleted. */
export function addLabelRoutes(app: FastifyInstance, { attributes, tags }: Podium): void {
  app.get('/v4/contact_attributes', read, async (request) =>
    envelope(request, attributes.of(request.organizationUid).map(attributeView)),
  )
  app.get('/v4/contact_attributes/:uid', read, async (request) =>
    envelope(request, attributeView(find(attributes, request))),
  )
  app.post('/v4/contact_attributes', write, async (request) => {
    const { isEncrypted = true, ...body } = attributeCreateSchema.parse(request.body)
    const attribute = { ...newLabel(request.organizationUid), ...body, isEncrypted }
    return envelope(request, attributeView(attributes.put(attribute)))
  })
  app.patch('/v4/contact_attributes/:uid', write, async (request) => {
    const before = find(attributes, request)
    const { label, dataType, isEncrypted, ownerResourceType } = attributePatchSchema.parse(request.body ?? {})
    const after = {
      ...before,
      label: label ?? before.label,
      dataType: dataType ?? before.dataType,
      isEncrypted: isEncrypted ?? before.isEncrypted,
      ownerResourceType: ownerResourceType ?? before.ownerResourceType,
      updatedAt: stampNow(),
    }
    return envelope(request, attributeView(attributes.put(after)))
  })
  app.delete('/v4/contact_attributes/:uid', write, async (request) => {
    const attribute = find(attributes, request)
    attributes.remove(attribute.uid)
    return envelope(request, attributeView(attribute))
  })

  app.get('/v4/contact_tags', read, async (request) => envelope(request, tags.of(request.organizationUid).map(tagView)))
  app.get('/v4/contact_tags/:uid', read, async (request) => envelope(request, tagView(find(tags, request))))
  app.post('/v4/contact_tags', write, async (request) => {
    const body = tagCreateSchema.parse(request.body)
    return envelope(request, tagView(tags.put({ ...newLabel(request.organizationUid), ...body })))
  })
  app.patch('/v4/contact_tags/:uid', write, async (request) => {
    const before = find(tags, request)
    const { label, description } = tagPatchSchema.parse(request.body)
    const after = {
      ...before,
      label: label ?? before.label,
      description: description ?? before.description,
      updatedAt: stampNow(),
    }
    return envelope(request, tagView(tags.put(after)))
  })
}

function find<T extends { uid: string; organizationUid: string; createdAt: string; updatedAt: string }>(
  labels: Labels<T>,
  request: FastifyRequest,
): T {
  const label = labels.get(request.organizationUid, uidSchema.parse(request.params).uid)
  if (!label) throw new PodiumError('resource_not_found', 'The resource was not found.')
  return label
}
