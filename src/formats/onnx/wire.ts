// The one place that imports a protobuf library, and what build.ts bundles with it: users install nothing.
export { PbfWriter } from 'pbf';
