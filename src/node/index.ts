export { writeFileAtomic } from './atomic.ts';
export { loadModel, saveModel } from './model.ts';
export { type LoadOptions, loadRecord, loadRecords, saveRecord } from './record.ts';
