package import Contracts
import Foundation
package import HTTPTransport
import Postgres
package import TestKit

// Exports of a house: asking for one, and fetching it through the console.
extension House {
    /// A console on a port of its own, and the address of it.
    package func startConsole(_ more: [String: String] = [:]) async throws -> (program: Program, url: String) {
        let program = try start("repazoo-console", [], ["CONSOLE_PORT": "0"].merging(more) { $1 })
        var port: String?
        try await eventually("the console says where it listens", within: .seconds(30)) {
            port = program.text().split(whereSeparator: \.isNewline).first { $0.contains("serving the console") }
                .flatMap {
                    line in line.firstMatch(of: /"port":"?(\d+)/).map { String($0.output.1) }
                }
            return port != nil
        }
        return (program, "http://127.0.0.1:\(port ?? "")")
    }

    /// The event that a finished export left, as the backend hears it.
    package func exportReady(_ message: MessageID, within limit: Duration = .seconds(60)) async throws -> [String:
        JSONValue]
    {
        let outcome = try await outcome(of: message, at: .export, within: limit)
        guard outcome == "done",
            let row = try await postgres.query(
                "select follow_ups::text from receipts where consumer = 'export' and message_id = \(message.rawValue)"
            ).first,
            let followUp = try FollowUp.list(receiptText: try row.decode(String.self, at: 0)).first
        else { throw HouseFault(text: "the export is not done but \(outcome)") }
        return try Event.decode(followUp.body).detail
    }

    /// A link with this house's console in place of its public address.
    package func local(_ link: JSONValue?, _ console: String) -> String {
        guard case .string(let text) = link else { return "" }
        return text.replacing("https://console.example.com", with: console)
    }

    package func get(_ url: String, _ headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await http.send(HTTPRequest(.get, url, headers: headers, maxResponseBytes: 1 << 30))
    }
}

extension [String: JSONValue] {
    package func text(_ name: String) -> String {
        if case .string(let text) = self[name] { text } else { "" }
    }
}
