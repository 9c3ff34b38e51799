// Evaluates the earlier codes of a session as V8's own REPL does, through its inspector: in one scope,
// where `let`, `const` and classes may be declared again, with `await` at the top level.
'use strict';
const { Session: Inspector } = require('node:inspector');
const { asScript, givenWay } = require('./session-code.cjs');
const { failure, message } = require('./session-failure.cjs');

class Session {
  constructor(codeMs) {
    this.codeMs = codeMs;
    this.inspector = new Inspector();
    this.inspector.connect();
    this.inspector.post('Runtime.enable');
  }

  compile(code) {
    return this.post('Runtime.compileScript', {
      expression: `(async () => {\n${code}\n})`,
      sourceURL: '',
      persistScript: false,
    });
  }

  evaluate(code, name) {
    return this.post('Runtime.evaluate', {
      expression: `${code}\n//# sourceURL=${name}`,
      replMode: true,
      awaitPromise: true,
      timeout: this.codeMs,
    });
  }

  // Resolves to what was thrown, as the inspector describes it, or undefined.
  post(method, parameters) {
    return new Promise((resolve) => {
      this.inspector.post(method, parameters, (error, answer) => {
        resolve(error ? { text: endless(error, this.codeMs) } : answer.exceptionDetails);
      });
    });
  }

  async run({ name, code, script: given, map }) {
    if (given === undefined) return undefined;
    const { script, rejected } = await asScript(given, (each) => this.compile(each));
    if (rejected) return failure(name, { ...rejected, isAtLine: true }, code);
    let thrown = await this.evaluate(script, name);
    const tried = new Map();
    for (let other = script; thrown; thrown = await this.evaluate(other, name)) {
      other = givenWay(other, message(thrown), tried);
      if (other === null) break;
    }
    return thrown && failure(name, await this.whole(thrown), code, map);
  }

  // As the inspector describes an error, its code and what Node adds to its name are not told.
  async whole(thrown) {
    const { objectId, subtype } = thrown.exception ?? {};
    if (subtype !== 'error') return thrown;
    const functionDeclaration = 'function () { return [String(this.stack), String(this.code)] }';
    const asked = { objectId, functionDeclaration, returnByValue: true };
    const told = await new Promise((resolve) => {
      this.inspector.post('Runtime.callFunctionOn', asked, (_, answer) => resolve(answer?.result?.value));
    });
    return told ? { exception: { subtype, description: told[0] }, errorCode: told[1] } : thrown;
  }
}

function endless({ message: said }, longestMs) {
  const isEnded = /terminated|Internal error/.test(said); // up to Node 20, and later
  return isEnded ? `Error: it ran for more than ${longestMs / 1000} s` : said;
}

module.exports = { Session };
