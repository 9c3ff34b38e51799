// Has npm refuse every dependency that is not a version in its registry: git, an address, a file.
// It is loaded before npm (--require), and stands between npm and pacote, by which npm reads what
// a package needs: nothing of what is refused is asked for, nor is anything unpacked yet.
"use strict";

const Module = require("node:module");

const NEEDED = ["dependencies", "optionalDependencies", "peerDependencies"];
const load = Module._load;
const seen = new WeakSet();
let reads = 0;

function refuse(what) {
  const message = `${what}, and only versions in the registry are installed`;
  throw Object.assign(new Error(message), { code: "ENOTINREGISTRY" });
}

// An alias (npm:other@1) is a version of another name.
function isVersion(spec) {
  return Boolean((spec.subSpec ?? spec).registry);
}

function isVersionOf(name, wanted, npa) {
  try {
    return isVersion(npa.resolve(name, wanted));
  } catch {
    return false; // what npm itself cannot read
  }
}

function isNeeded(manifest, kind, name) {
  const bundled = manifest.bundleDependencies ?? manifest.bundledDependencies ?? [];
  const isBundled = bundled === true || (Array.isArray(bundled) && bundled.includes(name));
  const isOptional = kind === "peerDependencies" && manifest.peerDependenciesMeta?.[name]?.optional;
  return !isBundled && !isOptional;
}

function check(manifest, npa) {
  for (const kind of NEEDED) {
    for (const [name, wanted] of Object.entries(manifest[kind] ?? {})) {
      if (isNeeded(manifest, kind, name) && !isVersionOf(name, wanted, npa)) {
        refuse(`${manifest.name}@${manifest.version} needs ${name}@${wanted}`);
      }
    }
  }
}

function watch(pacote, npa) {
  const { manifest } = pacote;
  pacote.manifest = async (spec, options) => {
    const asked = npa(spec, options?.where);
    if (!isVersion(asked)) {
      refuse(`${asked.raw} is asked for`);
    }
    const found = await manifest(spec, options);
    reads += 1;
    check(found, npa);
    return found;
  };
}

Module._load = function (request, parent, ...rest) {
  const loaded = Reflect.apply(load, this, [request, parent, ...rest]);
  if (request === "pacote" && !seen.has(loaded)) {
    seen.add(loaded);
    watch(loaded, parent.require("npm-package-arg"));
  }
  return loaded;
};

// A future npm may read packages in another way: then nothing was checked, and nothing counts.
process.on("exit", (code) => {
  if (!code && !reads) {
    console.error("npm error what packages need could not be checked with this version of npm");
    process.exitCode = 1;
  }
});
