import Bootstrap
import FoundationEssentials
import Topology

/// What commands ask RabbitMQ's management plugin.
struct ManagementPlugin: Sendable {
    private let api: ManagementAPI

    /// Nil without `RABBITMQ_MANAGEMENT_URL`, or with a fault in the reader.
    static func read(_ reader: inout SettingsReader) -> ManagementPlugin? {
        ManagementAPI.read(&reader).map { ManagementPlugin(api: $0) }
    }

    init?(_ text: String) {
        guard let api = ManagementAPI(text) else { return nil }
        self.init(api: api)
    }

    private init(api: ManagementAPI) { self.api = api }

    /// The broker's version, such as `3.10.8`.
    func version() async throws(CommandFault) -> String {
        guard let answer = try? JSON(parsing: try await get("/api/overview")),
            let text = answer["rabbitmq_version"]?.string,
            text.utf8.count <= 64
        else { throw CommandFault("the management plugin's overview names no version") }
        return text
    }

    struct Node: Sendable {
        let name: String
        let isRunning: Bool
        let hasMemoryAlarm: Bool
        let hasDiskAlarm: Bool
    }

    func nodes() async throws(CommandFault) -> [Node] {
        guard case .array(let entries)? = try? JSON(parsing: try await get("/api/nodes")) else { return [] }
        let isTrue = { (value: JSON?) in if case .bool(true)? = value { true } else { false } }
        return entries.map { entry in
            Node(
                name: Plain.line(entry["name"]?.string ?? "?", maximumBytes: 64), isRunning: isTrue(entry["running"]),
                hasMemoryAlarm: isTrue(entry["mem_alarm"]), hasDiskAlarm: isTrue(entry["disk_free_alarm"]))
        }
    }

    func missingBindings(
        of definition: TopologyDefinition, vhost: String
    ) async throws -> [TopologyDifference] {
        let listing = try await get("/api/bindings/\(api.path(component: vhost))")
        return try TopologyVerifier.missingBindings(of: definition, inListing: listing)
    }

    private func get(_ path: String) async throws(CommandFault) -> [UInt8] {
        do throws(ManagementAPI.Fault) { return try await api.get(path) } catch {
            throw error.isUnavailable ? CommandFault(error.description, .unavailable) : CommandFault(error.description)
        }
    }
}
