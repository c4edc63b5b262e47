"""Judges messages by topology/asyncapi.yaml and the schemas that it names.

Usage: judge.py TOPOLOGY. Each line of standard input is a JSON array of messages ({"exchange", "key", "properties", "body"}, the body
in base64) and is answered by a line: an array of {"payload", "envelope"}, what is wrong with either of each message, or null.
"""
import base64
import json
import os
import sys
import uuid

import yaml
from jsonschema import Draft202012Validator, FormatChecker

topology = sys.argv[1]
with open(os.path.join(topology, "asyncapi.yaml")) as file:
    api = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def resolve(reference):
    place = api
    for part in reference[2:].split("/"):
        place = place[part]
    return place


def validator(schema):
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def payload_of(message):
    with open(os.path.join(topology, message["payload"]["schema"]["$ref"])) as file:
        return validator(json.load(file))


messages = api["components"]["messages"]
payloads = {message["name"]: payload_of(message) for message in messages.values() if "payload" in message}
headers = {message["name"]: validator(resolve(message["headers"]["$ref"])) for message in messages.values()}
kinds = {message["name"]: message["contentType"] for message in messages.values()}
# Which messages may pass where: by exchange and routing key, and, of the dead, by queue.
routes = {}
for channel in api["channels"].values():
    binding = channel["bindings"]["amqp"]
    exchange = binding["exchange"]["name"] if binding["is"] == "routingKey" else "repazoo.dead"
    names = {resolve(message["$ref"])["name"] for message in channel["messages"].values()}
    routes[exchange, channel["address"]] = names


def first(errors):
    for error in errors:
        return f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300]


def judge_payload(name, body):
    if name not in payloads:
        return f"there is no message {name}", None
    try:
        value = json.loads(body.decode())
    except ValueError as error:
        return f"not JSON: {error}", None
    return first(payloads[name].iter_errors(value)), value


def judge_envelope(message, name, key, value):
    properties = message["properties"]
    names = routes.get((message["exchange"], key)) or routes.get((message["exchange"], "{event}"))
    if not names:
        return f"there is no channel {key}"
    if name not in names:
        return f"the channel {key} has no message {name}"
    if properties.get("content_type") != kinds[name]:
        return f"content_type {properties.get('content_type')}"
    if properties.get("delivery_mode") != 2:
        return "not persistent"
    try:
        uuid.UUID(properties.get("message_id", ""))
    except ValueError:
        return "message_id is no UUID"
    if name == "repazoo.event.v1" and value.get("event") != key:
        return "the event is not the routing key"
    fields = dict(properties.get("headers", {}))
    if "correlation_id" in properties:
        fields["correlation_id"] = properties["correlation_id"]
    return first(headers[name].iter_errors(fields))


def judge(message):
    if message["exchange"] == "repazoo.dead":
        # As they were: a dead message may be one that nobody can read.
        fields = message["properties"].get("headers", {})
        known = routes.get((message["exchange"], message["key"] + ".dead"))
        return {"payload": None, "envelope": first(headers["deadLetter"].iter_errors(fields)) if known else "no such queue"}
    name = message["properties"].get("type", "")
    payload, value = judge_payload(name, base64.b64decode(message["body"]))
    return {"payload": payload, "envelope": None if payload else judge_envelope(message, name, message["key"], value)}


for line in sys.stdin:
    print(json.dumps([judge(message) for message in json.loads(line)]), flush=True)
