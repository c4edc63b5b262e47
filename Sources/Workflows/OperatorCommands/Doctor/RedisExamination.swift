import Redis

/// Redis: reachable, and which version.
struct RedisExamination: Sendable {
    let configuration: RedisConfiguration

    func findings() async -> [Finding] {
        let client = RedisClient(configuration)
        let finding = await finding(client)
        await client.close()
        return [finding]
    }

    private func finding(_ client: RedisClient) async -> Finding {
        do throws(RedisError) {
            let answer = try await client.send(RedisCommand("INFO", "server")).text()
            return .good("redis", Self.version(in: answer) ?? "answers, and does not tell its version")
        } catch {
            return .bad("redis", "\(error)", "see the server's log; check REDIS_URL")
        }
    }

    /// `INFO` is lines of `name:value`, ended by CR LF.
    static func version(in info: String) -> String? {
        info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("redis_version:") }
            .map { String($0.dropFirst("redis_version:".count).prefix(32)) }
    }
}
