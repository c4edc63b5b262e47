import FoundationEssentials
import Redis

/// Redis: reachable, which version, of one mind with us about the time, and keeping what it is given.
struct RedisExamination: Sendable {
    let configuration: RedisConfiguration

    func findings() async -> [Finding] {
        let client = RedisClient(configuration)
        let findings = await findings(client)
        await client.close()
        return findings
    }

    private func findings(_ client: RedisClient) async -> [Finding] {
        do {
            let server = try await client.send(RedisCommand("INFO", "server")).text()
            let version = Finding.good(
                "redis", Self.value("redis_version", in: server) ?? "answers, and does not tell its version")
            let memory = try await client.send(RedisCommand("INFO", "memory")).text()
            let clock = try await ClockExamination.compare("Redis's") { try await time(client) }
            let persistence = try await client.send(RedisCommand("INFO", "persistence")).text()
            return [version, clock, Self.judge(persistence: persistence)] + Self.judge(memory: memory)
                + WireExamination.findings(configuration)
        } catch {
            return [.bad("redis", "\(CommandFault(error))", "see the server's log; check REDIS_URL")]
        }
    }

    private func time(_ client: RedisClient) async throws -> Date {
        let answer = try await client.send(RedisCommand("TIME"))
        guard case .array(let parts) = answer, parts.count == 2, let seconds = Double(try parts[0].text()),
            let microseconds = Double(try parts[1].text())
        else { throw CommandFault("Redis does not tell the time") }
        return Date(timeIntervalSince1970: seconds + microseconds / 1_000_000)
    }

    /// A window that Redis forgets under pressure is a limit that is forgotten.
    static func judge(memory: String) -> [Finding] {
        guard let policy = value("maxmemory_policy", in: memory), policy != "noeviction",
            value("maxmemory", in: memory) != "0"
        else { return [] }
        return [
            .bad(
                "redis", "throws keys away when it is full (maxmemory-policy \(Plain.line(policy, maximumBytes: 32)))",
                "set maxmemory-policy noeviction: rate windows must not be forgotten")
        ]
    }

    /// What a restart forgets costs time, never a broken limit: sends to providers go one at a time until the state is known again.
    static func judge(persistence: String) -> Finding {
        value("aof_enabled", in: persistence) == "1"
            ? .good("redis", "keeps an append-only file")
            : .warning(
                "redis", "keeps no append-only file: a restart forgets the rate windows, which costs time",
                "set appendonly yes")
    }

    /// `INFO` is lines of `name:value`, ended by CR LF.
    static func value(_ name: String, in info: String) -> String? {
        info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }
            .map { String($0.dropFirst(name.count + 1).prefix(32)) }
    }
}
