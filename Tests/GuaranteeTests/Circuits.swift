import Contracts
import Foundation
import HTTPTransport
import HouseKit
import TestKit
import Testing

extension NothingIsLost {
    /// While X fails, no messages are taken and nobody's attempts are used up; when it is back, one message finds out.
    @Test func anOpenCircuitLeavesTheProviderAloneAndProbesWithOne() async throws {
        try await House.with(.empty, breakX)
    }

    private func breakX(_ house: House) async throws {
        let users = 40
        for number in 0..<users { try await house.addUser("user-\(number)", account: "5\(number)", tweets: 5) }
        try await house.setFaults("twitter:500")
        let port = "0"
        let ingest = try house.start("repazoo-ingest", [], ["CONSUMER_CONCURRENCY": "8", "HTTP_PORT": port])
        var ids: [MessageID] = []
        for number in 0..<users {
            ids.append(
                try await house.publish(IngestRequest(userID: try #require(UserID("user-\(number)")), analyze: false)))
        }
        try await eventually("the circuit opens", within: .seconds(30)) {
            ingest.text().contains(#""dependency":"twitter""#)
        }
        // What was in hand goes to the ladder; the rest stays in the queue, untouched until the pause is over.
        try await eventually("what was in hand is put off") {
            ingest.text().contains("circuit_open") || ingest.text().contains("comes back later")
        }
        let waiting = try await house.messages(in: "repazoo.ingest")
        #expect(waiting > users / 2, "the queue is not cycled")
        let calls = try await house.callsToX()
        #expect(calls <= 16, "\(calls) calls before it opened")

        try await house.setFaults(nil)
        for id in ids { #expect(try await house.outcome(of: id, at: .ingest, within: .seconds(90)) == "done") }
        #expect(ingest.text().contains("dependency back"))
        let putOff = ingest.text().components(separatedBy: "circuit_open").count - 1
        #expect(putOff <= 8, "no more than were in hand are put off: the queue is not cycled through the ladder")
        #expect(try await house.messages(in: "repazoo.ingest.dead") == 0)
        print(
            "circuit | \(calls) calls until it opened, \(waiting) of \(users) messages left in the queue meanwhile, all done in the end"
        )
    }
}

extension House {
    /// How many requests for timelines the sandbox has had.
    func callsToX() async throws -> Int {
        let log = try await http.send(.init(.get, sandboxURL + "/sandbox/log?provider=twitter"))
        return String(decoding: log.body, as: UTF8.self).components(separatedBy: "/tweets").count - 1
    }
}
