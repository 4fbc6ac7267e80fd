export { type ReadOptions, type ReadResult, scanFile } from './edt/read-file.ts'
export { openStore, type Store } from './store/store.ts'
