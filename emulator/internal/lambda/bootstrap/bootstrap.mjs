// Runs a Lambda handler in Node: asks the Runtime API for events, calls the
// handler, and posts what it returns or throws. It needs Node alone, 18 or later.
//
// What the handler sees (context, console, texts of errors) is what AWS's runtime
// interface client for Node shows it. There are two sets of rules: up to
// nodejs22.x handlers may use callbacks, from nodejs24.x on they must not.

import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import util from 'node:util';
import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

const environment = process.env;
const root = environment.LAMBDA_TASK_ROOT ?? process.cwd();
const callbacks = Number(/nodejs(\d+)/.exec(environment.AWS_EXECUTION_ENV ?? '')?.[1] ?? 22) < 24;
const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');

// The Runtime API

// A connection to the Runtime API. It keeps Node running only while a request is
// under way, so that the event loop can be empty.
class API {
  constructor(address) {
    const [host, ...secret] = address.split('/');
    this.host = host;
    this.base = [...secret.map((s) => `/${s}`), '/2018-06-01/runtime/'].join('');
  }

  connect() {
    const [address, port] = this.host.split(':');
    this.socket = net.connect({ host: address, port: Number(port), noDelay: true });
    this.socket.on('data', (data) => this.receive(data));
    this.socket.on('error', () => {});
    this.socket.on('close', () => process.exit(1)); // aslocal has ended
  }

  start(method, target, headers) {
    if (!this.socket) this.connect();
    this.socket.ref();
    const lines = [`${method} ${this.base}${target} HTTP/1.1`, `Host: ${this.host}`];
    for (const [name, text] of Object.entries(headers)) lines.push(`${name}: ${text}`);
    this.parts = [];
    this.size = 0;
    this.head = null;
    this.answer = new Promise((resolve) => { this.resolve = resolve; });
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  }

  async call(method, target, headers = {}, body) {
    const content = Buffer.from(body ?? '');
    this.start(method, target, method === 'POST' ? { ...headers, 'Content-Length': content.length } : headers);
    if (content.length) this.socket.write(content);
    return this.answer;
  }

  receive(data) {
    this.parts.push(data);
    this.size += data.length;
    if (!this.head) {
      const all = Buffer.concat(this.parts);
      const end = all.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [status, ...lines] = all.toString('utf8', 0, end).split('\r\n');
      const headers = {};
      for (const line of lines) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      this.head = { status: Number(status.split(' ')[1]), headers };
      this.parts = [all.subarray(end + 4)];
      this.size = this.parts[0].length;
    }
    if (this.size < Number(this.head.headers['content-length'] ?? 0)) return;
    const { status, headers } = this.head;
    const body = Buffer.concat(this.parts).toString();
    this.socket.unref();
    if (status >= 300) write(`LAMBDA_RUNTIME Failed to post handler success response. Http response code: ${status}. ${body}\n`);
    this.resolve({ status, headers, body });
  }
}

// Log

const jsonLog = environment.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const lowest = levels.indexOf(environment.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
const methods = { trace: 'TRACE', debug: 'DEBUG', info: 'INFO', log: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };
let requestId = ''; // of the last event

// write writes to stdout before it returns, so that nothing is lost when the
// process ends.
function write(text) {
  let rest = Buffer.from(text);
  while (rest.length) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // the pipe is full
    }
  }
}

const errorMembers = (error) => ({
  errorType: error.constructor?.name ?? 'UnknownError', errorMessage: error.message, stackTrace: String(error.stack).split('\n'),
});

