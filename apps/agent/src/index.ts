export { type ReadOptions, type ReadResult, scanFile } from './edt/read-file.ts'
export { installLicense } from './license/install.ts'
export { openStore, type Store } from './store/store.ts'
export { type StoreSettings, storeSettingsSchema } from './store-settings.ts'
