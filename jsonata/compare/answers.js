// Evaluates expressions with the reference implementation.
//
//     node answers.js FOLDER FUNCTIONS
//
// FOLDER has node_modules/jsonata, FUNCTIONS are the built-in functions: $sum,$count….
// Each line of stdin is {"expression": text, "input": text of JSON, "mends": names of
// mends.js}; each line of stdout is the outcome, in the same order: {"value": v},
// {"undefined": true}, {"function": true}, {"number": "NaN"} for one that JSON cannot
// hold, {"error": {…}}, or {"exception": text} for an error of JavaScript or an
// evaluation that takes too long. The time stands at the epoch and random numbers are 0.
const fs = require('fs');
const Module = require('module');
const path = require('path');
const readline = require('readline');
const mends = require('./mends.js');

const maxMillis = 1000;
const maxDepth = 500;

const clock = Date.now;
const RealDate = Date;
global.Date = class extends RealDate {
    constructor(...args) {
        super(...(args.length === 0 ? [0] : args));
    }
    static now() { return 0; }
};
Math.random = () => 0;

// bound ends an evaluation that nests too deep or takes too long.
function bound(expression) {
    const begin = clock();
    let depth = 0;
    expression.assign(Symbol.for('jsonata.__evaluate_entry'), () => {
        depth++;
        if (depth > maxDepth || clock() - begin > maxMillis) {
            throw new Error('stopped: the evaluation is too deep or takes too long');
        }
    });
    expression.assign(Symbol.for('jsonata.__evaluate_exit'), () => { depth--; });
}

function isFunction(v) {
    return typeof v === 'function' || Boolean(v && (v._jsonata_lambda || v._jsonata_function));
}

// variants are the reference with the mends of the keys, each loaded once.
const variants = {};

function reference(names) {
    return variants[names] = variants[names] || load(names);
}

function load(names) {
    const file = path.join(process.argv[2], 'node_modules', 'jsonata', 'jsonata.js');
    let source = fs.readFileSync(file, 'utf8');
    for (const name of names) {
        for (const [from, to] of mends[name]) {
            if (source.split(from).length !== 2) {
                throw new Error(`mend "${name}": the reference does not have this text once:\n${from}`);
            }
            source = source.replace(from, () => to);
        }
    }
    const module = new Module(file);
    module._compile(source, file);
    return { jsonata: module.exports };
}

// The reference keeps the place of the last call in its built-in functions, which
// all evaluations share. forget removes it.
async function forget(variant) {
    variant.builtins = variant.builtins || await variant.jsonata('[' + process.argv[3] + ']').evaluate();
    for (const f of variant.builtins) {
        delete f.token;
        delete f.position;
    }
}

async function answer({ expression, input, mends: chosen = [] }) {
    const variant = reference(chosen);
    await forget(variant);
    try {
        const compiled = variant.jsonata(expression);
        bound(compiled);
        const result = await compiled.evaluate(JSON.parse(input));
        if (result === undefined) {
            return { undefined: true };
        }
        if (isFunction(result)) {
            return { function: true };
        }
        if (typeof result === 'number' && !isFinite(result)) {
            return { number: String(result) };
        }
        return { value: result };
    } catch (err) {
        if (!/^[SDTU]\d{4}$/.test(err.code)) {
            return { exception: String(err) };
        }
        const { code, position, index, message } = err;
        return { error: { code, position, index, message, token: err.token === undefined ? undefined : String(err.token) } };
    }
}

async function main() {
    reference(Object.keys(mends)); // so that a mend that does not fit ends the process
    for await (const line of readline.createInterface({ input: process.stdin })) {
        let text;
        try {
            text = JSON.stringify(await answer(JSON.parse(line)), (name, v) => isFunction(v) ? undefined : v);
        } catch (err) {
            text = JSON.stringify({ exception: String(err) });
        }
        process.stdout.write(text + '\n');
    }
}

main();
