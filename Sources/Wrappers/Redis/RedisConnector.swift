import EventLoop

/// Opens a connection and logs in, on a thread of its own, as all of it blocks.
enum RedisConnector {
    /// Resumes the caller on its own executor, straight from the thread: a detour over the cooperative pool would wait
    /// there for other people's long computations, while commands run into their time-outs.
    static func connect(
        _ configuration: RedisConfiguration, isolation: isolated (any Actor)? = #isolation
    ) async -> Result<HiredisContext, RedisError> {
        await withUnsafeContinuation { continuation in
            BlockingThread.start(name: "repazoo-redis") {
                do throws(RedisError) {
                    continuation.resume(returning: .success(try open(configuration)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
    }

    private static func open(_ configuration: RedisConfiguration) throws(RedisError) -> HiredisContext {
        do {
            let context = try HiredisContext(connectingTo: configuration.address, timeout: configuration.connectTimeout)
            for command in logIn(configuration) { try accept(context.ask(command), for: command) }
            try context.becomeNonBlocking()
            return context
        } catch let error as RedisError {
            throw error
        } catch {
            throw RedisError(.unavailable, during: "connecting")
        }
    }

    private static func logIn(_ configuration: RedisConfiguration) -> [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument($0)] } ?? []
            commands.append(RedisCommand("AUTH", arguments: user + [RedisArgument(password)]))
        }
        if configuration.database != 0 {
            commands.append(RedisCommand("SELECT", RedisArgument(configuration.database)))
        }
        commands.append(RedisCommand("CLIENT", "SETNAME", RedisArgument(configuration.clientName)))
        return commands
    }

    /// A server that is still loading its data will come; any other refusal is a matter of configuration.
    private static func accept(_ reply: RedisValue, for command: RedisCommand) throws(RedisError) {
        guard case .error(let code) = reply else { return }
        let error = RedisError(.server(code: code), during: command.name)
        throw error.isRetryable
            ? RedisError(.unavailable, during: "connecting: \(code)") : RedisError(.refused, during: command.name)
    }
}
