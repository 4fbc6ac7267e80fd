import { expect, test } from 'vitest'
import { storeSettingsSchema } from '../store-settings.ts'
import { readAcquisition, readAppointment } from './diary.ts'

const settings = storeSettingsSchema.parse({ region: 'US', timeZone: 'America/New_York' })

test('cuts no character in two where a text is longer than what goes up', () => {
  const [label, note] = ['x'.repeat(499), 'y'.repeat(7999)]
  expect(readAcquisition({ WhyInKey: 'k', WhyInDesc: `${label}💍` })).toMatchObject({ record: { label } })
  const appointment = {
    AppointmentKey: '1-P1',
    AppointmentStart: '2026-03-01T10:00:00',
    AppointmentStatus: 'Scheduled',
    AppointmentSubject: `${label}💍`,
    AppointmentNotes: `${note}💍`,
  }
  expect(readAppointment(appointment, settings)).toMatchObject({ record: { subject: label, note } })
})
