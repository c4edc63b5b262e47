import Contracts
import Foundation
import HouseKit
import TestKit
import Testing

extension NothingIsLost {
    @Test func aStopFinishesWhatItCanAndGivesBackTheRest() async throws {
        var plan = House.Plan.empty
        plan.hasSandbox = false
        try await House.with(plan, stop)
    }

    private func stop(_ house: House) async throws {
        try await house.prepareForDrills(users: 1)
        try await endless(house)
        let graceful = try await atWork(house, grace: "1s")
        #expect(try await graceful.stop() == 0)
        #expect(graceful.text().contains(#""given_back":"1""#) || graceful.text().contains(#""given_back":1"#))
        try await eventually("it is back in the queue") { try await house.messages(in: "repazoo.ingest") == 1 }

        let impatient = try await atWork(house, grace: "10m")
        impatient.signal(SIGTERM)
        try await eventually("it is stopping") { impatient.text().contains("\"stopping\"") }
        impatient.signal(SIGTERM)
        #expect(try await impatient.ended() == 128 + SIGTERM)
        try await eventually("it is back in the queue again") { try await house.messages(in: "repazoo.ingest") == 1 }
        #expect(try await house.number("select count(*) from receipts") == 0)
    }

    private func endless(_ house: House) async throws {
        try await house.publish(
            Array(#"{"user_id":"user-1","max_tweets":3102}"#.utf8), id: MessageID.random().rawValue,
            type: "repazoo.ingest.v1", key: "ingest")
    }

    /// A consumer that works on a message without an end.
    private func atWork(_ house: House, grace: String) async throws -> Program {
        let program = try house.start("consumer-drill", ["run", "standard"], ["SHUTDOWN_GRACE": grace])
        try await eventually("it has taken the message", within: .seconds(20)) {
            program.text().contains("works without an end")
        }
        return program
    }

    /// One whose database cannot be reached.
    private func waiting() throws -> Program {
        try Program(
            "repazoo-ingest",
            environment: [
                "DATABASE_URL": "postgresql://somebody@127.0.0.1:1/nowhere", "STARTUP_TIMEOUT": "5m",
                "TWITTER_CLIENT_ID": "id", "TWITTER_CLIENT_SECRET": "secret",
                "ENCRYPTION_KEY": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
            ])
    }

    /// Before it listens, a signal ends it as any program; from then on none is missed.
    @Test func aSignalAtAnyPointOfTheStartIsHeard() async throws {
        for descriptors in (4...14).flatMap({ [$0, $0, $0] }) {
            let program = try waiting()
            while program.isRunning, program.openDescriptors < descriptors, !program.text().contains("dependency lost")
            {
                await Task.yield()
            }
            program.signal(SIGTERM)
            do {
                try await eventually("it ends, told with \(descriptors) descriptors open", within: .seconds(20)) {
                    !program.isRunning
                }
            } catch {
                try await program.kill()
                throw error
            }
            let code = try await program.ended()
            #expect(code == 0 || code == SIGTERM && program.text().isEmpty, "\(code): \(program.text())")
        }
    }

    @Test func aSignalDuringALongStartEndsItCleanly() async throws {
        let program = try waiting()
        try await eventually("it says what it waits for") { program.text().contains("dependency lost") }
        #expect(try await program.stop() == 0)
    }
}
