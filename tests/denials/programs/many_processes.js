/* Start 10,000 processes that all wait, where a program may have 256.

Happens: no more can be started; some runtimes are then ended (`process_limit`).
Answer: refused
*/
const { spawn } = require("node:child_process");

let started = 0;
const refused = ({ code }) => {
  console.log(code === "EAGAIN" || code === "EMFILE" ? "refused" : code);
  process.exit();
};
const more = () => {
  if (started++ === 10_000) return console.log("started");
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  child.on("error", refused);
  child.on("spawn", more);
};
more();
