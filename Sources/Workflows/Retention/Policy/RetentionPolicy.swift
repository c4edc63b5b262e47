import Bootstrap
import Contracts
import Privacy

/// What is deleted when, and why that is lawful: `topology/retention.json`, checked as a whole.
public struct RetentionPolicy: Equatable, Sendable {
    /// How much is asked of X in one tick.
    struct Upstream: Equatable, Sendable {
        var idsPerJob: Int
        var jobsPerTick: Int
    }

    /// How long a row stays after its soft deletion.
    let hardDeleteAfter: Duration
    /// In their order: a row belongs to the first rule that takes it.
    let rules: [RetentionRule]
    let upstream: Upstream

    /// The policy of this release.
    public static func current() throws(InvalidPolicy) -> RetentionPolicy {
        try RetentionPolicy(json: PackageResources.retention_json)
    }

    /// - Throws: Everything that is wrong with it, at once.
    init(json bytes: [UInt8]) throws(InvalidPolicy) {
        guard let root = try? JSONValue(parsing: bytes, maximumBytes: 1 << 20, maximumDepth: 8), root.members != nil
        else {
            throw InvalidPolicy(faults: ["it is no JSON object"])
        }
        var reader = PolicyReader(root)
        self = RetentionPolicy(&reader)
        guard reader.faults.isEmpty else { throw InvalidPolicy(faults: reader.faults) }
    }

    private init(_ reader: inout PolicyReader) {
        reader.allow(["version", "kept_for", "hard_delete_after", "rules", "upstream"], in: reader.root, "the policy")
        if reader.root["version"]?.integer != 1 { reader.fault("version must be 1") }
        reader.keptFor()
        hardDeleteAfter = reader.duration(reader.root["hard_delete_after"], "hard_delete_after")
        rules = reader.rules()
        upstream = Upstream(
            idsPerJob: reader.integer(reader.root["upstream"]?["ids_per_job"], "upstream.ids_per_job", 1...1_000_000),
            jobsPerTick: reader.integer(reader.root["upstream"]?["jobs_per_tick"], "upstream.jobs_per_tick", 0...100))
    }

    init(hardDeleteAfter: Duration, rules: [RetentionRule], idsPerJob: Int = 50_000, jobsPerTick: Int = 10) {
        self.hardDeleteAfter = hardDeleteAfter
        self.rules = rules
        upstream = Upstream(idsPerJob: idsPerJob, jobsPerTick: jobsPerTick)
    }
}

/// Says all that is wrong with a policy, and where.
public struct InvalidPolicy: Error, Equatable, CustomStringConvertible {
    public let faults: [String]

    public var description: String {
        "the retention policy (topology/retention.json) has \(faults.count) to correct:\n"
            + faults.map { "  \($0)" }.joined(separator: "\n")
    }
}
