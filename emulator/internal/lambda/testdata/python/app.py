"""A handler that does what its event says, so that one process shows it all."""
import collections
import datetime
import decimal
import json
import logging
import os
import sys

calls = 0


class CustomError(Exception):
    pass


def context_members(event, context):
    members = {name: getattr(context, name) for name in (
        "aws_request_id", "function_name", "function_version", "memory_limit_in_mb", "invoked_function_arn", "log_group_name", "tenant_id")}
    members["custom"] = context.client_context.custom if context.client_context else None
    members["title"] = context.client_context.client.app_title if context.client_context else None
    members["identity"] = context.identity.cognito_identity_id
    members["time"] = 0 < context.get_remaining_time_in_millis() <= 3000
    members["trace"] = os.environ["_X_AMZN_TRACE_ID"]
    return members


def log(event, context):
    print("printed")
    print("to stderr", file=sys.stderr)
    logging.getLogger().warning("warned")
    logging.info("too low")
    print("no end", end="")


def fork(event, context):
    if os.fork() == 0:
        return "the child"
    return "the parent"


def raise_custom(event, context):
    raise CustomError("two\nlines")


def circular(event, context):
    value = []
    value.append(value)
    return value


def count(event, context):
    global calls
    calls += 1
    return calls


Point = collections.namedtuple("Point", "x y")

results = {
    "context": context_members,
    "log": log,
    "fork": fork,
    "count": count,
    "raise": raise_custom,
    "key": lambda e, c: {}["x"],
    "exit": lambda e, c: sys.exit(3),
    "recursion": lambda e, c: results["recursion"](e, c),
    "circular": circular,
    "none": lambda e, c: None,
    "tuple": lambda e, c: (1, [Point(1, {"a": Point(2, 3)})]),
    "decimal": lambda e, c: {"n": decimal.Decimal("1.10"), "s": "\"1.10\"", "nan": decimal.Decimal("NaN")},
    "bytes": lambda e, c: b"Hello",
    "bytes inside": lambda e, c: [b"\xc3\xa9"],
    "numbers": lambda e, c: [1e22, 10**30, float("inf")],
    "keys": lambda e, c: {1: 1, True: 2, None: 3},
    "tuple key": lambda e, c: {(1, 2): 3},
    "set": lambda e, c: {1},
    "date": lambda e, c: datetime.date.today(),
    "accent": lambda e, c: "é",
    "surrogate": lambda e, c: "\ud83d",
    "path": lambda e, c: sys.path[0],
}


def handler(event, context):
    return results[event](event, context)


def broken():
    return 1
