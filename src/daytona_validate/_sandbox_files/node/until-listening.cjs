// Tells of a server that has listened on a port for half a second, and ends it once nothing in the
// program can go on before a client comes: then it has shown what it can. As long as there is a timer,
// a connection or anything else to wait for, it goes on.
'use strict';
delete require.cache[__filename];

const { writeSync } = require('node:fs');
const { Server } = require('node:net');
const { setInterval } = globalThis;

const LOOK_MS = 500;
// Input that is read waits as well.
const WAITING = new Set(['TCPServerWrap', 'PipeWrap', 'TTYWrap']);
const { listen } = Server.prototype;

Server.prototype.listen = function (...options) {
  // A driver of sessions takes it away while codes run that are not the snippet.
  const seal = process.env.UNTIL_LISTENING;
  let told = 0;
  const look = () => {
    const port = (this.listening && this.address()?.port) || 0;
    if (port !== told) writeSync(2, `listening ${seal} ${port}\n`);
    told = port;
    if (port && process.getActiveResourcesInfo().every((each) => WAITING.has(each))) process.exit();
  };
  if (seal) this.once('listening', () => setInterval(look, LOOK_MS).unref());
  return listen.apply(this, options);
};
