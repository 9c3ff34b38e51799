// Node writes to a pipe without waiting, and whoever leaves by process.exit(), an uncaught error or
// abort() loses what the pipe (64 KiB) has not taken. To a file or a terminal it waits, and so it
// does here, as a program's author has seen it. Given by NODE_OPTIONS and not as an argument, so
// that process.execArgv is the program's own, and the children that have its streams do the same.
'use strict';
delete require.cache[__filename];

// When they are first asked for: making them takes time that few programs need for both.
for (const name of ['stdout', 'stderr']) {
  const own = Object.getOwnPropertyDescriptor(process, name);
  if (!own?.get || !own.configurable) continue;
  let waits = false;
  const get = () => {
    const stream = own.get.call(process);
    if (!waits) {
      waits = true;
      if (typeof stream?._handle?.setBlocking === 'function') stream._handle.setBlocking(true);
    }
    return stream;
  };
  Object.defineProperty(process, name, { ...own, get });
}
