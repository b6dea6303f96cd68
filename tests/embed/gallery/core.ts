/** The parts that the tests call directly. */
export { Client } from '../../../embed/src/core/client.ts';
export { Handed } from '../../../embed/src/core/handed.ts';
export { parted } from '../../../embed/src/core/charts/distribution.ts';
export { Failure, asFailure, expectMember } from '../../../embed/src/core/failure.ts';
export { define } from '../../../embed/src/core/define.ts';
export { poll, subscribe } from '../../../embed/src/core/live.ts';
export { Locale, matchLocale } from '../../../embed/src/core/locale.ts';
export { standalone } from '../../../embed/src/core/export.ts';
export { toCsv } from '../../../embed/src/core/table.ts';
export { upload } from '../../../embed/src/people/upload.ts';
