import Testing

/// `topology/asyncapi.yaml`, the broker's definitions, the schedules and the schemas describe one and the same thing.
@Suite(.timeLimit(.minutes(1)))
struct MessageDescriptionTests {
    @Test func theDescriptionsAgree() throws {
        #expect(try Project.python(Self.check) == "of one mind\n")
    }

    private static let check = """
        import json, os, yaml
        faults = []
        api = yaml.safe_load(open("topology/asyncapi.yaml"))
        broker = json.load(open("topology/rabbitmq.json"))
        exchanges = {e["name"]: e for e in broker["exchanges"]}
        queues = {q["name"] for q in broker["queues"]}

        def resolve(reference):
            place = api
            for part in reference[2:].split("/"): place = place[part.replace("~1", "/")]
            return place

        def walk(value, path):
            if isinstance(value, dict):
                if "$ref" in value:
                    target = value["$ref"]
                    if target.startswith("#/"):
                        try: resolve(target)
                        except KeyError: faults.append(f"{path}: {target} is not there")
                    elif not os.path.exists(os.path.join("topology", target)): faults.append(f"{path}: there is no file {target}")
                for key, inner in value.items(): walk(inner, f"{path}/{key}")
            elif isinstance(value, list):
                for index, inner in enumerate(value): walk(inner, f"{path}/{index}")
        walk(api, "")

        routes = set()
        for name, channel in api["channels"].items():
            binding = channel["bindings"]["amqp"]
            if binding["is"] == "routingKey":
                exchange = binding["exchange"]
                known = exchanges.get(exchange["name"])
                if known is None: faults.append(f"{name}: the broker has no exchange {exchange['name']}")
                elif (known["type"], known["durable"]) != (exchange["type"], exchange["durable"]): faults.append(f"{name}: the exchange is another")
                routes.add((exchange["name"], channel["address"]))
            elif channel["address"] not in queues: faults.append(f"{name}: the broker has no queue {channel['address']}")
        # What reaches a consumer is described.
        for binding in broker["bindings"]:
            if binding["source"] in ("repazoo.requests", "repazoo.ticks") and (binding["source"], binding["routing_key"]) not in routes:
                faults.append(f"{binding['source']}/{binding['routing_key']} is not described")
        for schedule in json.load(open("topology/schedules.json"))["schedules"]:
            if ("repazoo.ticks", schedule["routing_key"]) not in routes: faults.append(f"the schedule {schedule['name']} leads nowhere")
        used = {os.path.basename(m["payload"]["$ref"]) for m in api["components"]["messages"].values() if "$ref" in m.get("payload", {})}
        used |= {os.path.basename(s["$ref"]) for m in api["components"]["messages"].values() for s in [m.get("payload", {}).get("schema", {})] if "$ref" in s}
        for file in ("ingest-request.json", "analyze-request.json", "export-request.json", "erase-request.json", "tick.json", "event.json"):
            if file not in used: faults.append(f"no message has the schema {file}")
        print("\\n".join(faults) or "of one mind")
        """
}
