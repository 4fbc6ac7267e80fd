import type { At } from './context.ts'

/** CB-11: under whom The Edge records a change: who made it on the platform, else the default associate of the settings. */
export function by({ connection }: At, associate: string | undefined): { associate?: string } {
  const number = associate ?? connection.settings.defaultAssociate
  return number === undefined ? {} : { associate: number }
}
