/** The scopes that an application can ask for. */
export const allScopes = [
  'clients:read',
  'clients:write',
  'preferences:read',
  'preferences:write',
  'products:read',
  'products:write',
  'purchases:write',
  'collections:read',
  'collections:write',
  'activities:read',
  'activities:write',
  'messages:read',
  'sms:send',
  'webhooks',
]
