"""Runs a Lambda handler in Python: asks the Runtime API for events, calls the
handler, and posts what it returns or raises. It needs the standard library
alone, of Python 3.8 or later.

What the handler sees (context, logging, texts of errors) is what AWS's runtime
interface client for Python shows it.
"""
import os
import sys

# Before all else: imports must not find a module beside this file.
ROOT = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
sys.path[0] = ROOT

import decimal
import importlib
import json
import logging
import re
import socket
import time

# traceback is imported where an error needs it; it would make every start slower.

JSON_LOG = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
PROCESS = os.getpid()
VERSION = re.match(r"AWS_Lambda_python3\.(\d+)$", os.environ.get("AWS_EXECUTION_ENV", ""))
ASCII = not VERSION or int(VERSION.group(1)) < 12  # from 3.12 on, results are UTF-8 without escapes


class API:
    """One connection to the Runtime API, kept for all calls."""

    def __init__(self, address):
        address, _, secret = address.partition("/")
        host, port = address.rsplit(":", 1)
        self.host, self.base = address, ("/" + secret if secret else "") + "/2018-06-01/runtime/"
        self.socket = socket.create_connection((host, int(port)))
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def call(self, method, path, body=b"", **headers):
        """Returns the headers, in small letters, and the body of the answer."""
        lines = [method + " " + self.base + path + " HTTP/1.1", "Host: " + self.host]
        lines += [name.replace("_", "-") + ": " + text for name, text in headers.items()]
        if method == "POST":
            lines.append("Content-Length: %d" % len(body))
        try:
            self.socket.sendall("\r\n".join(lines + ["", ""]).encode("latin-1", "replace") + body)
            status = self.reader.readline()
            if not status:
                raise OSError("closed")
            answer = {}
            while True:
                line = self.reader.readline().strip()
                if not line:
                    break
                name, _, text = line.decode("utf-8").partition(":")
                answer[name.lower()] = text.strip()
            content = self.reader.read(int(answer.get("content-length", 0)))
        except OSError:
            os._exit(1)  # aslocal has ended
        if int(status.split()[1]) >= 300:
            sys.stdout.write("LAMBDA_RUNTIME Failed to %s %s: %s\n" % (method, path, content.decode("utf-8", "replace")))
        return answer, content


class Fault(Exception):
    """An error that the runtime reports, not the handler."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.trace = kind, list(trace)


# Results as JSON


class Encoder:
    """Writes what the json module cannot: a Decimal as the number that it shows,
    bytes as text, and a named tuple as an object."""

    def __init__(self):
        self.mark = os.urandom(8).hex() + ":"  # what stands for a Decimal until the text is made
        self.marked = re.compile('"' + self.mark + '([^"]*)"')

    def encode(self, result):
        self.found = False
        try:
            result = self.plain(result)
        except RecursionError:
            pass  # json says what is wrong with it
        text = json.dumps(result, default=self.default, ensure_ascii=ASCII)
        if self.found:
            text = self.marked.sub(r"\1", text)
        return text.encode("utf-8")

    def plain(self, value):
        """Returns value with its named tuples as dicts; value itself if it has none."""
        if isinstance(value, dict):
            items = {key: self.plain(item) for key, item in value.items()}
            return items if any(items[key] is not item for key, item in value.items()) else value
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return {key: self.plain(item) for key, item in value._asdict().items()}
        if isinstance(value, (list, tuple)):
            items = [self.plain(item) for item in value]
            return items if any(new is not old for new, old in zip(items, value)) else value
        return value

    def default(self, value):
        if isinstance(value, decimal.Decimal):
            if value.is_nan():
                return float("nan")
            self.found = True
            return self.mark + str(value)
        if isinstance(value, bytes):
            return value.decode("utf-8")
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


# Errors


def describe(error, request_id):
    """Returns the payload that an exception becomes."""
    if isinstance(error, Fault):
        kind, trace = error.kind, error.trace
    else:
        import traceback

        kind = type(error).__name__
        # Plain tuples have no columns, which newer Pythons would underline.
        frames = [(f.filename, f.lineno, f.name, f.line) for f in traceback.extract_tb(error.__traceback__)]
        while frames and frames[0][0] == __file__:
            frames.pop(0)
        trace = traceback.format_list(frames)
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def log_error(payload):
    """Writes an error to the log as Lambda does: one record, whatever its lines."""
    if JSON_LOG:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        sys.stdout.write(json.dumps(dict({"timestamp": stamp, "level": "ERROR"}, **payload), ensure_ascii=False) + "\n")
        return
    message = payload["errorType"] + (": " + payload["errorMessage"] if payload["errorMessage"] else "")
    lines = ["[ERROR] " + message, "Traceback (most recent call last):"]
    for frame in payload["stackTrace"]:
        for line in frame.splitlines():
            text = line.lstrip(" ")
            lines.append("\u00a0" * (len(line) - len(text)) + text)
    sys.stdout.write("\r".join(lines).replace("\n", "\r") + "\n")


# Logging


class LogHandler(logging.Handler):
    """Writes records to stdout, with the id of the request."""

    request_id = ""

    def emit(self, record):
        record.aws_request_id = self.request_id
        sys.stdout.write(self.format(record))


class JSONFormatter(logging.Formatter):
    known = set(logging.makeLogRecord({}).__dict__) | {"aws_request_id", "message", "asctime"}

    def format(self, record):
        entry = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            import traceback

            entry["stackTrace"] = traceback.format_tb(record.exc_info[2])
            entry["errorType"], entry["errorMessage"] = record.exc_info[0].__name__, str(record.exc_info[1])
            entry["location"] = "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)
        if record.aws_request_id:
            entry["requestId"] = record.aws_request_id
        for name, extra in record.__dict__.items():
            if name not in self.known:
                entry.setdefault(name, extra)
        return json.dumps(entry, ensure_ascii=False, default=str) + "\n"


def set_up_logging():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    logging.Formatter.converter = time.gmtime
    handler = LogHandler()
    if JSON_LOG:
        handler.setFormatter(JSONFormatter())
    else:
        layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = {"TRACE": "DEBUG", "FATAL": "CRITICAL"}.get(level, level)
    if level in ("DEBUG", "INFO", "WARN", "ERROR", "CRITICAL"):
        root.setLevel(level)
    return handler


# The handler


def load(name):
    """Returns the handler of a name such as "package.module.function"."""
    if "." not in name:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % name)
    module, function = name.rsplit(".", 1)
    if module.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", "Cannot use built-in module %s as a handler module" % module)
    try:
        imported = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module, error))
    except SyntaxError as error:
        place = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (module, error), [place])
    if not hasattr(imported, function):
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, module))
    return getattr(imported, function)


class Members:
    """An object with the members of a JSON object that are in its class's names."""

    names = ()

    def __init__(self, values):
        for name in self.names:
            setattr(self, name, values.get(name))

    def __repr__(self):
        return "%s([%s])" % (type(self).__name__, ",".join("%s=%s" % (name, getattr(self, name)) for name in self.names))


