// A reporter for node:test that says on stderr, when all tests have ended and none has failed, how
// many passed, were skipped and failed as expected (of those to do). Node 18 to 24 tell suites apart
// in `details.type`. The seal is what the program's own words do not have.
'use strict';
const { writeSync } = require('node:fs');

module.exports = async function* countTests(events) {
  let passed = 0;
  let skipped = 0;
  let expected = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
    if (isSet(data.skip)) skipped++;
    else if (type === 'test:pass') passed++;
    else if (isSet(data.todo)) expected++;
    else failed++;
  }
  const seal = process.env.TESTS_SEAL;
  if (seal && !failed && passed + skipped + expected) {
    try {
      writeSync(2, `tests ${seal} ${passed} ${skipped} ${expected}\n`);
    } catch {
      // The program has closed stderr: then there is nobody to tell.
    }
  }
};

// A reason may be an empty text.
function isSet(directive) {
  return directive !== undefined && directive !== false;
}
