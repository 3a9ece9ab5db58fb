// Measures the expressions of a bench file with the reference implementation.
//
//     node reference.js FILE FOLDER
//
// FILE is bench.json of the shared data, FOLDER has node_modules/jsonata. Prints
// one line of JSON per expression: its name, the least nanoseconds per
// evaluation of several rounds, and the result.
const fs = require('fs');
const path = require('path');

const rounds = 5;
const roundMillis = 200;

async function measure(jsonata, bench, one) {
    const expression = jsonata(one.expr);
    const data = bench.datasets[one.data];
    const bindings = one.bindings && bench.bindings[one.bindings];
    const result = await expression.evaluate(data, bindings);
    let best = Infinity;
    for (let round = 0; round < rounds; round++) {
        const begin = process.hrtime.bigint();
        let n = 0, elapsed = 0;
        while (elapsed < roundMillis * 1e6) {
            await expression.evaluate(data, bindings);
            n++;
            elapsed = Number(process.hrtime.bigint() - begin);
        }
        best = Math.min(best, elapsed / n);
    }
    console.log(JSON.stringify({ name: one.name, ns: best, result }));
}

async function main(file, folder) {
    const bench = JSON.parse(fs.readFileSync(file, 'utf8'));
    const jsonata = require(path.join(folder, 'node_modules', 'jsonata'));
    for (const one of bench.cases) {
        await measure(jsonata, bench, one);
    }
}

main(process.argv[2], process.argv[3]);
