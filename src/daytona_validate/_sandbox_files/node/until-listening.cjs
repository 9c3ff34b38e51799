// Ends a server that has listened on a port for half a second and still does: then it has shown what
// it can without a client. One that asks itself and closes is left alone, as it ends by itself.
'use strict';
delete require.cache[__filename];

const { writeSync } = require('node:fs');
const { Server } = require('node:net');
const { setTimeout } = globalThis;

const SERVES_MS = 500;
const { listen } = Server.prototype;

Server.prototype.listen = function (...options) {
  // A driver of sessions takes it away while codes run that are not the snippet.
  const seal = process.env.UNTIL_LISTENING;
  const end = () => {
    const { port } = this.address() ?? {};
    if (!this.listening || !port) return;
    writeSync(2, `listening ${seal} ${port}\n`);
    process.exit(0);
  };
  if (seal) this.once('listening', () => setTimeout(end, SERVES_MS).unref());
  return listen.apply(this, options);
};
