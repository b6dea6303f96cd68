/** All that is needed once the form is there; fetched beside it, so that the element itself stays small. */
export { Device } from './device.ts';
export { Draft } from './draft.ts';
export { firstOpen, pageBefore, pagesOf, typedBefore, unanswered } from './paper.ts';
export { question } from './question.ts';
export { comment, done, review, stopped } from './survey-pages.ts';
export { default as sheet } from './question.css';
