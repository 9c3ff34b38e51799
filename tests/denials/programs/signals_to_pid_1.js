/* End its own sandbox by a signal to pid 1, so that it seems to have ended in another way.

Happens: nothing.
Answer: still here
*/
const kept = ["SIGKILL", "SIGSTOP", "SIGCHLD", "SIGCONT"];
for (const name of Object.keys(require("node:os").constants.signals)) {
  try {
    if (!kept.includes(name)) process.kill(1, name);
  } catch {}
}
setTimeout(() => console.log("still here"), 100);
