/** All that is needed once a file has been chosen or a plan opened; fetched then. */
export { APPLY, CREATE, DECIDE, DISCARD, IMPORT, ROWS, UNDO } from './documents.ts';
export { PAGE, kindsOf, planView } from './plan-view.ts';
export { upload } from './upload.ts';
export { default as sheet } from './plan.css';