function logLine(level, values) {
  const timestamp = new Date().toISOString();
  if (!jsonLog) return [timestamp, requestId || undefined, level, util.format(...values)].join('\t');
  const entry = { timestamp, level, requestId: requestId || undefined, message: values[0] };
  if (values.length === 1) {
    try {
      return JSON.stringify(entry, (_, value) => (value instanceof Error ? { ...errorMembers(value), ...value } : value));
    } catch {
      return JSON.stringify({ ...entry, message: util.format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...entry, message: util.format(...values), ...(error && errorMembers(error)) });
}

function log(level, ...values) {
  if (levels.indexOf(level) >= lowest) write(`${logLine(level, values).replace(/\n/g, '\r')}\n`);
}

for (const [method, level] of Object.entries(methods)) console[method] = (...values) => log(level, ...values);

function logError(what, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (jsonLog) return log('ERROR', error);
  const plain = (_, value) => (value instanceof Error
    ? { errorType: value.name, errorMessage: value.message, code: value.code, ...value, stack: String(value.stack).split('\n') }
    : value);
  let text;
  try {
    text = JSON.stringify(error, plain);
  } catch {
    text = JSON.stringify({ errorType: error.name, errorMessage: error.message });
  }
  log('ERROR', what, `\t${text}`);
}

// Errors

// named makes an error of the runtime itself.
function named(name, message, stack) {
  const error = new Error(message);
  error.name = name;
  error.stack = stack ?? error.stack.replace(/^Error/, name);
  return error;
}

const escaped = (text) => (typeof text === 'string' ? text.replaceAll('\x7f', '%7F') : text);

// handlerLines are the lines of a trace up to this file. What is below tells
// nobody anything.
function handlerLines(stack) {
  const lines = escaped(stack ?? '').split('\n');
  const own = lines.findIndex((line) => line.startsWith('    at ') && line.includes(import.meta.url));
  return lines.slice(0, own < 0 ? lines.length : own).filter((line) => !line.includes(fileURLToPath(import.meta.url)));
}

// payload is what a thrown value becomes.
function payload(thrown) {
  try {
    const members = (trace) => ({ errorType: escaped(thrown.name), errorMessage: escaped(thrown.message), trace });
    if (util.types.isNativeError(thrown) || thrown instanceof Error) {
      return members(handlerLines(thrown.stack));
    }
    if (callbacks && thrown && typeof thrown === 'object' && thrown.name && thrown.message && thrown.stack) {
      return members(escaped(thrown.stack).split('\n'));
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    const errorMessage = 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';
    return { errorType: 'handled', errorMessage, trace: [] };
  }
}

const address = environment.ASLOCAL_RUNTIME_API ?? environment.AWS_LAMBDA_RUNTIME_API;
delete environment.ASLOCAL_RUNTIME_API;
const api = new API(address);
let initialized = false;
let current = null; // id of the call that has no answer yet

// fatal reports an error that ends the process. The connection may be waiting for
// the next event, so the report has one of its own.
async function fatal(what, thrown, status) {
  logError(what, thrown);
  if (current || !initialized) {
    const body = payload(thrown);
    const headers = { 'Content-Type': 'application/json', 'Lambda-Runtime-Function-Error-Type': String(body.errorType).replace(/[^\x20-\x7e]/g, '?') };
    await new API(address).call('POST', current ? `invocation/${current}/error` : 'init/error', headers, JSON.stringify(body));
  }
  process.exit(status);
}

if (callbacks) {
  process.on('uncaughtException', (error) => fatal('Uncaught Exception', error, 129));
  process.on('unhandledRejection', (reason) => {
    const error = named('Runtime.UnhandledPromiseRejection', String(reason));
    fatal('Unhandled Promise Rejection', Object.assign(error, { reason, promise: {} }), 128);
  });
}

// The handler

// resolve returns the file of a module of the handler, without a file if it is
// found only as packages are.
function moduleFile(folder, module) {
  const full = path.resolve(root, folder, module);
  for (const extension of ['', '.js', '.mjs', '.cjs', '.ts', '.mts']) {
    if (fs.statSync(full + extension, { throwIfNoEntry: false })?.isFile()) return full + extension;
  }
  return '';
}

async function importModule(folder, module, file) {
  try {
    if (file) return await import(pathToFileURL(file).href);
    const require = createRequire(import.meta.url);
    return require(require.resolve(module, { paths: [root, path.join(root, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', String(error), error.stack);
    if (error?.code === 'MODULE_NOT_FOUND') throw named('Runtime.ImportModuleError', String(error));
    throw error;
  }
}

// load returns the handler of a name such as "folder/module.member".
async function load(name) {
  if (name.includes('..')) {
    throw named('Runtime.MalformedHandlerName', `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const last = path.basename(name);
  const folder = name.slice(0, name.length - last.length);
  const [, module, members] = /^([^.]*)\.(.*)$/.exec(last) ?? [];
  if (!module) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const file = moduleFile(folder, module);
  const imported = await importModule(folder, module, file);
  const member = (object) => members.split('.').reduce((value, key) => (value && (typeof value === 'object' || typeof value === 'function') ? value[key] : undefined), object);
  let handler = member(imported);
  // What a CommonJS module exports is the default of what import returns.
  if (!handler && (!callbacks || !/\.m[jt]s$/.test(file))) handler = member(imported?.default);
  if (!handler) throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${name} is not a function`);
  if (!callbacks && handler.length >= 3 && !handler[streaming]) {
    throw named('Runtime.CallbackHandlerDeprecated', 'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. '
      + 'You need to modify this function to use a supported handler signature to use Node.js 24 or later. '
      + 'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.');
  }
  return handler;
}

function newContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const parsed = (text) => text && JSON.parse(text);
  return {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(headers['lambda-runtime-client-context']),
    identity: parsed(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// resultText is the result of a handler as JSON.
function resultText(value) {
  let text;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    throw named(callbacks ? 'Error' : 'Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
  if (text === undefined) throw new TypeError('Wrong arguments');
  return text;
}

// whenIdle is called when the event loop is empty: up to nodejs22.x the answer is
// sent only then, and it is null if the handler has given none.
let whenIdle = null;
process.on('beforeExit', () => {
  const run = whenIdle;
  whenIdle = null;
  run?.();
});

// A Call is one event and its answer.
class Call {
  constructor(headers, body, done) {
    Object.assign(this, { headers, body, done, id: headers['lambda-runtime-aws-request-id'], over: false });
    this.context = newContext(headers);
    if (!callbacks) {
      this.context.xRayTraceId = headers['lambda-runtime-trace-id'];
      return;
    }
    this.context.callbackWaitsForEmptyEventLoop = true;
    this.context.done = (error, value) => this.callback(error, value);
    this.context.succeed = (value) => this.callback(null, value);
    this.context.fail = (error) => this.callback(error ?? 'handled');
  }

  run(runtime) {
    if (runtime.handler[streaming]) return this.runStreaming(runtime);
    if (callbacks) whenIdle = () => this.succeed(null);
    try {
      const result = runtime.handler(JSON.parse(this.body), this.context, callbacks ? (error, value) => this.callback(error, value) : undefined);
      if (typeof result?.then === 'function') result.then((value) => this.succeed(value), (error) => this.fail(error));
      else if (!callbacks) this.succeed(result);
    } catch (error) {
      this.fail(error);
    }
  }

  callback(error, value) {
    if (error !== undefined && error !== null) return this.fail(error);
    if (this.called) return undefined;
    this.called = true;
    if (this.context.callbackWaitsForEmptyEventLoop) whenIdle = () => this.succeed(value);
    else setImmediate(() => this.succeed(value));
    return undefined;
  }

  succeed(value) {
    let text;
    try {
      text = resultText(value);
    } catch (error) {
      return this.fail(error);
    }
    return this.post('response', text);
  }

  fail(thrown) {
    const error = callbacks ? thrown ?? 'handled' : thrown;
    if (!this.over) logError('Invoke Error', error);
    const body = payload(error);
    return this.post('error', JSON.stringify(body));
  }

  async post(outcome, text) {
    if (this.over) return;
    this.over = true;
    whenIdle = null;
    current = null;
    await api.call('POST', `invocation/${this.id}/${outcome}`, { 'Content-Type': 'application/json' }, text);
    this.done();
  }

  runStreaming(runtime) {
    const stream = new ResponseStream(this);
    let result;
    try {
      result = runtime.handler(JSON.parse(this.body), stream, this.context);
    } catch (error) {
      stream.fail(error);
      return;
    }
    if (typeof result?.then !== 'function') stream.fail('Streaming does not support non-async handlers.');
    else result.then(() => {}, (error) => stream.fail(error)); // whoever does not end the stream waits for the timeout
  }
}

// A ResponseStream sends the answer in chunks.
class ResponseStream extends Writable {
  constructor(call) {
    super({ decodeStrings: true });
    Object.assign(this, { call, contentType: 'application/octet-stream', prelude: [], started: false, trailers: '' });
  }

  setContentType(type) { this.contentType = type; }

  write(chunk, ...rest) {
    return super.write(typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...rest);
  }

  start() {
    if (this.started) return;
    this.started = true;
    api.start('POST', `invocation/${this.call.id}/response`, {
      'Content-Type': this.contentType, 'Transfer-Encoding': 'chunked', 'Lambda-Runtime-Function-Response-Mode': 'streaming',
      Trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    });
    for (const chunk of this.prelude) this.send(chunk);
  }

  send(chunk, done) {
    if (!chunk.length) return done?.();
    api.socket.write(`${chunk.length.toString(16)}\r\n`);
    api.socket.write(chunk);
    return api.socket.write('\r\n', done);
  }

  _write(chunk, _, done) {
    this.start();
    this.send(chunk, done);
  }

  _final(done) {
    this.start();
    current = null;
    api.socket.write(`0\r\n${this.trailers}\r\n`, done);
    api.answer.then(() => this.call.done());
  }

  fail(error) {
    logError('Invoke Error', error);
    const body = payload(error);
    this.trailers = `Lambda-Runtime-Function-Error-Type: ${String(body.errorType).replace(/[^\x20-\x7e]/g, '?')}\r\n`
      + `Lambda-Runtime-Function-Error-Body: ${Buffer.from(JSON.stringify(body)).toString('base64')}\r\n`;
    this.end();
  }
}

globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [streaming]: 'response' }),
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      stream.prelude = [Buffer.from(JSON.stringify(prelude)), Buffer.alloc(8)];
      return stream;
    },
  },
};

// The handler is called as a method of an object of this class: traces then read
// as they do on AWS.
class Runtime {
  constructor(handler) { this.handler = handler; }
}

async function serve(runtime) {
  for (;;) {
    const { headers, body } = await api.call('GET', 'invocation/next');
    if (!headers['lambda-runtime-aws-request-id']) process.exit(1);
    requestId = headers['lambda-runtime-aws-request-id'];
    current = requestId;
    environment._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
    await new Promise((done) => { new Call(headers, body, done).run(runtime); });
  }
}

try {
  const runtime = new Runtime(await load(environment._HANDLER));
  initialized = true;
  // Not awaited: Node would exit with 13 when a handler leaves nothing to wait for.
  serve(runtime);
} catch (error) {
  await fatal(callbacks ? 'Uncaught Exception' : 'Init Error', error, callbacks ? 129 : 1);
}
