import {
  customFieldMappingSchema,
  inventoryTypes,
  modeSchema,
  sinkSchema,
  streams,
  tierSchema,
} from '@jumpring/contracts'
import { builder } from '../../builder.ts'

export const Tier = builder.enumType('Tier', { values: tierSchema.options })
export const Mode = builder.enumType('Mode', {
  description: 'A: customers go up and come down. B: they only go up (opt-outs still come down).',
  values: modeSchema.options,
})
export const Stream = builder.enumType('Stream', { values: streams })
export const InventoryType = builder.enumType('InventoryType', { values: inventoryTypes })
export const Sink = builder.enumType('Sink', {
  description:
    'Where sales, appointments, jobs and items go on Podium: its documented data feeds, or its private partner API.',
  values: sinkSchema.options,
})
export const CustomerScope = builder.enumType('CustomerScope', {
  values: {
    all: { description: 'All customers are synchronized.' },
    selected: {
      description: 'Those who were selected, here or by the mark in The Edge, and who come from the platform.',
    },
  } as const,
})
export const PreferenceType = builder.enumType('PreferenceType', {
  values: customFieldMappingSchema.shape.type.options,
})
export const TextsVia = builder.enumType('TextsVia', {
  description: "partner: leaves no conversation. public: Podium's documented endpoint, which makes one.",
  values: ['partner', 'public'] as const,
})
