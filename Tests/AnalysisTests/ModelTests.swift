import AnthropicAPI
import CircuitBreakers
import Contracts
import Privacy
import Testing

@testable import Analysis

/// Which model is asked, when it is left alone, and under which name it sees a user.
@Suite(.timeLimit(.minutes(1)))
struct ModelTests {
    // MARK: Overload

    /// 529 is of one model: its circuit opens at once, and for as long as the provider said.
    @Test func overloadOpensTheModelsOwnCircuitForAsLongAsWasSaid() async throws {
        let circuits = ModelCircuits(["claude-opus-5", "claude-sonnet-5"])
        let start = ContinuousClock.now
        await fail(circuits, "claude-opus-5", with: .overloaded(retryAfter: .seconds(120)))
        let open = try #require(circuits.all.first { $0.position != .closed })
        #expect(open.name == "anthropic claude-opus-5" && circuits.all.count { $0.position == .closed } == 1)
        guard case .open(let until) = open.position else { return #expect(Bool(false), "\(open.position)") }
        #expect(until >= start + .seconds(120) && until < start + .seconds(180))
        #expect(circuits.provider.position == .closed, "the provider answered: it is well")
        await #expect(throws: CircuitOpen.self) { try await circuits.call("claude-opus-5") {} }
        try await circuits.call("claude-sonnet-5") {}
    }

    /// Whatever else is wrong with the provider is no model's fault, and what is wrong with a question is nobody's.
    @Test func otherErrorsOpenTheRightCircuitOrNone() async throws {
        let circuits = ModelCircuits(["m-1"])
        let harmless: [AnthropicError] = [
            .rateLimited(retryAfter: .seconds(9)), .refused(.init(uncachedInput: 1, output: 1)), .unauthorized,
            .truncated(.init(uncachedInput: 1, output: 1)), .promptNotClean(.email), .interrupted, .requestTooLarge,
        ]
        for error in harmless { for _ in 0..<10 { await fail(circuits, "m-1", with: error) } }
        #expect(circuits.provider.position == .closed && circuits.all[0].position == .closed)
        for _ in 0..<20 {
            await fail(circuits, "m-1", with: .unavailable(.provider, retryAfter: .seconds(200)))
        }
        #expect(circuits.all[0].position == .closed)
        guard case .open(let until) = circuits.provider.position else { return #expect(Bool(false), "it stays closed") }
        #expect(until > .now + .seconds(190), "a time that was told is kept here too")
    }

    private func fail(_ circuits: ModelCircuits, _ model: String, with error: AnthropicError) async {
        do { try await circuits.call(model) { throw error } } catch {}
    }

    // MARK: The lists

    @Test func tiersHaveTheirModels() {
        let models = TierModels(basic: ["claude-sonnet-5", "claude-sonnet-4-6"], pro: ["claude-opus-5"])
        #expect(models.models(for: "basic") == ["claude-sonnet-5", "claude-sonnet-4-6"])
        #expect(models.models(for: "pro") == ["claude-opus-5"])
        #expect(models.all.count == 3 && models.classes == ["sonnet", "opus"])
    }

    /// A missing model is passed over, and told once, by whoever comes to an end first.
    @Test func aMissingModelIsPassedOverAndToldOnce() {
        let catalogue = ModelCatalogue()
        #expect(catalogue.candidates(of: ["a", "b", "c"]) == ["a", "b", "c"])
        let news = [catalogue.isMissing("b"), catalogue.isMissing("b"), catalogue.isMissing("a")]
        #expect(news == [true, false, true])
        #expect(catalogue.candidates(of: ["a", "b", "c"]) == ["c"])
        #expect(catalogue.candidates(of: ["a", "b"]) == ["a", "b"], "rather all of them than none")
        #expect(catalogue.takeUntold() == ["a", "b"])
        #expect(catalogue.takeUntold().isEmpty)
    }

    // MARK: Pseudonyms

    @Test func aPseudonymIsSteadyOpaqueAndOfNoUseWithoutTheKey() throws {
        let (first, second) = (try #require(UserID("user-123456")), try #require(UserID("user-123457")))
        let ours = Pseudonyms(key: "key-one"), theirs = Pseudonyms(key: "key-two")
        let name = ours.pseudonym(of: first)
        #expect(name == ours.pseudonym(of: first) && name == Pseudonyms(key: "key-one,key-two").pseudonym(of: first))
        #expect(name != ours.pseudonym(of: second), "one for each user")
        #expect(name != theirs.pseudonym(of: first), "who has not the key cannot make it")
        #expect(name.utf8.count == 32 && name.allSatisfy(\.isHexDigit) && !name.contains("123456"))
    }
}
