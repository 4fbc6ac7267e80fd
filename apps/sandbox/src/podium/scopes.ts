/** Podium docs: the scopes an application can ask for. */
export const allScopes = [
  'read_contacts',
  'write_contacts',
  'read_messages',
  'write_messages',
  'read_locations',
  'read_organizations',
  'read_users',
  'write_appointments',
  'read_products',
  'write_products',
  'write_data_feed_event',
  'read_templates',
]
