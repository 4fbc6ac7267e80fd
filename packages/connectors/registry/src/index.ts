import { clientbook } from '@jumpring/connector-clientbook'
import type { Connector } from '@jumpring/connector-kit'
import { podium } from '@jumpring/connector-podium'
import { JumpringError, type Platform, platformNames } from '@jumpring/contracts'

/** Every platform there is. A new one is registered here and nowhere else. */
const connectors: Partial<Record<Platform, Connector>> = { podium, clientbook }

/** @throws `configuration` for a platform that cannot be connected yet */
export function connectorFor(platform: Platform): Connector {
  const connector = connectors[platform]
  if (!connector) throw new JumpringError('configuration', `There is no connector for ${platformNames[platform]} yet.`)
  return connector
}
