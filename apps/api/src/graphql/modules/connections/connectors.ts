import type { Connector } from '@jumpring/connector-kit'
import { podium } from '@jumpring/connector-podium'
import { JumpringError, type Platform } from '@jumpring/contracts'

const connectors: Partial<Record<Platform, Connector>> = { podium }

/** @throws `configuration` for a platform that cannot be connected yet */
export function connectorOf(platform: Platform): Connector {
  const connector = connectors[platform]
  if (connector === undefined) throw new JumpringError('configuration', `${platform} cannot be connected yet.`)
  return connector
}
