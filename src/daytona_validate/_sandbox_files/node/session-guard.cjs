// Keeps what earlier codes do from the snippet that comes after them: their output is collected, they
// cannot end the process, and what they have not finished is dropped. Their timers run faster, so
// that a lesson on waiting is over before the snippet begins.
'use strict';
const { Readable } = require('node:stream');
const { promisify } = require('node:util');

const CHARACTERS = 8 * 1024;
const TIMES_FASTER = 20;
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];

class Exited extends Error {
  constructor(code) {
    super(`process.exit(${code})`);
    this.exitCode = code;
  }
}

class Guard {
  constructor() {
    this.own = Object.fromEntries(TIMERS.map((name) => [name, globalThis[name]]));
    this.exit = process.exit;
    this.reallyExit = process.reallyExit;
    this.abort = process.abort;
    this.stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
    this.folder = process.cwd();
    this.handles = new Set(process._getActiveHandles());
    this.listeners = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]));
    this.timers = new Set();
    this.begin();
    this.hold();
  }

  begin() {
    this.text = { stdout: '', stderr: '' };
    this.exitCode = undefined;
    this.thrown = undefined;
  }

  end() {
    this.exits();
    this.drop();
    return { ...this.text, exitCode: this.exitCode, thrown: this.thrown };
  }

  // Here ends the program that the code would be alone: what it wants called then is called, and
  // the exit code it leaves is its own and not that of who comes next.
  exits() {
    const listeners = process.rawListeners('exit').filter((each) => !this.listeners.get('exit')?.includes(each));
    process.exitCode = this.exitCode ?? process.exitCode;
    for (const each of listeners) {
      process.removeListener('exit', each);
      try {
        each.call(process, Number(process.exitCode) || 0);
      } catch (error) {
        if (error instanceof Exited) process.exitCode = Number(error.exitCode) || 0;
        else this.thrown ??= { error };
      }
    }
    const left = Number(process.exitCode) || 0;
    process.exitCode = undefined;
    if (left || this.exitCode !== undefined) this.exitCode = left;
  }

  hold() {
    for (const name of ['stdout', 'stderr']) {
      process[name].write = (chunk, encoding, callback) => {
        this.collect(name, chunk, encoding);
        const done = [encoding, callback].find((each) => typeof each === 'function');
        if (done) process.nextTick(done);
        return true;
      };
    }
    const exit = (code = process.exitCode ?? 0) => {
      this.exitCode ??= Number(code) || 0;
      throw new Exited(code);
    };
    process.exit = exit;
    process.reallyExit = exit;
    process.abort = () => exit(134);
    const stdin = Readable.from([]);
    Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, value: stdin });
    for (const name of ['uncaughtException', 'unhandledRejection']) {
      process.on(name, (error) => {
        if (!(error instanceof Exited)) this.thrown ??= { error };
      });
    }
    for (const name of TIMERS) globalThis[name] = this.quick(name);
  }

  collect(name, chunk, encoding) {
    if (this.text[name].length >= CHARACTERS) return;
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    this.text[name] = (this.text[name] + text).slice(0, CHARACTERS);
  }

  quick(name) {
    const own = this.own[name];
    const made = (callback, ...others) => {
      if (name !== 'setImmediate') others[0] = Math.min(Number(others[0]) || 0, 2 ** 31 - 1) / TIMES_FASTER;
      const timer = own(callback, ...others);
      this.timers.add(timer);
      return timer;
    };
    const promised = (delay, value) => new Promise((resolve) => made(() => resolve(value), delay));
    if (name === 'setTimeout') Object.defineProperty(made, promisify.custom, { value: promised });
    return Object.defineProperty(made, 'name', { value: name });
  }

  // A server goes on, but nothing waits for it.
  drop() {
    for (const timer of this.timers) {
      clearTimeout(timer);
      clearImmediate(timer);
    }
    this.timers.clear();
    for (const handle of process._getActiveHandles()) {
      if (!this.handles.has(handle)) handle.unref?.();
    }
  }

  release() {
    this.drop();
    for (const name of process.eventNames()) {
      const before = this.listeners.get(name) ?? [];
      for (const each of process.rawListeners(name)) {
        if (!before.includes(each)) process.removeListener(name, each);
      }
    }
    for (const name of TIMERS) globalThis[name] = this.own[name];
    for (const name of ['stdout', 'stderr']) delete process[name].write;
    Object.defineProperty(process, 'stdin', this.stdin);
    Object.assign(process, { exit: this.exit, reallyExit: this.reallyExit, abort: this.abort });
    process.exitCode = undefined;
    process.chdir(this.folder);
  }
}

module.exports = { Guard, CHARACTERS };
