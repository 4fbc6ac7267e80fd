import { isSold, type Platform, platformNames, type Tier, tierNames } from '@jumpring/contracts'
import { InvalidInput } from '../../input.ts'

/** Whether a platform is sold in a tier. @throws InvalidInput where it is not */
export function checkTier(platform: Platform, tier: Tier): void {
  if (isSold(platform, tier)) return
  throw new InvalidInput([{ path: 'tier', message: `${platformNames[platform]} is not sold as ${tierNames[tier]}.` }])
}
