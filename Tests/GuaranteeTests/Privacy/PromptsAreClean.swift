import Contracts
import Foundation
import HTTPTransport
import HouseKit
import Privacy
import TestKit
import Testing

/// Guarantee 3: nothing goes to a model that the sanitizer did not make, and the very bytes that go are looked at once more.
@Suite(.timeLimit(.minutes(5)))
struct PromptsAreClean {
    /// The outside world looks with eyes of its own, and never answers that something personal was in a request.
    @Test func aPersonalTimelineIsJudgedAndNeverAnswered422() async throws {
        let file = try PersonalCorpus.timeline()
        defer { try? FileManager.default.removeItem(at: file) }
        var plan = House.Plan()
        plan.sandbox = ["--timeline", file.path]
        try await House.with(plan, judge)
    }

    private func judge(_ house: House) async throws {
        try await house.addUser("user-300001", account: "3001")
        let ingest = try await house.publish(IngestRequest(userID: try #require(UserID("user-300001"))))
        let analyze = MessageID.derived(from: ingest, name: MessageType.analyze.rawValue)
        #expect(try await house.outcome(of: analyze, at: .analyze) == "done")
        #expect(
            try await house.number("select count(*) from twitter_data where user_id = 'user-300001' and text <> ''")
                == PersonalCorpus.posts.count, "all of them were there to be judged")

        let answer = try await house.http.send(.init(.get, house.sandboxURL + "/sandbox/log?provider=anthropic"))
        let log = try JSONValue(parsing: String(decoding: answer.body, as: UTF8.self))
        // Which models there are is asked without a body.
        let requests = (log.elements ?? log["requests"]?.elements ?? []).filter { $0["method"]?.string == "POST" }
        #expect(!requests.isEmpty)
        for request in requests {
            #expect(request["status"]?.integer == 200)
            let body = try #require(request["body"]?.string)
            #expect(body.contains("<tweets>"))
            #expect(throws: Never.self) { try PromptValidator.validate(Array(body.utf8)) }
            for post in PersonalCorpus.posts {
                #expect(!body.localizedCaseInsensitiveContains(post.secret), "\(post.secret) left the house")
            }
        }
        let receipts = try await house.number("select count(*) from analyses where result::text like '%sha256%'")
        #expect(receipts == 1, "what was sent is on record by its hash")
    }

    /// As if the sanitizer had done nothing: the validator, which shares no code with it, refuses each.
    @Test(arguments: PersonalCorpus.posts.filter(\.isBeyondDoubt).dropLast())
    func aSanitizerThatForgetsIsCaught(post: PersonalPost) throws {
        let line = JSONValue.object([.init("n", 1), .init("text", .string(post.text))]).serialized()
        let body = JSONValue.object([.init("content", .string("Judge.\n<tweets>\n\(line)\n</tweets>"))]).serialized()
        #expect(throws: PromptViolation.self) { try PromptValidator.validate(Array(body.utf8)) }
    }

    @Test func theSanitizerForgetsNoneOfThem() throws {
        let known = [
            KnownIdentity(handle: "canaryhandle", displayName: "Canary Q. Person", email: "canary@example.org")
        ]
        let texts = PromptSanitizer.sanitize(PersonalCorpus.posts.map(\.text), known: known)
        for (post, sanitized) in zip(PersonalCorpus.posts, texts.texts) {
            #expect(!sanitized.text.localizedCaseInsensitiveContains(post.secret), "\(sanitized.text)")
        }
        #expect(texts.texts.last?.text == PersonalCorpus.posts.last?.text, "what is not personal stays as it is")
    }

    /// A prompt takes only sanitized texts, and these only a seal that one file can make: there is no other way in.
    @Test func nobodyElseCanMakeAPrompt() throws {
        var house = URL(filePath: #filePath)
        while house.lastPathComponent != "Tests" { house.deleteLastPathComponent() }
        let sources = house.deletingLastPathComponent().appending(path: "Sources/Words/Privacy")
        var makers: Set<String> = []
        var promptInits = 0
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            if text.contains("Seal()") { makers.insert(file.lastPathComponent) }
            if file.lastPathComponent == "Prompt.swift" {
                promptInits = text.components(separatedBy: "public init(").count - 1
                #expect(text.contains("public init(instructions: StaticString, data: SanitizedTexts)"))
            }
            if file.lastPathComponent == "PromptSanitizer.swift" {
                #expect(text.contains("struct Seal { fileprivate init() {} }"))
            }
            if file.lastPathComponent == "SanitizedText.swift" {
                #expect(!text.contains("public init"))
            }
        }
        #expect(makers == ["PromptSanitizer.swift"])
        #expect(promptInits == 1)
    }
}
