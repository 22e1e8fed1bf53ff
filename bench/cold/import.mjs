/** Says how many milliseconds it takes this process to import a module: `node import.mjs SPECIFIER`. */
const begin = performance.now();
await import(process.argv[2]);
console.log(performance.now() - begin);
