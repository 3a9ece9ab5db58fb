// A handler that does what its event says, so that one process shows it all.
let calls = 0;
class CustomError extends Error {
  constructor(message) { super(message); this.name = 'CustomError'; }
}
const circular = {};
circular.itself = circular;

const results = {
  context: (context) => ({
    id: context.awsRequestId, name: context.functionName, version: context.functionVersion, memory: context.memoryLimitInMB,
    arn: context.invokedFunctionArn, group: context.logGroupName, custom: context.clientContext?.custom,
    time: context.getRemainingTimeInMillis() > 0, trace: process.env._X_AMZN_TRACE_ID, waits: context.callbackWaitsForEmptyEventLoop,
  }),
  log: () => {
    console.log('logged %d', 1, { a: 1 });
    console.error('two\nlines');
    process.stdout.write('plain');
  },
  count: () => { calls += 1; return calls; },
  throw: () => { throw new CustomError('oh'); },
  reject: () => Promise.reject('text'), // eslint-disable-line prefer-promise-reject-errors
  'reject with nothing': () => Promise.reject(), // eslint-disable-line prefer-promise-reject-errors
  undefined: () => undefined,
  circular: () => circular,
  function: () => () => 1,
  numbers: () => [NaN, -0, undefined],
  never: () => new Promise(() => {}),
  exit: () => process.exit(3),
  unhandled: () => { Promise.reject(new CustomError('lost')); return new Promise((resolve) => { setTimeout(resolve, 10000); }); },
  timer: () => new Promise(() => { setTimeout(() => { throw new CustomError('late'); }, 1); }),
};

export const handler = async (event, context) => results[event](context);
export const notAFunction = 1;
