import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Postgres
import TestKit
import Testing

/// Where things are written that nobody means to show: all that the processes of a house print, measure, store and send
/// beside the data itself.
struct DarkCorners {
    /// What may stand in none of them, without regard to case.
    static let canaries = [
        "canary",  // handle, name, e-mail, secrets of the house's environment, and what the tests plant
        "mona", "7946 0958", "555-0147", "203.0.113.77", "0532013000", "hunter2", "s3cret", "sandbox-refresh-",
        "sandbox-41",  // access tokens of the accounts 41…
    ]

    /// Name of a corner to what stands in it.
    private(set) var texts: [(corner: String, text: String)] = []

    mutating func add(_ corner: String, _ text: String) { texts.append((corner, text)) }

    /// Every process's output, and the metrics of those with a port.
    mutating func collect(from house: House, ports: [String: Int]) async throws {
        for program in house.programs { add("output of \(program.name)", program.text()) }
        for (name, port) in ports.sorted(by: { $0.key < $1.key }) {
            for path in ["/metrics", "/readyz", "/healthz"] {
                let answer = try await house.http.send(HTTPRequest(.get, "http://127.0.0.1:\(port)\(path)"))
                add("\(path) of \(name)", String(decoding: answer.body, as: UTF8.self))
            }
        }
    }

    /// What the tables beside the data hold.
    mutating func collectTables(of house: House) async throws {
        for table in ["audit_log", "receipts", "dead_letters", "alerts"] {
            let rows = try await house.postgres.query(
                "select coalesce(string_agg(to_jsonb(t)::text, ' '), '') as rows from \(identifier: table) as t")
            add("table \(table)", try rows.first?.decode(String.self, "rows") ?? "")
        }
    }

    func check(userIDs: [String]) {
        for (corner, text) in texts {
            for canary in Self.canaries {
                if let place = text.range(of: canary, options: .caseInsensitive) {
                    Issue.record("\(corner) holds \(canary): …\(text[place.lowerBound...].prefix(80))")
                }
            }
            // Operators see who it was by the last four characters only.
            for id in userIDs where corner.hasPrefix("output") || corner.hasPrefix("/") {
                #expect(!text.contains(id), "\(corner) holds \(id)")
            }
        }
    }
}
