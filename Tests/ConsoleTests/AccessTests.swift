import Passwords
import Privacy
import Testing

@testable import Console

@Suite struct PasswordHashTests {
    @Test func aPasswordFitsItsOwnHashAlone() async throws {
        let hash = try await PasswordHash.make(of: "correct horse battery")
        let stored = try #require(PasswordHash(hash.text))
        #expect(hash.text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try await stored.matches("correct horse battery"))
        #expect(try await !stored.matches("correct horse batterz"))
        #expect(try await !stored.matches(""))
    }

    @Test func theSamePasswordHasAnotherHashEachTime() async throws {
        let (first, second) = (try await PasswordHash.make(of: "same"), try await PasswordHash.make(of: "same"))
        #expect(first.text != second.text)
    }

    @Test(arguments: [
        "", "plain", "$scrypt$", "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$scrypt$ln=15,r=8$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA", "$scrypt$ln=15,r=8,p=3$!!$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=15,r=8,p=3$c2FsdHNhbHRzYWx0$short",
        // What no process should bear: 16 GiB.
        "$scrypt$ln=24,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
    ])
    func otherTextsAreNoHashes(_ text: String) { #expect(PasswordHash(text) == nil) }
}

@Suite struct UserDirectoryTests {
    private static let hash = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"

    @Test func linesAndCommentsAreRead() {
        let text =
            "# people\nada:operator:\(Self.hash)\n\ngrace:privacy_officer:\(Self.hash);vera:viewer:\(Self.hash)\n"
        let (directory, faults) = UserDirectory.read(text)
        #expect(faults.isEmpty)
        #expect(directory["ada"]?.role == .operator)
        #expect(directory["grace"]?.role == .privacyOfficer)
        #expect(directory["vera"]?.role == .viewer)
        #expect(directory["bob"] == nil)
    }

    @Test func everyFaultIsToldAndNoHash() {
        let text =
            "ada:operator\nbob:king:\(Self.hash)\neve:viewer:secretsecret\na b:viewer:\(Self.hash)\nvera:viewer:\(Self.hash)\nvera:viewer:\(Self.hash)"
        let faults = UserDirectory.read(text).faults
        #expect(faults.map { $0.prefix(6) } == ["line 1", "line 2", "line 3", "line 4", "line 6"])
        #expect(!faults.joined().contains("secretsecret") && !faults.joined().contains("scrypt"))
    }

    @Test func aRoleIsASetOfPermissionsAndNoRank() {
        #expect(!ConsoleRole.viewer.permits(.settleAlerts) && ConsoleRole.viewer.permits(.look))
        #expect(ConsoleRole.operator.permits(.settleDeadLetters) && !ConsoleRole.operator.permits(.unmask))
        #expect(ConsoleRole.privacyOfficer.permits(.unmask) && !ConsoleRole.privacyOfficer.permits(.settleDeadLetters))
    }
}

@Suite struct SignInLimitTests {
    private func tries(_ limit: inout SignInLimit, _ list: [(name: String, address: String, now: Double)]) -> [Bool] {
        var answers: [Bool] = []
        for one in list { answers.append(limit.mayTry(name: one.name, address: one.address, now: one.now)) }
        return answers
    }

    @Test func fiveTriesForANameAndThenOneAMinute() {
        var limit = SignInLimit()
        let now = tries(&limit, (0..<6).map { _ in ("ada", "10.0.0.1", 100) })
        #expect(now == [true, true, true, true, true, false])
        let later = tries(&limit, [("ada", "10.0.0.2", 159), ("ada", "10.0.0.2", 160), ("ada", "10.0.0.2", 160)])
        #expect(later == [false, true, false])
    }

    @Test func twentyForAnAddressWhoeverIsTried() {
        var limit = SignInLimit()
        let answers = tries(&limit, (0..<21).map { ("user\($0)", "10.0.0.1", 5) })
        #expect(answers.filter { $0 }.count == 20 && answers.last == false)
        let elsewhere = tries(&limit, [("user0", "10.0.0.9", 5)])
        #expect(elsewhere == [true])
    }

    @Test func successForgetsTheNameAndNotTheAddress() {
        var limit = SignInLimit()
        _ = tries(&limit, (0..<5).map { _ in ("ada", "a", 0) })
        limit.succeeded(name: "ada")
        let again = tries(&limit, [("ada", "a", 0)])
        #expect(again == [true])
        _ = tries(&limit, (0..<14).map { ("n\($0)", "a", 0) })
        limit.succeeded(name: "ada")
        let exhausted = tries(&limit, [("ada", "a", 0)])
        #expect(exhausted == [false])
    }
}
