import Foundation
import Testing

/// The stack's files agree with each other and with the programs. (That the stack runs is proved by compose/smoke.)
@Suite(.timeLimit(.minutes(1)))
struct ComposeTests {
    private static let programs = [
        "ingest", "analyze", "export", "retention", "monitor", "alert", "scheduler", "console",
    ]

    /// A rule on a metric that nobody records never fires.
    @Test func everyMetricThatIsWatchedIsRecorded() throws {
        let recorded = try Project.sources("Sources")
        let files =
            try Project.files(in: "compose/observability", endingWith: ".yml")
            + Project.files(in: "compose/observability", endingWith: ".json")
        var names: Set<String> = []
        for file in files {
            for match in try Project.text(file).matches(of: /\b(repazoo_[a-z_]+|process_[a-z_]+)/) {
                names.insert(String(match.output.1).replacing(/_(bucket|sum|count)$/, with: ""))
            }
        }
        #expect(names.count >= 8)
        for name in names { #expect(recorded.contains("\"\(name)\""), "\(name)") }
    }

    /// Every secret that a service takes is declared, and made by compose/secrets; every program is bounded and unprivileged.
    @Test func theStackIsWhole() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = Project.root.appending(path: "compose/secrets")
        process.arguments = [folder.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try Project.python(Self.check, [folder.path] + Self.programs) == "whole\n")
    }

    /// No secret is made twice, and what is there stays.
    @Test func secretsAreMadeOnce() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        var keys: [String] = []
        for _ in 1...2 {
            let process = Process()
            process.executableURL = Project.root.appending(path: "compose/secrets")
            process.arguments = [folder.path]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            keys.append(try String(contentsOf: folder.appending(path: "encryption_key"), encoding: .utf8))
        }
        #expect(keys[0] == keys[1] && keys[0].utf8.count == 44)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    private static let check = """
        import json, os, re, sys, yaml
        folder, programs = sys.argv[1], sys.argv[2:]
        faults = []
        stack = yaml.safe_load(open("compose/compose.yaml"))
        services, secrets = stack["services"], stack["secrets"]
        for name, secret in secrets.items():
            file = os.path.basename(secret["file"].rstrip("}\\""))
            if not os.path.exists(os.path.join(folder, file)): faults.append(f"compose/secrets makes no {file}")
        for name, service in services.items():
            for secret in service.get("secrets", []):
                if secret not in secrets: faults.append(f"{name}: the secret {secret} is not declared")
            for key, value in (service.get("environment") or {}).items():
                if key.endswith("_FILE") and value.startswith("/run/secrets/") and value[13:] not in secrets:
                    faults.append(f"{name}: {key} names a secret that is not declared")
            for bound in ("mem_limit", "pids_limit", "logging"):
                if bound not in service: faults.append(f"{name}: no {bound}")
        for program in programs:
            service = services[program]
            if service["command"] != [f"repazoo-{program}"]: faults.append(f"{program}: {service['command']}")
            if not service.get("read_only") or service.get("cap_drop") != ["ALL"]: faults.append(f"{program}: privileged")
            own = {f"database_url_{program}", f"amqp_url_{program}"}
            others = [s for s in service["secrets"] if s.startswith(("database_url_", "amqp_url_")) and s not in own]
            if others or not own <= set(service["secrets"]): faults.append(f"{program}: not its own logins")
            # A secret that is not there is read by its file's name: an empty variable must not name it.
            for key, value in service["environment"].items():
                if key in ("DATABASE_URL_FILE", "AMQP_URL_FILE") and value[13:] not in service["secrets"]: faults.append(f"{program}: {key}")
        if not stack["networks"]["servers"]["internal"]: faults.append("the servers' network leads out")
        broker = json.load(open(os.path.join(folder, "broker_definitions.json")))
        users = {user["name"] for user in broker["users"]}
        for program in programs:
            if program not in users: faults.append(f"the broker has no user {program}")
        for permission in broker["permissions"]:
            for right in ("configure", "write", "read"): re.compile(permission[right])
        deployed, scaled, budgets = set(), set(), set()
        for file in sorted(os.listdir("compose/kubernetes")):
            if not file.endswith(".yaml"): continue
            for document in yaml.safe_load_all(open(f"compose/kubernetes/{file}")):
                name = document["metadata"]["name"] if "metadata" in document else ""
                if document["kind"] == "Deployment":
                    deployed.add(name)
                    container = document["spec"]["template"]["spec"]["containers"][0]
                    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                        if probe not in container: faults.append(f"{name}: no {probe}")
                    if not container["securityContext"]["readOnlyRootFilesystem"]: faults.append(f"{name}: writes")
                if document["kind"] == "ScaledObject":
                    scaled.add(document["spec"]["scaleTargetRef"]["name"])
                    if document["spec"]["triggers"][0]["metadata"]["queueName"] != name.replace("-", "."): faults.append(f"{name}: queue")
                if document["kind"] == "PodDisruptionBudget": budgets.add(name)
        for program in programs:
            if f"repazoo-{program}" not in deployed & budgets: faults.append(f"{program} is not in compose/kubernetes")
        if not scaled <= deployed: faults.append("something is scaled that is not there")
        listed = yaml.safe_load(open("compose/kubernetes/kustomization.yaml"))["resources"]
        there = {f for f in os.listdir("compose/kubernetes") if f.endswith(".yaml")} - {"kustomization.yaml"}
        if set(listed) != there: faults.append("kustomization.yaml does not list what is there")
        for file in ("compose/observability/rules.yml", "compose/observability/prometheus.yml", "compose/observability/alertmanager.yml"):
            yaml.safe_load(open(file))
        json.load(open("compose/observability/grafana/dashboards/repazoo.json"))
        print("\\n".join(faults) or "whole")
        """
}
