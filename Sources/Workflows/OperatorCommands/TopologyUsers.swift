import ArgumentParser
import Bootstrap
import FoundationEssentials
import Topology

struct TopologyUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Lists the broker's users and their rights, or prints them for import.",
        discussion: """
            Every program has a user of its own that reads its own queue and publishes where it must. With --passwords the answer is \
            RabbitMQ's definitions, each password as a salted hash:

              repazoo topology users --passwords /run/secrets | rabbitmqctl import_definitions

            DIR holds a file `broker_password_NAME` for each user; compose/secrets makes them.
            """)

    @Option(name: .customLong("passwords"), help: "The folder with the passwords.") var folder: String?
    @Flag(help: "Answer in JSON: the rights without the users' passwords.") var json = false

    func run() async throws {
        try await CommandRun.carryOut { output in
            let users = try BrokerUsers()
            if let folder {
                output.answer(try users.definitions { try Self.password(of: $0, in: folder) })
            } else if json {
                output.answer(String(decoding: BrokerUsers.currentJSON, as: UTF8.self))
            } else {
                var table = TextTable()
                table.add("user", "configures", "writes", "reads")
                for right in users.permissions { table.add(right.user, right.configure, right.write, right.read) }
                table.lines.forEach(output.answer)
            }
            return .done
        }
    }

    private static func password(of name: String, in folder: String) throws(CommandFault) -> String {
        // compose/secrets calls the one who declares the topology admin.
        for file in ["broker_password_\(name)", name == "deploy" ? "broker_admin_password" : ""] where !file.isEmpty {
            guard let data = try? Data(contentsOf: URL(filePath: folder).appending(path: file)), data.count < 1024,
                let text = String(validating: data, as: UTF8.self)
            else { continue }
            let password = text.hasSuffix("\n") ? String(text.dropLast()) : text
            if !password.isEmpty { return password }
        }
        throw CommandFault("--passwords: \(folder) has no file broker_password_\(name) with a password in it", .usage)
    }
}
