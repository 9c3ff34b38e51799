/* See variables of who validates, such as keys: in its own environment or that of another process.

Happens: it has none of them.
Answer: []
*/
console.log(JSON.stringify(Object.keys(process.env).filter((name) => name === "DENIAL_CANARY")));
