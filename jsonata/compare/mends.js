// Changes to the text of jsonata 2.0.6, by name. Each takes one peculiarity away from
// the reference that package jsonata does not have on purpose: where the outcomes
// differ, that is excused if they are the same with the change. A change is a list of
// a text and what replaces it, in turn; the text must be there as often as is said.
module.exports = {
    // The parts of a constructor are evaluated one after the other, not at once.
    'at once': [
        [`let generators = await Promise.all(expr.expressions
                    .map(async (item, idx) => {
                        environment.isParallelCall = idx > 0
                        return [item, await evaluate(item, input, environment)]
                    }));`,
         `let generators = [];
                for (const item of expr.expressions) {
                    generators.push([item, await evaluate(item, input, environment)]);
                }`],
        [`let generators = await Promise.all(Object.keys(groups).map(async (key, idx) => {`,
         `let generators = [];
        for (const key of Object.keys(groups)) generators.push(await (async () => {`],
        [`environment.isParallelCall = idx > 0
            return [key, await evaluate(expr.lhs[entry.exprIndex][1], context, env)];
        }));`,
         `return [key, await evaluate(expr.lhs[entry.exprIndex][1], context, env)];
        })());`],
    ],
    // A partial application of a built-in function checks the arguments.
    'unchecked': [
        [`result = partialApplyNativeFunction(proc.implementation, evaluatedArgs);`,
         `proc.implementation.checks = proc.signature;
            result = partialApplyNativeFunction(proc.implementation, evaluatedArgs);`],
        [`var partial = partialApplyProcedure(bodyAST, args);`,
         `var partial = partialApplyProcedure(bodyAST, args);
        partial.environment.bind('#', Math.min(sigArgs.length, args.length));`],
        [`var focus = {
            environment: env
        };`,
         `if (proc.checks) {
            args = proc.checks.validate(args.slice(0, env.lookup('#')), null);
        }
        var focus = {
            environment: env
        };`],
    ],
    // Grouping does not add "undefined" to an empty array of the input, and groups no
    // tuples without an exception.
    'group of nothing': [
        [`if (input.length === 0) {
            input.push(undefined);
        }`,
         `if (input.length === 0) {
            input = reduce ? [{}] : createSequence(undefined);
        }`],
    ],
    // The update clause of a transform takes no function for an object.
    'function as update': [
        [`if(updateType !== 'object' || update === null`, `if(isFunction(update) || updateType !== 'object' || update === null`],
    ],
    // A matcher that is no function is an error of JSONata.
    'no matcher': [
        [`var result = matcher.apply(this, [str]);`,
         `if (typeof matcher === 'undefined') {
            throw { code: 'T1010', stack: '' };
        }
        var result = matcher.apply(this, [str]);`],
        [`if (typeof token === 'string') {
            result = (str.indexOf(token) !== -1);`,
         `if (typeof token === 'undefined') {
            result = undefined;
        } else if (typeof token === 'string') {
            result = (str.indexOf(token) !== -1);`],
    ],
    // Every function has what $map, $filter and others call, and $sort calls that of a
    // lambda: so a function can be an argument of a call in tail position, and of a partial
    // application.
    'function not wrapped': [
        [`        if(typeof signature !== 'undefined') {
            definition.signature = parseSignature(signature);
        }`,
         `        if(typeof signature !== 'undefined') {
            definition.signature = parseSignature(signature);
        }
        Object.defineProperty(definition, 'apply', { value: (self, args) => apply(definition, args, null, self && self.environment) });`],
        [`            arguments: unboundArgs,
            body: proc.body
        };`,
         `            arguments: unboundArgs,
            body: proc.body
        };
        procedure.apply = (self, args) => apply(procedure, args, null, self && self.environment);`],
        [`            comp = comparator;`, `            comp = (a, b) => comparator.apply(this, [a, b]);`],
    ],
    // A function has no members.
    'inside of a function': [
        [`typeof arg === 'object' && !isLambda(arg)) {
            for (var key in arg) {`,
         `typeof arg === 'object' && !isFunction(arg)) {
            for (var key in arg) {`],
        [`input = input[0];
        }
        if (input !== null && typeof input === 'object') {
            Object.keys(input).forEach(function (key) {
                var value`,
         `input = input[0];
        }
        if (input !== null && typeof input === 'object' && !isFunction(input)) {
            Object.keys(input).forEach(function (key) {
                var value`],
        [`} else if (input !== null && typeof input === 'object') {
            Object.keys(input).forEach(function (key) {
                recurseDescendants`,
         `} else if (input !== null && typeof input === 'object' && !isFunction(input)) {
            Object.keys(input).forEach(function (key) {
                recurseDescendants`],
    ],
    // A variable that is bound in a step of a path with bindings is bound around the path.
    'bound in a step': [
        [`var frame = createFrame(environment);
        for(const prop in tuple) {`,
         `var frame = createFrame(environment);
        frame.around = environment;
        for(const prop in tuple) {`],
        [`environment.bind(expr.lhs.value, value);`,
         `while (environment.around) {
            environment = environment.around;
        }
        environment.bind(expr.lhs.value, value);`],
    ],
    // A transform does not change the items of an array.
    'array as object': [
        [`match[prop] = update[prop];`, `if (!Array.isArray(match)) match[prop] = update[prop];`],
    ],
    // An input that is an array is the result as it is, not wrapped in another array.
    'wrapped input': [
        [`it = await evaluate(ast, input, exec_env);`,
         `it = await evaluate(ast, input, exec_env);
                    if (it && it.outerWrapper) it = it[0];`],
    ],
    // A transform changes nothing outside its copy: not the input, which "$$" is.
    'change of the input': [
        [`var match = matches[ii];`,
         `var match = matches[ii];
                    const within = v => v === match || v !== null && typeof v === 'object' && Object.values(v).some(within);
                    if (match !== null && typeof match === 'object' && !within(result)) {
                        match = Array.isArray(match) ? [...match] : { ...match };
                    }`],
    ],
    // A regular expression or a text is found between characters, not between the halves
    // of one.
    'halves of characters': [
        [`    function substringBefore(str, chars) {`,
         `    const whole = (str, chars, from = 0) => {
        const split = at => at > 0 && /[\\ud800-\\udbff]/.test(str[at - 1]) && /[\\udc00-\\udfff]/.test(str[at] || '');
        let at = str.indexOf(chars, from);
        while (at >= 0 && (split(at) || split(at + chars.length))) {
            at = str.indexOf(chars, at + 1);
        }
        return at;
    };

    function substringBefore(str, chars) {`],
        [`var pos = str.indexOf(chars);
        if (pos > -1) {
            return str.substr(0, pos);`,
         `var pos = whole(str, String(chars));
        if (pos > -1) {
            return str.substr(0, pos);`],
        [`var pos = str.indexOf(chars);
        if (pos > -1) {
            return str.substr(pos + chars.length);`,
         `var pos = whole(str, String(chars));
        if (pos > -1) {
            return str.substr(pos + chars.length);`],
        [`result = (str.indexOf(token) !== -1);`, `result = whole(str, token) !== -1;`],
        [`var index = str.indexOf(pattern, position);`, `var index = whole(str, pattern, position);`],
        [`                    index = str.indexOf(pattern, position);
                }`,
         `                    index = whole(str, pattern, position);
                }`],
        [`result = str.split(separator, limit);`,
         `let from = 0, at;
                while (separator !== '' && (at = whole(str, separator, from)) >= 0) {
                    result.push(str.substring(from, at));
                    from = at + separator.length;
                }
                result = separator === '' ? str.split('', limit) : [...result, str.substring(from)].slice(0, limit === undefined ? limit : limit >>> 0);`],
        [`return new RegExp(pattern, flags);`,
         `try {
                        return new RegExp(pattern, flags + 'u');
                    } catch (err) {
                        return new RegExp(pattern, flags);
                    }`],
    ],
};
