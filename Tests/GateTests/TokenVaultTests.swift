import Contracts
import CryptoExtras
import FoundationEssentials
import Privacy
import Testing

@testable import TokenVault

@Suite(.timeLimit(.minutes(1)))
struct TokenVaultTests {
    let made = Date(timeIntervalSince1970: FernetVectors.madeAt)
    let first = FernetKey.generate()
    let second = FernetKey.generate()

    func vault(_ keys: String...) throws -> TokenVault {
        try TokenVault(keys: SecretString(keys.joined(separator: ",")))
    }

    @Test func generatesTheSpecificationsVector() throws {
        let iv = try AES._CBC.IV(ivBytes: Array(UInt8(0)..<16))
        #expect(try vault(FernetVectors.secret).encrypt("hello", at: made, iv: iv) == FernetVectors.hello)
    }

    @Test func verifiesTheSpecificationsVector() throws {
        let vault = try vault(FernetVectors.secret)
        #expect(try vault.decrypt(FernetVectors.hello, maximumAge: .seconds(60), at: made + 1).reveal() == "hello")
        #expect(try vault.decrypt(FernetVectors.hello).reveal() == "hello")
    }

    @Test(arguments: FernetVectors.invalid)
    func refusesTheSpecificationsInvalidVectors(_ vector: FernetVectors.Invalid) throws {
        let vault = try vault(FernetVectors.secret)
        let error = #expect(throws: VaultError.self) {
            try vault.decrypt(vector.token, maximumAge: .seconds(60), at: Date(timeIntervalSince1970: vector.now))
        }
        let expected: [String: VaultError] = [
            "incorrect mac": .wrongSignature, "too short": .malformed, "invalid base64": .malformed,
            "payload size not multiple of block size": .malformed, "payload padding error": .undecryptable,
            "far-future TS (unacceptable clock skew)": .fromTheFuture, "expired TTL": .expired,
            "incorrect IV (causes padding error)": .undecryptable,
        ]
        #expect(error == expected[vector.testDescription])
    }

    @Test func timeLimitsHoldOnBothSidesOfTheEdge() throws {
        let vault = try vault(FernetVectors.secret)
        func attempt(_ offset: Double) throws -> String {
            try vault.decrypt(FernetVectors.hello, maximumAge: .seconds(60), at: made + offset).reveal()
        }
        #expect(try attempt(60) == "hello")
        #expect(throws: VaultError.expired) { try attempt(61) }
        #expect(try attempt(-60) == "hello")
        #expect(throws: VaultError.fromTheFuture) { try attempt(-61) }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 31, 32, 33, 1000, 16 * 1024])
    func everyLengthComesBack(_ length: Int) throws {
        let vault = try vault(first)
        let secret = String(repeating: "x", count: length)
        #expect(try vault.decrypt(vault.encrypt(SecretString(secret), at: made)).reveal() == secret)
    }

    @Test func refusesWhatIsTooLong() throws {
        let vault = try vault(first)
        #expect(throws: VaultError.tooLong) {
            try vault.encrypt(SecretString(String(repeating: "x", count: 16 * 1024 + 1)), at: made)
        }
        #expect(throws: VaultError.malformed) { try vault.decrypt(String(repeating: "g", count: 1 << 20)) }
    }

    @Test func theFirstKeyEncryptsAndAllDecrypt() throws {
        let old = try vault(second).encrypt("a token", at: made)
        let both = try vault(first, second)
        #expect(try both.decrypt(old).reveal() == "a token")
        let new = try both.encrypt("a token", at: made)
        #expect(try vault(first).decrypt(new).reveal() == "a token")
        #expect(throws: VaultError.wrongSignature) { try vault(second).decrypt(new) }
    }

    @Test func rotationKeepsSecretAndTime() throws {
        let old = try vault(second).encrypt("a token", at: made)
        let both = try vault(first, second)
        #expect(try !both.isCurrent(old))
        let new = try both.rotate(old)
        #expect(try both.isCurrent(new))
        #expect(try vault(first).decrypt(new, maximumAge: .zero, at: made).reveal() == "a token")
        #expect(throws: VaultError.expired) { try vault(first).decrypt(new, maximumAge: .zero, at: made + 1) }
    }

    @Test func twoTextsOfOneSecretDiffer() throws {
        let vault = try vault(first)
        #expect(try vault.encrypt("same", at: made) != vault.encrypt("same", at: made))
    }

    @Test func badKeysAreNamedByPlaceOnly() throws {
        let canary = "canary-key-0123456789"
        let error = #expect(throws: VaultError.self) { try vault(first, canary) }
        #expect(error == .badKey(position: 2))
        #expect(error.map { !"\($0) \(String(reflecting: $0))".contains(canary) } == true)
        #expect(throws: VaultError.noKey) { try vault("") }
        #expect(throws: VaultError.badKey(position: 2)) { try vault(first, "") }
        #expect(throws: VaultError.badKey(position: 1)) { try vault(String(first.dropLast())) }
        #expect(try vault(" \(first)\n", " \(second) ").decrypt(vault(second).encrypt("t", at: made)).reveal() == "t")
    }

    @Test func keysAndSecretsPrintAsStars() throws {
        let key = try #require(FernetKey(first))
        let secret = try vault(first).decrypt(try vault(first).encrypt("canary-token", at: made))
        var dumped = ""
        dump(key, to: &dumped)
        dump(secret, to: &dumped)
        dump(try vault(first), to: &dumped)
        dumped += "\(key) \(secret) \([key]) \(String(reflecting: secret))"
        #expect(!dumped.contains("canary-token"))
        #expect(!dumped.contains(first))
    }

    @Test func everyErrorIsCorruptState() {
        #expect(VaultError.wrongSignature.outcome == .failedForGood(.corruptState))
    }

    /// One flipped bit anywhere is found, and nothing crashes.
    @Test func everyChangedByteIsFound() throws {
        let vault = try vault(first)
        let bytes = try #require(URLSafeBase64.decode(vault.encrypt("a token of some length", at: made)))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1 << UInt8(index % 8)
            let expected = index == 0 ? VaultError.malformed : .wrongSignature
            #expect(throws: expected) { try vault.decrypt(URLSafeBase64.encode(changed)) }
        }
        for end in bytes.indices {
            #expect(throws: VaultError.self) { try vault.decrypt(URLSafeBase64.encode(Array(bytes[..<end]))) }
        }
    }
}
