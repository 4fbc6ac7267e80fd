import { oauthOf } from '@jumpring/connector-kit/http/oauth'

/** Our assumption: as RFC 6749 says. Each refresh token is good for one exchange, which gives the next. */
export const { parseSecrets, currentToken, renewSecrets } = oauthOf({ platform: 'Clientbook', sends: 'form' })
