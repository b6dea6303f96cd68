/** All that is needed once a file has been chosen or a plan opened; fetched then. */
export { APPLY, CREATE, DECIDE, DISCARD, IMPORT, PAGE, ROWS, UNDO } from './documents.ts';
export { kindsOf, planView } from './plan-view.ts';
export { sendingView } from './sending-view.ts';
export { upload } from './upload.ts';
export { default as sheet } from './plan.css';
