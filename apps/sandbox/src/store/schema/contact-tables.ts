import { stamps, table } from './table.ts'

export const Appointment = table({
  name: 'Appointment',
  key: ['AppointmentKey'],
  stamp: { seq: 'AppointmentUpdateSeq', date: 'AppointmentUpdateDate' },
  indexes: [['AppointmentStatus'], ['AppointmentCustKey']],
  columns: {
    AppointmentKey: 'text',
    AppointmentCustKey: 'text',
    AppointmentStart: 'time',
    AppointmentMinutes: 'integer',
    AppointmentSubject: 'text',
    AppointmentNotes: 'memo',
    AppointmentStatus: 'text',
    AppointmentAsKey: 'integer',
    AppointmentDateEntered: 'time',
    ...stamps('Appointment'),
  },
})

/** A message that the store wants sent. Who sends it writes the three status columns and the stamp. */
export const Notification = table({
  name: 'Notification',
  key: ['NotificationKey'],
  stamp: { seq: 'NotificationUpdateSeq', date: 'NotificationUpdateDate' },
  indexes: [['NotificationStatus'], ['NotificationCustKey']],
  columns: {
    NotificationKey: 'text',
    NotificationType: 'text',
    NotificationReason: 'text',
    NotificationCustKey: 'text',
    NotificationPhone: 'text',
    NotificationMessage: 'memo',
    NotificationJobKey: 'text',
    NotificationAppointmentKey: 'text',
    NotificationDateEntered: 'time',
    NotificationStatus: 'text',
    NotificationStatusDate: 'time',
    NotificationStatusDetail: 'text',
    ...stamps('Notification'),
  },
})

/** An entry of a customer's Activity tab. */
export const Activity = table({
  name: 'Activity',
  key: ['ActivityKey'],
  stamp: { seq: 'ActivityUpdateSeq', date: 'ActivityUpdateDate' },
  indexes: [['ActivityCustKey']],
  columns: {
    ActivityKey: 'text',
    ActivityCustKey: 'text',
    ActivityDate: 'time',
    ActivityType: 'text',
    ActivityDesc: 'text',
    ActivityDetail: 'memo',
    ActivityAsKey: 'integer',
    ...stamps('Activity'),
  },
})

export const Notes = table({
  name: 'Notes',
  key: ['NotesKey'],
  stamp: { seq: 'NotesUpdateSeq', date: 'NotesUpdateDate' },
  indexes: [['NotesCustKey']],
  columns: {
    NotesKey: 'text',
    NotesCustKey: 'text',
    NotesDate: 'time',
    NotesText: 'memo',
    NotesLocked: 'flag',
    NotesAsKey: 'integer',
    ...stamps('Notes'),
  },
})
