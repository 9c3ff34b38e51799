/* Reach another host, the metadata service of a cloud, or a server on this machine.

Happens: there is no way to them: its only network is a loopback of its own.
Answer: nobody
*/
const net = require("node:net");

const addresses = ["169.254.169.254", "1.1.1.1", "10.0.0.1", "172.17.0.1", "192.168.0.1"];
const unreached = ["ENETUNREACH", "EHOSTUNREACH", "EPERM", "EACCES"];
const reached = (address) =>
  new Promise((done) => {
    const end = net.connect({ host: address, port: 80, timeout: 2000 });
    end.on("connect", () => done([address]));
    end.on("timeout", () => done([address]));
    end.on("error", ({ code }) => done(unreached.includes(code) ? [] : [address, code]));
  });

(async () => {
  const found = (await Promise.all(addresses.map(reached))).flat();
  await fetch("http://example.org").then(() => found.push("example.org"), () => {});
  console.log(found.length ? found.join() : "nobody");
  process.exit();
})();
