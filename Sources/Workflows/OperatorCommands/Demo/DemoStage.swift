import AMQP
import Bootstrap
import Contracts
import FoundationEssentials
import HTTPTransport
import Postgres
import Schema
import Topology

/// The demo's acts: prepare the servers, send one request, tell what became of it.
struct DemoStage {
    let subject: DemoSubject
    let postgres: PostgresPool
    let broker: AMQPConfiguration
    let http: HTTPClient
    let output: CommandOutput

    func prepare(encryptionKey: String) async throws {
        let output = output
        try await subject.claim(postgres)
        let applied = try await Migrator(postgres: postgres).apply()
        output.tell(applied.isEmpty ? "the schema is up to date" : "\(Plain.count(applied.count, "migration")) applied")
        let report = try await TopologyApplier(try .current(), on: broker).apply()
        guard report.differences.isEmpty else {
            throw CommandFault("the broker differs: " + report.differences.map(\.description).joined(separator: "\n"))
        }
        output.tell(
            "topology applied: \(report.exchanges) exchanges, \(report.queues) queues, \(report.bindings) bindings")
        try await subject.store(in: postgres, encryptedBy: encryptionKey, at: Date())
        output.tell("user \(subject.user) stored, with a token, consent and an active pro subscription")
    }

    func play(_ programs: DemoPrograms, ratings: TimelineRatings?) async throws -> Bootstrap.ExitCode {
        let ear = try await EventEar(broker)
        let began = ContinuousClock.now
        let request = WorkRequest(IngestRequest(userID: subject.user, maxTweets: 3200), .ingest)
        let id = MessageID.random()
        try await request.publish(under: id, to: broker)
        output.tell("published ingest \(id)")
        let follower = WorkFollower(postgres: postgres, broker: broker, tell: output.tell)
        let end = try await follower.follow(id, by: .ingest, for: subject.user, within: .seconds(600))
        let export = try await DemoExport.ask(for: subject, postgres, broker, tell: output.tell)
        let took = ContinuousClock.now - began
        let fetched = try await export.fetch(into: programs.logs.deletingLastPathComponent(), http)

        var story = DemoStory(postgres: postgres, user: subject.user)
        for line in try await story.lines() { output.answer(line) }
        output.answer("")
        output.answer("Events: " + (try await ear.heard()).map(\.event.rawValue).joined(separator: ", "))
        await ear.close()
        let names = [subject.email, subject.handle, subject.displayName]
        let log = try await SandboxLog.fetch(from: programs.sandboxURL, names: names, http)
        output.answer(
            "The sandbox received \(Plain.count(log.timelinePages, "timeline page")) and \(Plain.count(log.prompts, "prompt")); "
                + (log.personalPrompts == 0
                    ? "no prompt held personal data" : "\(log.personalPrompts) HELD PERSONAL DATA"))
        for line in fetched.lines { output.answer(line) }
        output.answer("From the request to the end: \(Plain.seconds(took))")
        let code = verdict(end, log, story.sentiments, ratings)
        return fetched.isGood ? code : .notSo
    }

    private func verdict(
        _ end: WorkEnd, _ log: SandboxLog, _ sentiments: [String: String], _ ratings: TimelineRatings?
    ) -> Bootstrap.ExitCode {
        var isGood = log.personalPrompts == 0
        if end != .done {
            output.tell("repazoo: \(end)")
            isGood = false
        }
        if let ratings, !ratings.byTweet.isEmpty {
            let agreement = SentimentAgreement(stored: sentiments, ratings: ratings.byTweet)
            output.answer("Agreement: " + agreement.words)
            isGood = isGood && agreement.isBetterThanChance
        }
        return isGood ? .done : .notSo
    }
}