class Client(Members):
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(Members):
    names = ("custom", "env", "client")

    def __init__(self, values):
        super().__init__(values)
        if self.client is not None:
            self.client = Client(self.client)


class CognitoIdentity(Members):
    names = ("cognito_identity_id", "cognito_identity_pool_id")


class LambdaContext:
    def __init__(self, headers):
        variable = os.environ.get
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.log_group_name = variable("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = variable("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = variable("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = variable("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client = headers.get("lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(client)) if client else None
        identity = json.loads(headers.get("lambda-runtime-cognito-identity") or "{}")
        self.identity = CognitoIdentity({
            "cognito_identity_id": identity.get("cognitoIdentityId"),
            "cognito_identity_pool_id": identity.get("cognitoIdentityPoolId"),
        })
        self._deadline = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


def answer(handler, headers, body, encoder):
    """Calls the handler; returns the bytes of its result and their type."""
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
    result = handler(event, LambdaContext(headers))
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return encoder.encode(result), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)


def main():
    api = API(os.environ.pop("ASLOCAL_RUNTIME_API", None) or os.environ["AWS_LAMBDA_RUNTIME_API"])
    log = set_up_logging()
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        payload = describe(error, "")
        log_error(payload)
        sys.stdout.flush()
        api.call("POST", "init/error", json.dumps(payload).encode(), Lambda_Runtime_Function_Error_Type=payload["errorType"])
        sys.exit(1)
    encoder = Encoder()
    while True:
        headers, body = api.call("GET", "invocation/next")
        if "lambda-runtime-aws-request-id" not in headers:
            sys.exit(1)
        request_id = log.request_id = headers["lambda-runtime-aws-request-id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
        # Not BaseException: a handler that exits ends the process.
        try:
            (result, kind), outcome = answer(handler, headers, body, encoder), "response"
        except Exception as error:
            payload = describe(error, request_id)
            log_error(payload)
            result, kind, outcome = json.dumps(payload, ensure_ascii=ASCII).encode("utf-8", "backslashreplace"), "application/json", "error"
        if os.getpid() != PROCESS:
            os._exit(0)  # a child that the handler has forked, and that returned from it too
        sys.stdout.flush()
        api.call("POST", "invocation/%s/%s" % (request_id, outcome), result, Content_Type=kind)


if __name__ == "__main__":
    main()
