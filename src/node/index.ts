export { writeFileAtomic } from './atomic.ts';
export { loadModel, saveModel } from './model.ts';
export { type LoadOptions, loadAnnotations, loadRecord, loadRecords, saveRecord } from './record.ts';
