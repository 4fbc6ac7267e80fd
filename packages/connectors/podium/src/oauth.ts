import { oauthOf } from '@jumpring/connector-kit/http/oauth'

/** Podium docs: the token request is JSON. Whether refresh tokens rotate is not said: a new one replaces the old, none leaves it. */
export const { parseSecrets, currentToken, renewSecrets } = oauthOf({ platform: 'Podium', sends: 'json' })
